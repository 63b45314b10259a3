// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <chrono>
#include <vector>

#include "presenters/session.h"

namespace sonotwin::workstation {

/// "3 clips, 1 mask added by another program", of entries of the store's log.
[[nodiscard]] QString elsewhereWords(const std::vector<store::AuditEntry>& entries);

/// Looks once a second whether another program, or another window, has changed the store, and has
/// the session read its lists again where one has; less often where reading them takes long.
class StoreWatch : public QObject {
  Q_OBJECT

 public:
  static constexpr std::chrono::milliseconds kPeriod{1000};

  explicit StoreWatch(Session& session, QObject* parent = nullptr);
  /// While it is on it looks; it looks at once where it was off.
  void setOn(bool on);
  void look();

 Q_SIGNALS:
  /// What others did, in words.
  void said(const QString& what);

 private:
  Session& session_;
  QTimer timer_;
};

}  // namespace sonotwin::workstation
