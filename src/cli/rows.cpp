// SPDX-License-Identifier: Apache-2.0
#include "rows.h"

#include <nlohmann/json.hpp>

#include "context.h"

namespace sonotwin::cli {
using nlohmann::json;

json spacingJson(const std::optional<std::array<double, 2>>& spacing_mm) {
  return spacing_mm ? json(*spacing_mm) : json(nullptr);
}

std::string spacingText(const std::optional<std::array<double, 2>>& spacing_mm) {
  if (!spacing_mm) return "uncalibrated";
  return decimal((*spacing_mm)[0], 3) + " x " + decimal((*spacing_mm)[1], 3);
}

json dayJson(bool known, int day) {
  return known ? json(day) : json(nullptr);
}

std::string dayText(bool known, int day) {
  return known ? "+" + std::to_string(day) : "unknown";
}

json clipJson(const store::ClipRow& row) {
  return {{"clip", row.id},
          {"patient", row.patient_id},
          {"study", row.study_id},
          {"day", dayJson(row.day_known, row.day)},
          {"frames", row.frames},
          {"rows", row.rows},
          {"cols", row.cols},
          {"channels", row.channels},
          {"spacing_mm", spacingJson(row.spacing_mm)},
          {"tracked", row.tracked},
          {"image_to_probe", row.calibrated},
          {"duration_s", row.duration_s},
          {"region", row.body_region},
          {"format", row.source_format},
          {"transfer_syntax", row.transfer_syntax},
          {"masks", row.mask_count},
          {"volumes", row.volume_count},
          {"surfaces", row.surface_count}};
}

json labelsJson(const std::vector<media::Label>& labels) {
  json document = json::object();
  for (const auto& label : labels) document[std::to_string(label.value)] = label.name;
  return document;
}

}  // namespace sonotwin::cli
