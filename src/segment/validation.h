// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "predict.h"
#include "sonotwin/base/progress.h"
#include "sonotwin/segment/dataset.h"
#include "sonotwin/segment/model.h"
#include "training_group.h"
#include "validation_score.h"

namespace sonotwin::segment {

/// The validation split, brought to the grid once. Looks at the dataset, which must outlive it.
class Validation {
 public:
  /// @throws Error(kBadInput) if no validation image has a labelled pixel.
  Validation(const Dataset& dataset, const NetworkPlan& plan);

  struct Answer {
    ValidationScore score;
    std::vector<std::optional<double>> label_dice;  ///< mean over cases, by the dataset's labels
    std::vector<media::FrameMask> masks;  ///< of each picture; empty where another process has it
  };
  /// @param group  shares the pictures; all its processes get the same scores
  [[nodiscard]] Answer answer(const UNet& network, const Runtime& runtime,
                              const InferenceSettings& settings, const Progress& progress,
                              const TrainingGroup* group = nullptr) const;
  /// Up to four labelled pictures, evenly over the sizes of what they show, with these masks.
  [[nodiscard]] std::vector<TrainExample> examples(const Answer& answer) const;

  [[nodiscard]] const std::vector<GridPicture>& pictures() const { return pictures_; }
  /// Classes of a picture on the grid: [grid_rows x grid_cols].
  [[nodiscard]] std::vector<std::uint8_t> truthOnGrid(std::size_t picture) const;

 private:
  /// @param overlaps  [labels x pictures x 2]: Dice's two sums
  void summarize(const at::Tensor& overlaps, Answer& answer) const;

  const Dataset& dataset_;
  std::vector<GridPicture> pictures_;
  std::vector<const Case*> cases_;
  std::vector<std::size_t> shown_;  ///< pictures that examples are made of
};

}  // namespace sonotwin::segment
