// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <vector>

#include "presenters/session.h"

namespace sonotwin::workstation {

/// Acquisition protocols of the store, and the one that is being written. What is written is in the
/// store once it is saved.
class ProtocolEditor : public QObject {
  Q_OBJECT

 public:
  explicit ProtocolEditor(Session& session, QObject* parent = nullptr);

  [[nodiscard]] const std::vector<store::AcquisitionProtocol>& all() const { return all_; }
  /// Of the one being written; -1: it is not in the store yet.
  [[nodiscard]] int index() const;
  /// Names and regions as people read and write them.
  [[nodiscard]] const store::AcquisitionProtocol& written() const { return written_; }
  /// What is written is not what is in the store.
  [[nodiscard]] bool dirty() const;
  /// What is to be mended before it can be saved; empty: nothing.
  [[nodiscard]] QString problem() const;

  /// Both drop what is written.
  void choose(int index);
  void create();

  void setName(const QString& name);
  void addView();
  void setView(int row, const store::ProtocolView& view);
  void removeView(int row);
  /// @param by  -1 up, 1 down
  void moveView(int row, int by);

  /// Also under a new name; nothing where there is a problem.
  void save();
  void discard();
  void remove();

 Q_SIGNALS:
  /// The list, which one is written, or how many views it has.
  void listChanged();
  /// What is written.
  void changed();
  /// What was done, in words.
  void said(const QString& what);

 private:
  void read();
  void takeSaved(const std::string& name);
  [[nodiscard]] const store::AcquisitionProtocol* stored(const std::string& name) const;

  Session& session_;
  std::vector<store::AcquisitionProtocol> all_;
  std::string name_;  ///< in the store; empty: not there yet
  store::AcquisitionProtocol written_;
};

}  // namespace sonotwin::workstation
