// SPDX-License-Identifier: Apache-2.0
#include "views/models_view.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QListWidget>
#include <QStackedWidget>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <exception>

#include "presenters/training_runs.h"
#include "presenters/training_words.h"
#include "presenters/words.h"
#include "sonotwin/base/error.h"
#include "ui_models_inspector.h"
#include "views/confirm_dialog.h"
#include "views/runs_page.h"
#include "views/train_dialog.h"
#include "views/training_page.h"
#include "widgets/controls.h"
#include "widgets/delegates.h"

namespace sonotwin::workstation {
namespace {
constexpr int kRowHeight = 34;
constexpr int kListHeight = 340;
}  // namespace

ModelsView::ModelsView(Session& session, Trainer& trainer, QWidget* parent)
    : Workspace(parent),
      session_(session),
      trainer_(trainer),
      head_(new QWidget(this)),
      choice_(new QButtonGroup(this)),
      train_(new KeyButton(QStringLiteral("Train…"), head_)),
      pages_(new QStackedWidget(this)),
      networks_(new QStackedWidget(this)),
      empty_(new EmptyState(this)),
      list_(new QListWidget(this)),
      scores_(new QTableWidget(this)),
      training_page_(new TrainingPage(trainer, this)),
      runs_page_(new RunsPage(this)),
      bottom_(new QWidget(this)),
      hints_(new KeyHints(bottom_)),
      inspector_(new QWidget),
      ui_(new Ui::ModelsInspector) {
  ui_->setupUi(inspector_);
  buildHead();
  buildNetworks();
  pages_->addWidget(networks_);
  pages_->addWidget(training_page_);
  pages_->addWidget(runs_page_);
  bottom_->setObjectName(QStringLiteral("bottomBar"));
  bottom_->setAttribute(Qt::WA_StyledBackground);
  auto* hints = new QVBoxLayout(bottom_);
  hints->setContentsMargins(20, 10, 20, 10);
  hints->addWidget(hints_);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->setSpacing(0);
  whole->addWidget(head_);
  whole->addWidget(pages_, 1);
  whole->addWidget(bottom_);
  describeInspector();
  connectTraining();
  QWidget* before = nullptr;
  for (QWidget* next :
       {static_cast<QWidget*>(choice_->button(0)), static_cast<QWidget*>(choice_->button(1)),
        static_cast<QWidget*>(choice_->button(2)), static_cast<QWidget*>(train_),
        static_cast<QWidget*>(list_), static_cast<QWidget*>(scores_)}) {
    if (before) setTabOrder(before, next);
    before = next;
  }
  show(Page::kNetworks);
  takeTraining();
}

ModelsView::~ModelsView() = default;

void ModelsView::buildHead() {
  auto* row = new QHBoxLayout(head_);
  row->setContentsMargins(20, 12, 20, 8);
  row->setSpacing(8);
  const char* const words[] = {"Networks", "Training", "Runs"};
  for (int i = 0; i < 3; ++i) {
    auto* button = new KeyButton(QString::fromLatin1(words[i]), head_);
    button->setObjectName(QStringLiteral("page") + button->text());
    button->setCheckable(true);
    button->setMinimumWidth(128);
    setRole(button, "quiet");
    describe(button, button->text(), QString::number(i + 1));
    clickOn(button, QKeySequence(Qt::Key_1 + i));
    choice_->addButton(button, i);
    row->addWidget(button);
  }
  connect(choice_, &QButtonGroup::idClicked, this, [this](int id) { show(static_cast<Page>(id)); });
  row->addStretch(1);
  train_->setObjectName(QStringLiteral("train"));
  train_->setMinimumWidth(128);
  setRole(train_, "main");
  describe(train_, QStringLiteral("Train a network"), QStringLiteral("T"));
  clickOn(train_, QKeySequence(Qt::Key_T));
  connect(train_, &QPushButton::clicked, this, &ModelsView::train);
  row->addWidget(train_);
}

void ModelsView::buildNetworks() {
  empty_->setWords(QStringLiteral("No networks installed"),
                   QStringLiteral("Here are the networks that draw masks: those that came with the "
                                  "program and those trained in this store."));
  list_->setObjectName(QStringLiteral("models"));
  list_->setAccessibleName(QStringLiteral("Installed networks"));
  list_->setItemDelegate(new RowDelegate(list_));
  buildScores();
  auto* page = new QWidget(this);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(20, 4, 20, 16);
  column->setSpacing(10);
  column->addWidget(new Heading(QStringLiteral("Installed networks"), page));
  column->addWidget(list_);
  column->addSpacing(6);
  column->addWidget(new Heading(QStringLiteral("Scores"), page));
  column->addWidget(scores_, 1);
  networks_->addWidget(page);
  networks_->addWidget(empty_);
  connect(list_, &QListWidget::currentRowChanged, this, &ModelsView::showCard);
}

void ModelsView::buildScores() {
  scores_->setObjectName(QStringLiteral("scores"));
  scores_->setAccessibleName(QStringLiteral("Scores of the network"));
  scores_->setColumnCount(5);
  scores_->setHorizontalHeaderLabels({QStringLiteral("Split"), QStringLiteral("Label"),
                                      QStringLiteral("Cases"), QStringLiteral("Dice (95 %)"),
                                      QStringLiteral("HD95 (95 %)")});
  scores_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  scores_->verticalHeader()->hide();
  scores_->setShowGrid(false);
  scores_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  scores_->setSelectionBehavior(QAbstractItemView::SelectRows);
  scores_->setItemDelegate(new RowDelegate(scores_));
  scores_->setTabKeyNavigation(false);
  scores_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
}

void ModelsView::describeInspector() {
  describe(ui_->pause, QStringLiteral("Pause the training, or go on"), QStringLiteral("P"));
  clickOn(ui_->pause, QKeySequence(Qt::Key_P));
  describe(ui_->stop, QStringLiteral("Cancel the training"), QStringLiteral("C"),
           QStringLiteral("Asks first; its checkpoint stays"));
  clickOn(ui_->stop, QKeySequence(Qt::Key_C));
  for (KeyButton* resume : {ui_->resumeTraining, ui_->resumeRun}) {
    describe(resume, QStringLiteral("Go on from the checkpoint"), QStringLiteral("R"));
    clickOn(resume, QKeySequence(Qt::Key_R));
  }
  describe(ui_->showNetwork, QStringLiteral("Show the network and its scores"),
           QStringLiteral("N"));
  clickOn(ui_->showNetwork, QKeySequence(Qt::Key_N));
  ui_->trainingBar->setAccessibleName(QStringLiteral("Progress of the training"));
}

void ModelsView::connectTraining() {
  connect(training_page_->emptyState().button(), &QPushButton::clicked, this, &ModelsView::train);
  connect(runs_page_->emptyState().button(), &QPushButton::clicked, this, &ModelsView::train);
  connect(runs_page_, &RunsPage::currentChanged, this, &ModelsView::takeRun);
  connect(&trainer_, &Trainer::stateChanged, this, &ModelsView::takeTraining);
  connect(&trainer_, &Trainer::progressed, this, &ModelsView::takeEpoch);
  connect(&trainer_, &Trainer::epochDone, this, &ModelsView::takeEpoch);
  connect(&session_, &Session::opened, this, &ModelsView::reload);
  connect(ui_->pause, &QPushButton::clicked, this,
          [this] { trainer_.setPaused(trainer_.state() == TrainingState::kRunning); });
  connect(ui_->stop, &QPushButton::clicked, this, &ModelsView::askStop);
  connect(ui_->resumeTraining, &QPushButton::clicked, this,
          [this] { trainer_.resume(trainer_.plan(), trainer_.epochs()); });
  connect(ui_->resumeRun, &QPushButton::clicked, this, &ModelsView::resumeRun);
  connect(ui_->showNetwork, &QPushButton::clicked, this, [this] {
    const auto found =
        list_->findItems(words::from(trainer_.plan().folder.filename().string()), Qt::MatchExactly);
    if (!found.isEmpty()) list_->setCurrentItem(found.front());
    show(Page::kNetworks);
  });
}

ModelsView::Page ModelsView::page() const {
  return static_cast<Page>(pages_->currentIndex());
}

void ModelsView::enter() {
  reload();
  if (page() == Page::kNetworks) list_->setFocus();
  if (page() == Page::kTraining) ui_->pause->setFocus();
  if (page() == Page::kRuns) runs_page_->list().setFocus();
}

void ModelsView::setChromeShown(bool shown) {
  head_->setVisible(shown);
  bottom_->setVisible(shown);
}

void ModelsView::show(Page page) {
  pages_->setCurrentIndex(static_cast<int>(page));
  choice_->button(static_cast<int>(page))->setChecked(true);
  takePage();
  if (isVisible()) enter();
}

void ModelsView::takePage() {
  ui_->networkPart->setVisible(page() == Page::kNetworks);
  ui_->trainingPart->setVisible(page() == Page::kTraining);
  ui_->runsPart->setVisible(page() == Page::kRuns);
  QList<std::pair<QString, QString>> hints = {{"1 2 3", "networks, training, runs"},
                                              {"T", "train"}};
  if (page() == Page::kTraining) {
    hints += {{"P", "pause, go on"}, {"C", "cancel"}, {"R", "resume"}, {"← →", "read a curve"}};
  } else if (page() == Page::kRuns) {
    hints += {{"Space", "compare"}, {"R", "resume"}, {"← →", "read a curve"}};
  }
  hints_->setHints(hints);
  const bool shown = page() == Page::kNetworks   ? !cards_.empty()
                     : page() == Page::kTraining ? trainer_.state() != TrainingState::kNone
                                                 : !runs_page_->runs().empty();
  inspector_->setVisible(shown);
  Q_EMIT inspectorChanged();
}

void ModelsView::reload() {
  readCards();
  readRuns();
  takePage();
}

void ModelsView::readCards() {
  const int row = list_->currentRow();
  cards_.clear();
  list_->clear();
  try {
    for (const auto& model : pipeline::installedModels(session_.folder())) {
      cards_.push_back(readCard(model));
    }
  } catch (const std::exception& error) {
    Q_EMIT problem(QStringLiteral("A network's card cannot be read."),
                   QString::fromUtf8(error.what()));
  }
  for (const ModelCard& card : cards_) {
    auto* item = new QListWidgetItem(card.name, list_);
    item->setData(RowDelegate::kDetailRole, card.labels.join(QStringLiteral(", ")));
    if (card.synthetic) item->setData(RowDelegate::kBadgeRole, QStringLiteral("simulated data"));
  }
  list_->setFixedHeight(std::min(kListHeight, static_cast<int>(cards_.size()) * kRowHeight + 2));
  networks_->setCurrentIndex(cards_.empty() ? 1 : 0);
  list_->setCurrentRow(std::clamp(row, 0, std::max(0, int(cards_.size()) - 1)));
}

void ModelsView::readRuns() {
  if (session_.folder().empty()) return;
  std::vector<std::filesystem::path> others;
  for (const ModelCard& card : cards_) others.push_back(card.folder);
  const auto skip = trainer_.busy() ? trainer_.plan().folder : std::filesystem::path();
  ++reading_;
  session_.reader().compute(
      this,
      [root = pipeline::trainingFolder(session_.folder()), others, skip] {
        return workstation::readRuns(root, others, skip);
      },
      [this](std::vector<TrainingRun> runs) {
        --reading_;
        runs_page_->setRuns(std::move(runs));
        takePage();
      },
      [this](const QString& why) {
        --reading_;
        Q_EMIT problem(QStringLiteral("The runs cannot be listed."), why);
      });
}

void ModelsView::showCard(int row) {
  if (row < 0 || row >= std::ssize(cards_)) return;
  const ModelCard& card = cards_[static_cast<std::size_t>(row)];
  ui_->modelHeading->setText(card.name);
  QList<Fact> facts = {{QStringLiteral("Labels"), card.labels.join(QStringLiteral(", "))}};
  if (!card.purpose.isEmpty()) facts.append({QStringLiteral("For"), card.purpose});
  ui_->modelFacts->setFacts(facts + card.facts);
  ui_->syntheticNote->setText(
      QStringLiteral("Trained on simulated images: not meant for real ones."));
  ui_->syntheticNote->setVisible(card.synthetic);
  scores_->setRowCount(static_cast<int>(card.scores.size()));
  for (int i = 0; i < card.scores.size(); ++i) {
    const ScoreLine& line = card.scores[i];
    const QStringList cells = {line.split, line.label, line.cases, line.dice, line.hd95};
    for (int j = 0; j < cells.size(); ++j) scores_->setItem(i, j, new QTableWidgetItem(cells[j]));
  }
}

void ModelsView::train() {
  if (trainer_.busy() || !session_.isOpen()) return;
  auto* dialog = new TrainDialog(session_.folder(), window());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QDialog::accepted, this, [this, dialog] { start(dialog->plan()); });
  dialog->open();
}

void ModelsView::start(const TrainingPlan& plan) {
  try {
    trainer_.start(plan);
    show(Page::kTraining);
  } catch (const std::exception& error) {
    Q_EMIT problem(QStringLiteral("The training was not started."),
                   QString::fromUtf8(error.what()));
  }
}

void ModelsView::resumeRun() {
  const TrainingRun* run = runs_page_->current();
  if (!run || !run->plan || !run->checkpoint || trainer_.busy()) return;
  trainer_.resume(*run->plan, run->curve.epochs);
  show(Page::kTraining);
}

void ModelsView::askStop() {
  if (!trainer_.busy()) return;
  ConfirmDialog::ask(window(),
                     {QStringLiteral("Stop the training?"), trainer_.jobs().ifCancelled(),
                      QStringLiteral("Stop it"), QStringLiteral("Do not stop")},
                     [this] { trainer_.cancel(); });
}

void ModelsView::takeTraining() {
  const TrainingState state = trainer_.state();
  const bool busy = trainer_.busy();
  const bool moves = state == TrainingState::kRunning || state == TrainingState::kPaused;
  train_->setEnabled(!busy);
  train_->setToolTip(busy ? QStringLiteral("One training runs at a time: it is under Training.")
                          : QStringLiteral("Train a network  (T)"));
  ui_->pause->setVisible(busy);
  ui_->pause->setEnabled(moves);
  ui_->pause->setText(state == TrainingState::kPaused ? QStringLiteral("Go on")
                                                      : QStringLiteral("Pause"));
  ui_->stop->setVisible(busy);
  ui_->stop->setEnabled(moves);
  ui_->trainingBar->setVisible(busy);
  ui_->resumeTraining->setVisible(trainer_.resumable());
  ui_->showNetwork->setVisible(state == TrainingState::kDone);
  ui_->planFacts->setFacts(datasetFacts(trainer_.plan().dataset));
  takeEpoch();
  if (!busy && state != TrainingState::kNone) reload();
  takePage();
}

void ModelsView::takeEpoch() {
  const TrainingWords said = trainingWords(trainer_);
  ui_->trainingState->setText(said.state);
  ui_->trainingTime->setText(said.time);
  ui_->trainingTime->setVisible(!said.time.isEmpty());
  ui_->trainingBar->setValue(static_cast<int>(1000.0 * trainer_.fraction()));
  ui_->trainingFacts->setFacts(said.facts);
}

void ModelsView::takeRun() {
  const TrainingRun* run = runs_page_->current();
  if (!run) return;
  ui_->runHeading->setText(run->name);
  ui_->runFacts->setFacts(run->facts);
  ui_->runState->setText(run->finished     ? QStringLiteral("Finished")
                         : run->checkpoint ? QStringLiteral("Stopped, resumable")
                                           : QStringLiteral("Stopped"));
  ui_->resumeRun->setVisible(run->checkpoint);
  ui_->resumeRun->setEnabled(run->plan && !trainer_.busy());
  QString hint;
  if (run->checkpoint && !run->plan) {
    hint = QStringLiteral("Begun at the command line: go on there, with --resume.");
  } else if (run->checkpoint && trainer_.busy()) {
    hint = QStringLiteral("Another training runs.");
  }
  ui_->runHint->setText(hint);
  ui_->runHint->setVisible(!hint.isEmpty());
}

}  // namespace sonotwin::workstation
