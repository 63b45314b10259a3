// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sonotwin::store {

/// Which clips to list. Every condition that is set must hold.
struct ClipQuery {
  std::string patient_id = {}, study_id = {}, body_region = {};  ///< empty: any
  std::string view_label = {};
  std::string orientation = {};
  std::string device_model = {};
  std::string label = {};  ///< name of a label in one of its masks
  /// Each of its words is a part of: region, view, orientation, device, probe, format, ids. Case
  /// does not matter in ASCII letters.
  std::string text = {};
  std::optional<bool> tracked = {};
  std::optional<bool> annotated = {};             ///< a person drew a mask
  std::optional<int> from_day = {}, to_day = {};  ///< days since the patient's first exam
  int limit = 1000;
  int offset = 0;
  bool operator==(const ClipQuery&) const = default;
};
using ClipFilter = ClipQuery;

/// What there is to ask for: every value that some clip has, in order.
struct SearchChoices {
  std::vector<std::string> body_regions, view_labels, orientations, device_models, labels;
};

/// A query under a name.
struct SavedSearch {
  std::string name;
  ClipQuery query;
  std::string author;
  std::string created_utc;
};

}  // namespace sonotwin::store
