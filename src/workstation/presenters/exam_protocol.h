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
  /// The one that is asked about: the person's choice, else the one that the patient's exams have
  /// most of. Empty: none.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Empty: none, for this and every other patient.
  void choose(const std::string& name);
  /// Null where no protocol is asked about.
  [[nodiscard]] const store::ProtocolStatus* status(const std::string& study_id) const;
  /// "complete", "2 missing"; empty where no protocol is asked about.
  [[nodiscard]] QString words(const std::string& study_id) const;

 Q_SIGNALS:
  void changed();

 private:
  using Statuses = std::map<std::string, store::ProtocolStatus>;  ///< by study
  void read();
  void takeBest(const store::Store& store);
  [[nodiscard]] Statuses statusesOf(const store::Store& store, const std::string& name) const;

  Session& session_;
  std::vector<store::AcquisitionProtocol> protocols_;
  std::optional<std::string> wanted_;  ///< what the person chose
  std::string name_;
  Statuses statuses_;
};

}  // namespace sonotwin::workstation
