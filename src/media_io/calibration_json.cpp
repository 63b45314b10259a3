// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "calibration_formats.h"
#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
using nlohmann::json;

std::vector<double> numbersOf(const json& document, const std::string& field, std::size_t count) {
  const json& values = document.at(field);
  const bool sound = values.is_array() && values.size() == count &&
                     std::ranges::all_of(values, [](const json& v) { return v.is_number(); });
  if (!sound) throwBadInput("\"" + field + "\" must hold " + std::to_string(count) + " numbers");
  return values.get<std::vector<double>>();
}

ProbeFromImage matrixOf(const json& document) {
  const auto numbers = numbersOf(document, "probe_from_image", 16);
  return ProbeFromImage(Eigen::Matrix4d(
      Eigen::Map<const Eigen::Matrix<double, 4, 4, Eigen::RowMajor>>(numbers.data())));
}

PixelRectangle rectangleOf(const json& document) {
  const auto sides = numbersOf(document, "rectangle_px", 4);
  for (const double side : sides) {
    if (side != std::floor(side) || std::abs(side) > 1e6) {
      throwBadInput("\"rectangle_px\" must hold whole numbers x0, y0, x1, y1");
    }
  }
  return {static_cast<int>(sides[0]), static_cast<int>(sides[1]), static_cast<int>(sides[2]),
          static_cast<int>(sides[3])};
}

Fan fanOf(const json& document) {
  const json& fan = document.at("fan");
  if (!fan.is_object()) throwBadInput("\"fan\" must be an object { }");
  const auto number = [&](const char* field) {
    const auto at = fan.find(field);
    if (at == fan.end() || !at->is_number()) {
      throwBadInput("\"fan\" must give the number \"" + std::string(field) + "\"");
    }
    return at->get<double>();
  };
  return {.apex_x_px = number("apex_x_px"),
          .apex_y_px = number("apex_y_px"),
          .start_radius_px = number("start_radius_px"),
          .end_radius_px = number("end_radius_px"),
          .left_rad = number("left_rad"),
          .right_rad = number("right_rad"),
          .rows_per_col = fan.contains("rows_per_col") ? number("rows_per_col") : 1.0};
}

/// "line 3, column 14" of a byte counted from 1.
std::string placeOf(const std::string& text, std::size_t byte) {
  const std::string before = text.substr(0, byte > 0 ? byte - 1 : 0);
  const auto line_start = before.rfind('\n');
  const std::size_t column =
      line_start == std::string::npos ? before.size() : before.size() - line_start - 1;
  return "line " + std::to_string(std::ranges::count(before, '\n') + 1) + ", column " +
         std::to_string(column + 1);
}

json parsed(const std::string& text) {
  json document;
  try {
    document = json::parse(text);
  } catch (const json::parse_error& error) {
    throwBadInput("it is not valid JSON at " + placeOf(text, error.byte));
  }
  if (!document.is_object()) throwBadInput("it must be one object { }");
  return document;
}
}  // namespace

Calibration parseCalibrationJson(const std::string& text, const std::string& file) {
  try {
    const json document = parsed(text);
    Calibration calibration;
    if (document.contains("probe_from_image")) calibration.probe_from_image = matrixOf(document);
    if (document.contains("rectangle_px")) calibration.sector.rectangle = rectangleOf(document);
    if (document.contains("fan")) calibration.sector.fan = fanOf(document);
    if (!calibration.probe_from_image && calibration.sector == ScanSector{}) {
      throwBadInput("none of probe_from_image, rectangle_px and fan is there");
    }
    return calibration;
  } catch (const Error& error) {
    std::string reason = error.what();
    if (reason.ends_with('.')) reason.pop_back();
    throwBadInput(file + ": " + reason + ". Correct the calibration.");
  }
}

}  // namespace sonotwin::media
