// SPDX-License-Identifier: Apache-2.0
#include "views/main_window.h"

#include <QCloseEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QShortcut>
#include <QStackedWidget>
#include <QTime>
#include <QVBoxLayout>

#include "presenters/pipeline_jobs.h"
#include "presenters/words.h"
#include "sonotwin/base/error.h"
#include "sonotwin/segment/model.h"
#include "theme/theme.h"
#include "theme/tokens.h"
#include "views/annotate_view.h"
#include "views/confirm_dialog.h"
#include "views/library_view.h"
#include "views/model_view.h"
#include "views/models_view.h"
#include "views/notice_bar.h"
#include "views/quarantine_view.h"
#include "views/review_view.h"
#include "views/robot_view.h"
#include "views/search_view.h"
#include "views/settings_view.h"
#include "views/status_bar.h"
#include "views/top_bar.h"

namespace sonotwin::workstation {
namespace {
QScrollArea* scrolling(QWidget* page, QWidget* parent) {
  auto* area = new QScrollArea(parent);
  area->setObjectName(QStringLiteral("inspector"));
  area->setAttribute(Qt::WA_StyledBackground);
  area->setWidgetResizable(true);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area->setFrameShape(QFrame::NoFrame);
  area->setFocusPolicy(Qt::NoFocus);
  area->setWidget(page);
  return area;
}
}  // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent),
      content_(session_),
      player_(session_, content_),
      space_(session_),
      watch_(session_),
      stack_(new QStackedWidget(this)),
      inspector_stack_(new QStackedWidget(this)),
      rail_(new Rail(this)),
      top_bar_(new TopBar(session_, this)),
      status_bar_(new StatusBar(session_.jobs(), this)),
      notice_bar_(new NoticeBar(this)) {
  setWindowTitle(QStringLiteral("Sonotwin"));
  setWindowIcon(theme::icon(QStringLiteral("model"), tokens::kAccent, 32));
  setMinimumSize(1180, 680);
  buildFrame();
  buildWorkspaces();
  connectShell();
  addKeys();
  status_bar_->setStoreState(StoreState::kClosed, QStringLiteral("No store"));
  go(Screen::kLibrary);
}

// The workspaces look at presenters that are members: they go first.
MainWindow::~MainWindow() {
  delete takeCentralWidget();
}

void MainWindow::buildFrame() {
  auto* central = new QWidget(this);
  stack_->setObjectName(QStringLiteral("workspaces"));
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  middle->addWidget(rail_);
  middle->addWidget(stack_, 1);
  middle->addWidget(inspector_stack_);
  auto* column = new QVBoxLayout(central);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(top_bar_);
  column->addLayout(middle, 1);
  column->addWidget(notice_bar_);
  column->addWidget(status_bar_);
  setCentralWidget(central);
}

void MainWindow::buildWorkspaces() {
  library_ = new LibraryView(session_, content_);
  annotate_ = new AnnotateView(player_);
  settings_ = new SettingsView(session_);
  add(Screen::kLibrary, library_);
  add(Screen::kReview, new ReviewView(player_));
  add(Screen::kAnnotate, annotate_);
  add(Screen::kModel, new ModelView(player_, space_));
  add(Screen::kRobot, new RobotView(player_, space_));
  add(Screen::kModels, new ModelsView(session_, trainer_));
  add(Screen::kSettings, settings_);
  quarantine_ = new QuarantineView(session_);
  add(Screen::kQuarantine, quarantine_);
  search_ = new SearchView(session_);
  add(Screen::kSearch, search_);
}

void MainWindow::add(Screen screen, Workspace* workspace) {
  const auto index = static_cast<std::size_t>(screen);
  workspaces_[index] = workspace;
  stack_->addWidget(workspace);
  if (QWidget* page = workspace->inspector()) {
    inspectors_[index] = scrolling(page, this);
    inspector_stack_->addWidget(inspectors_[index]);
  }
  connect(workspace, &Workspace::inspectorChanged, this, &MainWindow::fitToSize);
  connect(workspace, &Workspace::goTo, this, &MainWindow::goTo);
  connect(workspace, &Workspace::said, status_bar_, &StatusBar::say);
  connect(workspace, &Workspace::problem, this, [this](const QString& what, const QString& why) {
    notice_bar_->say(NoticeBar::Kind::kProblem, what, why, true);
  });
}

void MainWindow::connectShell() {
  connect(rail_, &Rail::chosen, this, &MainWindow::go);
  connect(top_bar_, &TopBar::searched, this, [this](const QString& text) {
    if (!text.isEmpty() && screen_ != Screen::kLibrary) {
      go(Screen::kLibrary);
      top_bar_->resumeSearch();
    }
    library_->setSearch(text);
  });
  connect(top_bar_, &TopBar::entered, this, [this](const QString& words) {
    go(Screen::kSearch);
    search_->setWords(words);
  });
  connect(library_, &LibraryView::openClip, this, &MainWindow::playClip);
  connect(search_, &SearchView::openClip, this, &MainWindow::playClip);
  connect(settings_, &SettingsView::openStore, this, &MainWindow::chooseStore);
  connect(status_bar_, &StatusBar::show, this, &MainWindow::showResult);
  connect(status_bar_, &StatusBar::more, this, [this](const JobOutcome& outcome) {
    const bool failed = outcome.end == JobEnd::kFailed;
    notice_bar_->say(
        failed ? NoticeBar::Kind::kProblem : NoticeBar::Kind::kPartly,
        outcome.name + QStringLiteral(": ") + (failed ? outcome.error : outcome.result.summary),
        outcome.result.details.join(QLatin1Char('\n')), true);
  });
  connect(&session_, &Session::failed, this, [this](const QString& error) {
    notice_bar_->say(NoticeBar::Kind::kProblem, QStringLiteral("The store does not answer."), error,
                     true);
  });
  connect(&watch_, &StoreWatch::said, status_bar_, &StatusBar::say);
  connect(&session_.jobs(), &JobRunner::ended, this, &MainWindow::takeEnd);
  status_bar_->watch(trainer_.jobs());
  connect(&trainer_.jobs(), &JobRunner::ended, this, &MainWindow::takeEnd);
  connect(&session_, &Session::refused, this, [this](const QString& why) {
    closing_ = false;
    notice_bar_->say(NoticeBar::Kind::kProblem, QStringLiteral("Nothing was changed."), why, true);
  });
  connect(&session_.jobs(), &JobRunner::idle, this, &MainWindow::closeWhenSaved);
  connect(&session_, &Session::changed, this, &MainWindow::closeWhenSaved);
}

void MainWindow::addKeys() {
  const auto on = [this](const QString& key, auto action) {
    auto* shortcut = new QShortcut(QKeySequence(key), this);
    connect(shortcut, &QShortcut::activated, this, action);
  };
  for (int i = 0; i < static_cast<int>(Screen::kSettings); ++i) {
    const auto screen = static_cast<Screen>(i);
    on(QStringLiteral("F%1").arg(i + 1), [this, screen] { go(screen); });
    on(QStringLiteral("Ctrl+%1").arg(i + 1), [this, screen] { go(screen); });
  }
  on(QStringLiteral("F7"), [this] { go(Screen::kQuarantine); });
  on(QStringLiteral("Ctrl+F"), [this] { go(Screen::kSearch); });
  on(QStringLiteral("Ctrl+,"), [this] { go(Screen::kSettings); });
  on(QStringLiteral("Ctrl+K"), [this] { top_bar_->focusSearch(); });
  on(QStringLiteral("Ctrl+I"), [this] { library_->import(); });
  on(QStringLiteral("F11"), [this] { toggleChrome(); });
}

void MainWindow::openStore(const std::filesystem::path& folder) {
  try {
    session_.open(folder);
    checkStore();
    nameDevice();
  } catch (const Error& error) {
    status_bar_->setStoreState(StoreState::kClosed, QStringLiteral("No store"));
    notice_bar_->say(
        NoticeBar::Kind::kProblem,
        QStringLiteral("The store could not be opened. Choose another one in Settings."),
        QString::fromUtf8(error.what()), true);
    go(Screen::kSettings);
  }
}

void MainWindow::nameDevice() {
  session_.reader().compute(
      this, [] { return words::device(segment::describeDevice("auto")); },
      [this](const QString& device) {
        status_bar_->setDevice(device);
        settings_->setDevice(device);
      });
}

void MainWindow::checkStore() {
  status_bar_->setStoreState(StoreState::kChecking, QStringLiteral("Store: checking"));
  session_.reader().read(
      this,
      [](const store::Store& store) { return store.verify(store::VerifyDepth::kRows, Progress()); },
      [this](const std::vector<store::Damage>& damage) {
        QStringList lines;
        for (const auto& found : damage) lines << words::from(found.object + ": " + found.problem);
        takeCheck(lines.join(QLatin1Char('\n')));
      },
      [this](const QString& error) { takeCheck(error); });
}

void MainWindow::takeCheck(const QString& damage) {
  if (damage.isEmpty()) {
    const QString time = QTime::currentTime().toString(QStringLiteral("HH:mm"));
    status_bar_->setStoreState(StoreState::kWhole,
                               QStringLiteral("Store checked %1 · pseudonymized").arg(time));
    return;
  }
  status_bar_->setStoreState(StoreState::kDamaged, QStringLiteral("Store: damaged"));
  notice_bar_->say(
      NoticeBar::Kind::kProblem,
      QStringLiteral("The store is damaged. Restore a backup, or verify it in Settings "
                     "for the whole list."),
      damage);
}

void MainWindow::chooseStore() {
  const QString folder =
      QFileDialog::getExistingDirectory(this, QStringLiteral("Open a store, or an empty folder"));
  if (folder.isEmpty()) return;
  leaveBoxes(QStringLiteral("Open the other store"),
             [this, folder] { openStore(folder.toStdString()); });
}

Workspace& MainWindow::workspace(Screen screen) {
  return *workspaces_[static_cast<std::size_t>(screen)];
}

void MainWindow::go(Screen screen) {
  screen_ = screen;
  rail_->setCurrent(screen);
  stack_->setCurrentWidget(&workspace(screen));
  if (QWidget* inspector = inspectors_[static_cast<std::size_t>(screen)]) {
    inspector_stack_->setCurrentWidget(inspector);
  }
  top_bar_->showStore(screen == Screen::kLibrary || screen == Screen::kModels ||
                      screen == Screen::kSettings || screen == Screen::kQuarantine ||
                      screen == Screen::kSearch);
  workspace(screen).enter();
  fitToSize();
}

void MainWindow::goTo(Place place) {
  switch (place) {
    case Place::kNowhere:
      break;
    case Place::kLibrary:
      go(Screen::kLibrary);
      break;
    case Place::kAnnotate:
      go(Screen::kAnnotate);
      break;
    case Place::kReview:
      go(Screen::kReview);
      break;
    case Place::kModel:
      go(Screen::kModel);
      break;
    case Place::kQuarantine:
      go(Screen::kQuarantine);
      break;
    case Place::kSearch:
      go(Screen::kSearch);
      break;
    case Place::kModels:
      go(Screen::kModels);
      break;
  }
}

void MainWindow::playClip() {
  go(Screen::kReview);
  player_.playWhenLoaded();
}

void MainWindow::showResult(const JobResult& result) {
  if (!result.clip_id.isEmpty()) session_.selectClip(result.clip_id.toStdString());
  goTo(result.place);
}

void MainWindow::takeEnd(const JobOutcome& outcome) {
  const QString object =
      outcome.object.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(outcome.object);
  if (outcome.end == JobEnd::kFailed) {
    if (outcome.name == kSaveMaskJob) closing_ = false;  // what was drawn is still in the window
    notice_bar_->say(NoticeBar::Kind::kProblem,
                     outcome.name + object + QStringLiteral(" did not work: ") + outcome.error, {});
  } else if (outcome.end == JobEnd::kDone && outcome.result.partly) {
    notice_bar_->say(NoticeBar::Kind::kPartly,
                     outcome.name + object + QStringLiteral(": ") + outcome.result.summary,
                     outcome.result.details.join(QLatin1Char('\n')));
    if (outcome.result.waits) {
      notice_bar_->offer(QStringLiteral("Open the quarantine"),
                         [this] { go(Screen::kQuarantine); });
    }
  }
  offerName(outcome);
}

void MainWindow::offerName(const JobOutcome& outcome) {
  const bool signs = outcome.name == kSaveMaskJob || outcome.name == kReleaseJob;
  if (!signs || outcome.end != JobEnd::kDone || name_offered_ ||
      session_.preferences().authorChosen()) {
    return;
  }
  name_offered_ = true;
  notice_bar_->say(
      NoticeBar::Kind::kPartly,
      QStringLiteral("Signed “%1”. Choose a short name of your own for what you draw and release.")
          .arg(session_.preferences().author()),
      {});
  notice_bar_->offer(QStringLiteral("Choose a name"), [this] {
    go(Screen::kSettings);
    settings_->chooseAuthor();
  });
}

bool MainWindow::settled() {
  return workspace(screen_).settled() && session_.reader().pending() == 0 &&
         session_.thumbnailReader().pending() == 0 && !session_.changing() &&
         !session_.jobs().busy();
}

void MainWindow::toggleChrome() {
  chrome_shown_ = !chrome_shown_;
  for (QWidget* chrome : {static_cast<QWidget*>(rail_), static_cast<QWidget*>(top_bar_),
                          static_cast<QWidget*>(status_bar_)}) {
    chrome->setVisible(chrome_shown_);
  }
  if (!chrome_shown_) notice_bar_->hide();
  for (Workspace* workspace : workspaces_) workspace->setChromeShown(chrome_shown_);
  fitToSize();
}

void MainWindow::fitToSize() {
  const bool compact = width() < tokens::kCompactBelow_px;
  rail_->setCompact(compact);
  inspector_stack_->setVisible(workspace(screen_).inspectorNeeded() && chrome_shown_);
  inspector_stack_->setFixedWidth(workspace(screen_).inspectorWidth(compact));
}

bool MainWindow::event(QEvent* event) {
  const bool done = QMainWindow::event(event);
  switch (event->type()) {
    case QEvent::Show:
    case QEvent::Hide:
    case QEvent::WindowStateChange:
    case QEvent::WindowActivate:
      watch_.setOn(isVisible() && !isMinimized());
      break;
    default:
      break;
  }
  return done;
}

void MainWindow::resizeEvent(QResizeEvent*) {
  fitToSize();
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape && !chrome_shown_) {
    toggleChrome();
  } else {
    QMainWindow::keyPressEvent(event);
  }
}

void MainWindow::leaveBoxes(const QString& confirm, std::function<void()> go_on) {
  const int objects = quarantine_->quarantine().undecided();
  if (objects == 0) return go_on();
  ConfirmDialog::ask(
      this,
      {QStringLiteral("The boxes you drew are not released"),
       words::count(objects,
                    QStringLiteral("object in the quarantine has boxes that you changed. "),
                    QStringLiteral("objects in the quarantine have boxes that you changed. ")) +
           QStringLiteral("They are in this window only: without a release they are lost, and the "
                          "objects go on waiting with the places that were found."),
       confirm, QStringLiteral("Keep the boxes")},
      std::move(go_on));
}

void MainWindow::leaveTraining() {
  ConfirmDialog::ask(this,
                     {QStringLiteral("A training is running"), trainer_.jobs().ifCancelled(),
                      QStringLiteral("Stop it and close"), QStringLiteral("Go on training")},
                     [this] {
                       trainer_.cancel();
                       close();
                     });
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!closing_ && trainer_.busy() && trainer_.state() != TrainingState::kStopping) {
    event->ignore();
    return leaveTraining();
  }
  if (!closing_ && !leaving_ && quarantine_->quarantine().undecided() > 0) {
    event->ignore();
    return leaveBoxes(QStringLiteral("Close and lose them"), [this] {
      leaving_ = true;
      close();
    });
  }
  if (!closing_) {
    session_.jobs().cancelAll();
    annotate_->annotation().save();
  }
  closing_ = session_.jobs().busy() || session_.changing();
  event->setAccepted(!closing_);  // once all is saved, `closeWhenSaved` goes on
}

void MainWindow::closeWhenSaved() {
  if (closing_ && !session_.jobs().busy() && !session_.changing()) close();
}

}  // namespace sonotwin::workstation
