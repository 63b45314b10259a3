// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "predict.h"
#include "sonotwin/base/progress.h"
#include "sonotwin/segment/dataset.h"
#include "validation_score.h"

namespace sonotwin::segment {

/// The validation split, brought to the grid once. Looks at the dataset, which must outlive it.
class Validation {
 public:
  /// @throws Error(kBadInput) if no validation image has a labelled pixel.
  Validation(const Dataset& dataset, const NetworkPlan& plan);

  [[nodiscard]] ValidationScore score(const UNet& network, const Runtime& runtime, bool flip,
                                      const Progress& progress) const;

 private:
  const Dataset& dataset_;
  std::vector<GridPicture> pictures_;
  std::vector<const Case*> cases_;
};

}  // namespace sonotwin::segment
