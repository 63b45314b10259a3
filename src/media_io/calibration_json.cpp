// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>
#include <vector>

#include "calibration_formats.h"
#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
using nlohmann::json;

ProbeFromImage matrixOf(const json& values) {
  const auto numbers = values.get<std::vector<double>>();
  if (numbers.size() != 16) throwBadInput("probe_from_image must hold 16 numbers, row by row");
  return ProbeFromImage(Eigen::Matrix4d(
      Eigen::Map<const Eigen::Matrix<double, 4, 4, Eigen::RowMajor>>(numbers.data())));
}

PixelRectangle rectangleOf(const json& values) {
  const auto sides = values.get<std::vector<int>>();
  if (sides.size() != 4) throwBadInput("rectangle_px must hold x0, y0, x1, y1");
  return {sides[0], sides[1], sides[2], sides[3]};
}

Fan fanOf(const json& values) {
  return {.apex_x_px = values.at("apex_x_px").get<double>(),
          .apex_y_px = values.at("apex_y_px").get<double>(),
          .start_radius_px = values.at("start_radius_px").get<double>(),
          .end_radius_px = values.at("end_radius_px").get<double>(),
          .left_rad = values.at("left_rad").get<double>(),
          .right_rad = values.at("right_rad").get<double>(),
          .rows_per_col = values.value("rows_per_col", 1.0)};
}
}  // namespace

Calibration parseCalibrationJson(const std::string& text, const std::string& file) {
  try {
    const json document = json::parse(text);
    Calibration calibration;
    if (const auto at = document.find("probe_from_image"); at != document.end()) {
      calibration.probe_from_image = matrixOf(*at);
    }
    if (const auto at = document.find("rectangle_px"); at != document.end()) {
      calibration.sector.rectangle = rectangleOf(*at);
    }
    if (const auto at = document.find("fan"); at != document.end()) {
      calibration.sector.fan = fanOf(*at);
    }
    if (!calibration.probe_from_image && calibration.sector == ScanSector{}) {
      throwBadInput("none of probe_from_image, rectangle_px and fan is there");
    }
    return calibration;
  } catch (const json::exception& error) {
    throwBadInput(file + ": not a calibration in JSON (" + error.what() + "). Correct it.");
  } catch (const Error& error) {
    throwBadInput(file + ": " + error.what() + ". Correct it.");
  }
}

}  // namespace sonotwin::media
