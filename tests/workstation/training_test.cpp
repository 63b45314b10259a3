// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QTableWidget>
#include <QTest>
#include <cmath>
#include <fstream>
#include <random>

#include "presenters/trainer.h"
#include "presenters/training_runs.h"
#include "presenters/training_words.h"
#include "sonotwin/pipeline/models.h"
#include "sonotwin/segment/dataset.h"
#include "synthetic_store.h"
#include "temporary_folder.h"
#include "views/models_view.h"
#include "views/train_dialog.h"
#include "wait.h"
#include "widgets/curve_plot.h"
#include "widgets/example_pictures.h"
#include "widgets/number_box.h"
#include "window_fixture.h"

namespace sonotwin::workstation {
namespace {
using testing::waitFor;
using testing::waitForSignal;

/// Bright discs in noise, labels 1 and 2.
segment::Dataset discs() {
  segment::Dataset dataset;
  dataset.labels = {{1, "disc"}, {2, "dot"}};
  dataset.source = "made by a test, CC0";
  std::mt19937 random(1);
  for (int i = 0; i < 12; ++i) {
    segment::Case item;
    item.name = item.group = "case" + std::to_string(i);
    item.split = i < 6   ? segment::Split::kTrain
                 : i < 9 ? segment::Split::kVal
                         : segment::Split::kTest;
    item.rows = 24;
    item.cols = 32;
    const double row = 8.0 + random() % 8, col = 8.0 + random() % 16;
    for (int r = 0; r < item.rows; ++r) {
      for (int c = 0; c < item.cols; ++c) {
        const double distance = std::hypot(r - row, c - col);
        const int label = distance < 2.5 ? 2 : distance < 6.0 ? 1 : 0;
        item.gray.push_back(static_cast<std::uint8_t>(60 + 70 * label + random() % 30));
        item.truth.push_back(static_cast<std::uint8_t>(label));
      }
    }
    dataset.cases.push_back(std::move(item));
  }
  return dataset;
}

segment::EpochReport epoch(int number, double dice) {
  segment::EpochReport report;
  report.epoch = number;
  report.epochs = 10;
  report.train_loss = 1.0 / number;
  report.val_dice = report.val_pooled_dice = report.best_dice = dice;
  report.seconds = 2.0;
  report.label_dice = {dice, std::nullopt};
  return report;
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

class TrainingTest : public ::testing::Test {
 protected:
  TrainingTest() {
    unsetenv("SONOTWIN_MODELS");
    segment::writeDataset(file(), discs());
  }
  [[nodiscard]] std::filesystem::path file() const { return folder / "discs.st"; }
  [[nodiscard]] TrainingPlan plan(int epochs) const {
    TrainingPlan plan{pipeline::summarizeDataset(file(), {}), folder / "models" / "mine", {}, {}};
    plan.options.preset = "quick";
    plan.options.device = "cpu";
    plan.options.epochs = epochs;
    return plan;
  }
  static bool waitForEpochs(Trainer& trainer, std::size_t count) {
    return waitFor(&trainer, &Trainer::epochDone,
                   [&] { return trainer.epochs().size() >= count || !trainer.busy(); }) &&
           trainer.epochs().size() >= count;
  }
  static bool waitForEnd(Trainer& trainer) {
    return waitFor(&trainer, &Trainer::stateChanged, [&] { return !trainer.busy(); });
  }
  /// A run as the command line or this window would have left it.
  void record(const std::string& name, const std::string& dataset_sha256, int epochs) const {
    TrainingPlan recorded = plan(10);
    recorded.folder = folder / "store/models" / name;
    recorded.dataset.sha256 = dataset_sha256;
    std::filesystem::create_directories(recorded.folder);
    writePlan(recorded);
    std::string lines;
    for (int i = 1; i <= epochs; ++i) lines += segment::epochJson(epoch(i, 0.1 * i)) + "\n";
    write(recorded.folder / "training.jsonl", lines);
  }

  test::TemporaryFolder folder;
};

TEST_F(TrainingTest, ABrokenLineIsSaidAndTheRestShown) {
  const RunCurve curve = parseCurve(segment::epochJson(epoch(1, 0.2)) + "\n{\"epoch\": 2, \"lo" +
                                    "\n" + segment::epochJson(epoch(3, 0.4)) + "\n");
  ASSERT_EQ(curve.epochs.size(), 2U);
  EXPECT_EQ(curve.epochs[1].epoch, 3);
  EXPECT_DOUBLE_EQ(curve.epochs[1].val_dice, 0.4);
  ASSERT_EQ(curve.problems.size(), 1);
  EXPECT_TRUE(curve.problems[0].contains(QStringLiteral("Line 2")));
}

TEST_F(TrainingTest, AfterAResumptionTheLaterEpochsCount) {
  std::string lines;
  for (const int number : {1, 2, 3, 2}) {
    lines += segment::epochJson(epoch(number, lines.empty() ? 0.1 : 0.1 * number)) + "\n";
  }
  const RunCurve curve = parseCurve(lines + segment::epochJson(epoch(3, 0.9)));
  ASSERT_EQ(curve.epochs.size(), 3U);
  EXPECT_DOUBLE_EQ(curve.epochs[2].val_dice, 0.9);
}

TEST_F(TrainingTest, APlanIsReadAsItWasWritten) {
  TrainingPlan written = plan(7);
  written.options.max_minutes = 1.5;
  written.options.patience = 3;
  written.options.body_regions = {"FETAL HEAD"};
  written.options.mirror = false;
  written.options.start_from = "/models/other";
  writePlan(written);
  const TrainingPlan read = readPlan(written.folder);
  EXPECT_EQ(read.options.epochs, 7);
  EXPECT_EQ(read.options.max_minutes, 1.5);
  EXPECT_EQ(read.options.patience, 3);
  EXPECT_EQ(read.options.body_regions, written.options.body_regions);
  EXPECT_FALSE(read.options.mirror);
  EXPECT_EQ(read.options.start_from, written.options.start_from);
  EXPECT_EQ(read.dataset.labels, written.dataset.labels);
  EXPECT_EQ(read.dataset.sha256, written.dataset.sha256);
  EXPECT_EQ(read.dataset.parts[2].cases, 3);
  write(written.folder / kPlanFile, "{\"format\": \"sonotwin-run\"");
  EXPECT_ANY_THROW(std::ignore = readPlan(written.folder));
}

TEST_F(TrainingTest, PauseHoldsItAndCancelLeavesACheckpointToGoOnFrom) {
  {
    Trainer trainer;
    trainer.start(plan(6));
    ASSERT_TRUE(waitForEpochs(trainer, 1)) << trainer.error().toStdString();
    trainer.setPaused(true);
    EXPECT_EQ(trainer.state(), TrainingState::kPaused);
    // One epoch may have been as good as done; then nothing moves.
    std::ignore = waitForSignal(&trainer, &Trainer::epochDone, 300);
    const std::size_t held_at = trainer.epochs().size();
    EXPECT_FALSE(waitForSignal(&trainer, &Trainer::epochDone, 600));
    EXPECT_EQ(trainer.examples().size(), 3U);
    trainer.setPaused(false);
    ASSERT_TRUE(waitForEpochs(trainer, held_at + 1));
    trainer.setPaused(true);
    trainer.jobs().cancel();  // as from the status bar
    EXPECT_EQ(trainer.state(), TrainingState::kStopping);
    ASSERT_TRUE(waitForEnd(trainer));
    EXPECT_EQ(trainer.state(), TrainingState::kStopped);
    EXPECT_TRUE(trainer.resumable());
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "models/mine/card.json"));
  EXPECT_FALSE(std::filesystem::exists(folder / "models/mine/weights.safetensors"));

  // As after the program was closed: all that is known lies in the folder.
  auto runs = readRuns(folder / "models");
  ASSERT_EQ(runs.size(), 1U);
  ASSERT_TRUE(runs[0].checkpoint && runs[0].plan);
  EXPECT_FALSE(runs[0].finished);
  Trainer trainer;
  trainer.resume(*runs[0].plan, runs[0].curve.epochs);
  ASSERT_TRUE(waitForEnd(trainer));
  ASSERT_EQ(trainer.state(), TrainingState::kDone) << trainer.error().toStdString();
  ASSERT_EQ(trainer.epochs().size(), 6U);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(trainer.epochs()[static_cast<std::size_t>(i)].epoch, i + 1);
  runs = readRuns(folder / "models");
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_TRUE(runs[0].finished);
  EXPECT_FALSE(runs[0].checkpoint);
  EXPECT_EQ(runs[0].curve.epochs.size(), 6U);
}

TEST_F(TrainingTest, NeverTakesAFolderThatIsThere) {
  std::filesystem::create_directories(folder / "models/mine");
  Trainer trainer;
  EXPECT_ANY_THROW(trainer.start(plan(1)));
  EXPECT_FALSE(trainer.busy());
}

TEST_F(TrainingTest, ARunThatCannotBeginLeavesNoFolder) {
  TrainingPlan broken = plan(1);
  broken.dataset.path = folder / "gone.st";
  Trainer trainer;
  trainer.start(broken);
  ASSERT_TRUE(waitForEnd(trainer));
  EXPECT_EQ(trainer.state(), TrainingState::kFailed);
  EXPECT_TRUE(trainer.error().contains(QStringLiteral("gone.st")));
  EXPECT_FALSE(std::filesystem::exists(broken.folder));
}

class TrainingWindowTest : public TrainingTest {
 protected:
  TrainingWindowTest() { testing::makeStore(folder / "store"); }
  void open() {
    screen.show();
    screen.window.openStore(folder / "store");
    screen.window.go(Screen::kModels);
  }
  TrainDialog& openDialog() {
    screen.find<QAbstractButton>("train").click();
    const auto dialogs = screen.window.findChildren<TrainDialog*>();
    EXPECT_FALSE(dialogs.isEmpty());
    return *dialogs.back();
  }
  static void choose(TrainDialog& dialog, const std::filesystem::path& path) {
    auto* line = dialog.findChild<QLineEdit*>(QStringLiteral("dataset"));
    line->setText(QString::fromStdString(path.string()));
    Q_EMIT line->editingFinished();
    ASSERT_TRUE(
        waitFor(&dialog.form(), &TrainingForm::changed, [&] { return !dialog.form().reading(); }));
  }
  static QString text(TrainDialog& dialog, const char* name) {
    return dialog.findChild<QLabel*>(QLatin1String(name))->text();
  }
  static QAbstractButton& start(TrainDialog& dialog) {
    return *dialog.findChild<QAbstractButton*>(QStringLiteral("start"));
  }

  testing::ShownWindow screen;
};

TEST_F(TrainingWindowTest, TrainsWatchesAndListsTheNetwork) {
  open();
  TrainDialog& dialog = openDialog();
  EXPECT_FALSE(start(dialog).isEnabled());
  write(folder / "no-set.st", "this is no training set");
  choose(dialog, folder / "no-set.st");
  EXPECT_FALSE(text(dialog, "datasetProblem").isEmpty());
  EXPECT_FALSE(start(dialog).isEnabled());
  choose(dialog, file());
  EXPECT_EQ(dialog.form().name(), QStringLiteral("discs"));
  ASSERT_TRUE(start(dialog).isEnabled());
  dialog.findChild<QComboBox*>(QStringLiteral("preset"))->setCurrentText(QStringLiteral("quick"));
  dialog.findChild<NumberBox*>(QStringLiteral("epochs"))->setValue(2.0);
  start(dialog).click();

  Trainer& trainer = screen.window.trainer();
  ASSERT_TRUE(trainer.busy());
  EXPECT_FALSE(screen.find<QAbstractButton>("train").isEnabled());
  screen.window.go(Screen::kLibrary);  // it goes on without being watched
  screen.window.go(Screen::kModels);
  ASSERT_TRUE(waitForEnd(trainer));
  ASSERT_EQ(trainer.state(), TrainingState::kDone) << trainer.error().toStdString();
  const auto& dice = screen.find<CurvePlot>("diceCurve");
  ASSERT_EQ(dice.curves().size(), 3);  // all labels and each
  EXPECT_EQ(dice.curves()[0].points.size(), 2U);
  EXPECT_EQ(dice.curves()[1].name, QStringLiteral("Disc"));
  EXPECT_DOUBLE_EQ(dice.curves()[0].points[1].y(), trainer.epochs()[1].val_dice);
  EXPECT_EQ(screen.find<CurvePlot>("lossCurve").curves()[0].points.size(), 2U);
  EXPECT_EQ(screen.find<ExamplePictures>("examples").count(), 3);
  EXPECT_FALSE(screen.find<QListWidget>("models")
                   .findItems(QStringLiteral("discs"), Qt::MatchExactly)
                   .isEmpty());
  EXPECT_EQ(pipeline::findModel("discs", folder / "store").folder, folder / "store/models/discs");

  TrainDialog& again = openDialog();
  choose(again, file());
  EXPECT_EQ(again.form().name(), QStringLiteral("discs-2"));
  again.form().setName(QStringLiteral("discs"));
  EXPECT_TRUE(text(again, "problem").contains(QStringLiteral("never overwritten")));
  EXPECT_FALSE(start(again).isEnabled());
  again.reject();
}

TEST_F(TrainingWindowTest, RunsStandSideBySide) {
  record("first", "aaaa", 4);
  record("second", "bbbb", 6);
  std::ofstream(folder / "store/models/second/training.jsonl", std::ios::app) << "{broken\n";
  open();
  screen.press(Qt::Key_3);
  auto& list = screen.find<QListWidget>("runs");
  ASSERT_TRUE(waitFor(&list, &QListWidget::currentRowChanged, [&] { return list.count() == 2; }));
  list.selectAll();
  const auto& dice = screen.find<CurvePlot>("runsDice");
  ASSERT_EQ(dice.curves().size(), 2);
  EXPECT_EQ(dice.curves()[0].points.size(), 4U);
  EXPECT_EQ(dice.curves()[1].points.size(), 6U);
  EXPECT_NE(dice.curves()[0].colour, dice.curves()[1].colour);
  EXPECT_TRUE(dice.readingAt(4).contains(QStringLiteral("0.4000  second")));
  const QString note = screen.find<QLabel>("runsNote").text();
  EXPECT_TRUE(note.contains(QStringLiteral("different data")));
  EXPECT_TRUE(note.contains(QStringLiteral("second: Line 7")));
  const auto& table = screen.find<QTableWidget>("runFacts");
  EXPECT_EQ(table.columnCount(), 3);
  const auto rows = table.findItems(QStringLiteral("Best validation Dice"), Qt::MatchExactly);
  ASSERT_EQ(rows.size(), 1);
  EXPECT_EQ(table.item(rows[0]->row(), 2)->text(), QStringLiteral("0.600 at epoch 6"));
}
}  // namespace
}  // namespace sonotwin::workstation
