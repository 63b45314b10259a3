// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "presenters/session.h"
#include "views/workspace.h"

namespace Ui {
class SettingsPage;
}

namespace sonotwin::workstation {

/// Where the store is, what this program is, and what it is not.
class SettingsView : public Workspace {
  Q_OBJECT

 public:
  explicit SettingsView(Session& session, QWidget* parent = nullptr);
  ~SettingsView() override;
  void enter() override;
  void setDevice(const QString& words);
  /// Puts the cursor where the person's short name is written.
  void chooseAuthor();

 Q_SIGNALS:
  void openStore();

 private:
  void takeFacts();

  Session& session_;
  QString device_;
  std::unique_ptr<Ui::SettingsPage> ui_;
};

}  // namespace sonotwin::workstation
