// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/store/search.h"

namespace sonotwin::segment {
class Model;
}
namespace sonotwin::store {
class Store;
}

namespace sonotwin::pipeline {

/// Whose features are wanted.
struct FeatureSelection {
  store::ClipQuery clips = {};             ///< its page is not looked at
  std::vector<std::string> clip_ids = {};  ///< these clips instead
  std::vector<std::string> mask_ids = {};  ///< these masks instead; else each clip's newest mask
                                           ///< that nobody rejected
};

/// Features of each label on each frame of a mask, a row each; labels that a frame lacks have none.
struct FeatureTable {
  struct Row {
    std::string patient, exam;  ///< pseudonym, id of the study
    std::optional<int> day;     ///< of the exam, since the patient's first; none: not known
    std::string clip, mask;
    int frame = 0;
    std::string label;
    std::vector<std::optional<double>> values;  ///< one a column; none: it cannot be had
  };
  std::vector<std::string> columns;  ///< of the values, with their units in their names
  std::vector<Row> rows;
};

/// Clips without a mask give no rows.
/// @param network  its own description of the picture and of what the label covers is added to each
///                 row, in columns that have numbers and no names; null: none
/// @throws Error(kNotFound) for an unknown id and where nothing
/// that is asked for has a mask, Error(kBadInput) for an id of something else
[[nodiscard]] FeatureTable featureTable(const store::Store& store,
                                        const FeatureSelection& selection, const Progress& progress,
                                        const segment::Model* network = nullptr);

/// With a header line; empty cells where there is no value. Numbers read back as they were (RFC
/// 4180, decimal point).
[[nodiscard]] std::string featureCsv(const FeatureTable& table);
/// A list with an object a row; null where there is no value.
[[nodiscard]] std::string featureJson(const FeatureTable& table);

}  // namespace sonotwin::pipeline
