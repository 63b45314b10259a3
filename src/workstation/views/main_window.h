// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMainWindow>
#include <array>
#include <filesystem>
#include <functional>

#include "presenters/clip_player.h"
#include "presenters/session.h"
#include "presenters/space_content.h"
#include "presenters/store_watch.h"
#include "presenters/trainer.h"
#include "views/rail.h"
#include "views/workspace.h"

class QStackedWidget;

namespace sonotwin::workstation {

class AnnotateView;
class LibraryView;
class NoticeBar;
class QuarantineView;
class SearchView;
class SettingsView;
class StatusBar;
class TopBar;

/// The frame: rail, top bar, workspace, inspector, status bar, and the one patient in all of them.
class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  explicit MainWindow(QWidget* parent = nullptr);
  ~MainWindow() override;

  /// Opens the store in a folder; says in the window what is wrong if it cannot be opened.
  void openStore(const std::filesystem::path& folder);

  [[nodiscard]] Session& session() { return session_; }
  [[nodiscard]] ClipPlayer& player() { return player_; }
  [[nodiscard]] Trainer& trainer() { return trainer_; }
  [[nodiscard]] Workspace& workspace(Screen screen);
  [[nodiscard]] Screen screen() const { return screen_; }
  void go(Screen screen);
  /// Goes to Review with the clip moving.
  void playClip();
  /// Nothing that is shown is on its way.
  [[nodiscard]] bool settled();

 protected:
  bool event(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void closeEvent(QCloseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void buildFrame();
  void buildWorkspaces();
  void add(Screen screen, Workspace* workspace);
  void connectShell();
  void addKeys();
  void goTo(Place place);
  void showResult(const JobResult& result);
  void takeEnd(const JobOutcome& outcome);
  void offerName(const JobOutcome& outcome);
  /// Calls `go_on` at once, or once the person agrees to lose boxes that are nowhere else.
  void leaveBoxes(const QString& confirm, std::function<void()> go_on);
  /// Asks whether the training that runs may stop, then closes.
  void leaveTraining();
  void closeWhenSaved();
  void checkStore();
  /// @param damage  empty: the store is whole
  void takeCheck(const QString& damage);
  void nameDevice();
  void chooseStore();
  void toggleChrome();
  void fitToSize();

  Session session_;
  ClipContent content_;
  ClipPlayer player_;
  SpaceContent space_;
  StoreWatch watch_;
  Trainer trainer_;
  std::array<Workspace*, kScreens> workspaces_ = {};
  std::array<QWidget*, kScreens> inspectors_ = {};
  QStackedWidget* stack_;
  QStackedWidget* inspector_stack_;
  Rail* rail_;
  TopBar* top_bar_;
  StatusBar* status_bar_;
  NoticeBar* notice_bar_;
  LibraryView* library_ = nullptr;
  AnnotateView* annotate_ = nullptr;
  SettingsView* settings_ = nullptr;
  QuarantineView* quarantine_ = nullptr;
  SearchView* search_ = nullptr;
  Screen screen_ = Screen::kLibrary;
  bool chrome_shown_ = true;
  bool name_offered_ = false;
  bool leaving_ = false;  ///< asked: what is only in the window may go
  bool closing_ = false;
};

}  // namespace sonotwin::workstation
