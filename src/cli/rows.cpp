// SPDX-License-Identifier: Apache-2.0
#include "rows.h"

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
          {"view", row.view_label},
          {"orientation", row.orientation},
          {"orientation_from_header", row.header_orientation},
          {"region_from_header", row.header_region},
          {"device", row.device_model},
          {"annotated", row.annotated},
          {"format", row.source_format},
          {"transfer_syntax", row.transfer_syntax},
          {"masks", row.mask_count},
          {"volumes", row.volume_count},
          {"surfaces", row.surface_count}};
}

Listing clipListing(const std::vector<store::ClipRow>& rows) {
  Listing out{Table({"CLIP", "PATIENT", "DAY", "FRAMES", "SIZE", "MM A PIXEL", "TRACKED", "REGION",
                     "VIEW", "ORIENTATION", "FORMAT"}),
              json::array()};
  for (const auto& row : rows) {
    out.table.add(
        {row.id, row.patient_id, dayText(row.day_known, row.day), std::to_string(row.frames),
         std::to_string(row.cols) + " x " + std::to_string(row.rows), spacingText(row.spacing_mm),
         !row.tracked     ? ""
         : row.calibrated ? "yes"
                          : "no calibration",
         row.body_region, row.view_label, row.orientation, row.source_format});
    out.document.push_back(clipJson(row));
  }
  return out;
}

json boxJson(const media::PixelRectangle& box) {
  return {box.x0, box.y0, box.x1, box.y1};
}

json labelsJson(const std::vector<media::Label>& labels) {
  json document = json::object();
  for (const auto& label : labels) document[std::to_string(label.value)] = label.name;
  return document;
}

}  // namespace sonotwin::cli
