// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <map>
#include <string>
#include <vector>

#include "presenters/session.h"

namespace sonotwin::workstation {

/// Which views of an acquisition protocol each exam of the patient has.
class ExamProtocol : public QObject {
  Q_OBJECT

 public:
  explicit ExamProtocol(Session& session, QObject* parent = nullptr);

  [[nodiscard]] const std::vector<store::AcquisitionProtocol>& all() const { return protocols_; }
  /// The one that an exam is held to: what the store says of it, else the one that the
  /// patient's exams have most of. Empty: none.
  [[nodiscard]] std::string name(const std::string& study_id) const;
  /// Holds an exam to a protocol, for all who use the store. @param name  empty: to none
  void choose(const std::string& study_id, const std::string& name);
  /// Null where the exam is held to none.
  [[nodiscard]] const store::ProtocolStatus* status(const std::string& study_id) const;
  /// "complete", "2 missing"; empty where the exam is held to none.
  [[nodiscard]] QString words(const std::string& study_id) const;

 Q_SIGNALS:
  void changed();

 private:
  struct Held {
    std::string name;
    store::ProtocolStatus status;
  };
  void read();
  [[nodiscard]] std::string bestOf(const store::Store& store) const;

  Session& session_;
  std::vector<store::AcquisitionProtocol> protocols_;
  std::map<std::string, Held> held_;  ///< by study
};

}  // namespace sonotwin::workstation
