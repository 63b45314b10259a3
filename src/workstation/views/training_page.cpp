// SPDX-License-Identifier: Apache-2.0
#include "views/training_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "presenters/words.h"
#include "theme/tokens.h"
#include "views/training_curves.h"
#include "widgets/controls.h"
#include "widgets/curve_plot.h"
#include "widgets/example_pictures.h"

namespace sonotwin::workstation {
namespace {
constexpr int kMostPictureHeight_px = 300;
}

TrainingPage::TrainingPage(Trainer& trainer, QWidget* parent)
    : QWidget(parent),
      trainer_(trainer),
      pages_(new QStackedWidget(this)),
      empty_(new EmptyState(this)),
      name_(label({}, "state", this)),
      about_(label({}, "secondary", this)),
      loss_(new CurvePlot(this)),
      dice_(new CurvePlot(this)),
      examples_(new ExamplePictures(this)) {
  empty_->setWords(
      QStringLiteral("No training to watch"),
      QStringLiteral("Here a network learns from pictures with drawn masks: its curves "
                     "and what it draws, epoch by epoch. Earlier ones are under Runs."),
      QStringLiteral("Train a network…"));
  loss_->setObjectName(QStringLiteral("lossCurve"));
  loss_->setTitle(QStringLiteral("Loss in training"));
  dice_->setObjectName(QStringLiteral("diceCurve"));
  dice_->setTitle(QStringLiteral("Dice in validation"));
  examples_->setObjectName(QStringLiteral("examples"));
  examples_->setMaximumHeight(kMostPictureHeight_px);
  auto* page = new QWidget(this);
  auto* head = new QHBoxLayout;
  head->setSpacing(12);
  head->addWidget(name_);
  head->addWidget(about_, 1);
  auto* plots = new QHBoxLayout;
  plots->setSpacing(28);
  plots->addWidget(dice_);
  plots->addWidget(loss_);
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(20, 4, 20, 10);
  column->setSpacing(12);
  column->addLayout(head);
  column->addLayout(plots, 3);
  column->addWidget(examples_, 2);
  pages_->addWidget(empty_);
  pages_->addWidget(page);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(pages_);
  connect(&trainer, &Trainer::stateChanged, this, &TrainingPage::takeState);
  connect(&trainer, &Trainer::epochDone, this, &TrainingPage::takeEpochs);
  connect(&trainer, &Trainer::examplesChanged, this,
          [this] { examples_->setExamples(trainer_.examples()); });
  takeState();
}

void TrainingPage::takeState() {
  const TrainingState state = trainer_.state();
  pages_->setCurrentIndex(state == TrainingState::kNone ? 0 : 1);
  if (state == TrainingState::kNone) return;
  const TrainingPlan& plan = trainer_.plan();
  name_->setText(words::from(plan.folder.filename().string()));
  QStringList about = {words::from(plan.dataset.path.filename().string()),
                       words::from(plan.options.preset)};
  if (!plan.options.start_from.empty()) {
    about << QStringLiteral("from ") + words::from(plan.options.start_from.filename().string());
  }
  about_->setText(about.join(QStringLiteral(" · ")));
  const bool busy = trainer_.busy();
  const QString waiting = busy ? QStringLiteral("The first epoch is on its way.")
                               : QStringLiteral("It ended before the first epoch was done.");
  loss_->setEmptyWords(waiting);
  dice_->setEmptyWords(waiting);
  examples_->setEmptyWords(busy ? QStringLiteral("Pictures come with the next epoch.")
                                : QStringLiteral("No pictures."));
  examples_->setLabels(plan.dataset.labels);
  examples_->setExamples(trainer_.examples());
  takeEpochs();
}

void TrainingPage::takeEpochs() {
  const auto& epochs = trainer_.epochs();
  const double last = epochs.empty() ? 1.0 : epochs.back().epochs;
  loss_->setCurves(
      {lossCurve(epochs, QStringLiteral("cross-entropy + Dice loss"), tokens::kSecondary)}, last);
  const auto curves = diceCurves(epochs, trainer_.plan().dataset.labels);
  dice_->setRange(diceRange(curves));
  dice_->setCurves(curves, last);
  if (epochs.empty()) {
    loss_->setFigure({}, {});
    dice_->setFigure({}, {});
    return;
  }
  const auto least = std::ranges::min_element(epochs, {}, &segment::EpochReport::train_loss);
  const auto best = std::ranges::max_element(epochs, {}, &segment::EpochReport::val_dice);
  const auto note = [](const QString& word, double value, int epoch) {
    return QStringLiteral("%1 %2 at epoch %3").arg(word).arg(value, 0, 'f', 3).arg(epoch);
  };
  loss_->setFigure(QString::number(epochs.back().train_loss, 'f', 3),
                   note(QStringLiteral("least"), least->train_loss, least->epoch));
  dice_->setFigure(QString::number(epochs.back().val_dice, 'f', 3),
                   note(QStringLiteral("best"), best->val_dice, best->epoch));
}

}  // namespace sonotwin::workstation
