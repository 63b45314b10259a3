// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>
#include <QStringList>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "presenters/model_card.h"
#include "presenters/training_plan.h"
#include "sonotwin/segment/model.h"

namespace sonotwin::workstation {

/// The epochs that a `training.jsonl` holds, and what of it cannot be read.
struct RunCurve {
  std::vector<segment::EpochReport> epochs;  ///< in order
  QStringList problems;                      ///< one a line of the file
};
/// Where a training was gone on with from a checkpoint, what came after that is what counts.
[[nodiscard]] RunCurve parseCurve(const std::string& text);

/// A training that was done, or was begun, as its folder tells.
struct TrainingRun {
  QString name;
  std::filesystem::path folder;
  RunCurve curve;
  std::optional<TrainingPlan> plan;  ///< of those begun in the window
  bool finished = false;             ///< weights and card are there
  bool checkpoint = false;           ///< can be gone on with
  std::string dataset_sha256;        ///< empty: not known
  QStringList labels;
  QList<Fact> facts;  ///< in the same order for every run; what is not known is absent
};
/// Each folder in `root`, and of the others, that holds a curve, a checkpoint or a plan, by name.
/// @param skip  folder of a training that runs now
[[nodiscard]] std::vector<TrainingRun> readRuns(
    const std::filesystem::path& root, const std::vector<std::filesystem::path>& others = {},
    const std::filesystem::path& skip = {});
/// What to say of runs that stand side by side; empty where they saw the same data.
[[nodiscard]] QString differenceNote(const QList<const TrainingRun*>& runs);

}  // namespace sonotwin::workstation
