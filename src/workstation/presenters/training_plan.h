// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>
#include <filesystem>
#include <string>

#include "presenters/model_card.h"
#include "sonotwin/pipeline/dataset_summary.h"
#include "sonotwin/segment/model.h"

namespace sonotwin::workstation {

using pipeline::DatasetSummary;
[[nodiscard]] QList<Fact> datasetFacts(const DatasetSummary& dataset);

/// A training as it was asked for. It lies in the run's folder, so that the run can be gone on with
/// after the program was closed.
struct TrainingPlan {
  DatasetSummary dataset;
  std::filesystem::path folder;  ///< of the model
  segment::TrainOptions options;
  std::string begun_utc;
};
inline constexpr const char* kPlanFile = "run.json";
/// Makes the folder. @throws Error
void writePlan(const TrainingPlan& plan);
/// @throws Error(kBadInput | kNotFound) naming the file
[[nodiscard]] TrainingPlan readPlan(const std::filesystem::path& folder);

}  // namespace sonotwin::workstation
