// SPDX-License-Identifier: Apache-2.0
// Source: PLUS user manual, "Coordinate system definitions" and "Volume reconstruction".
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>
#include <pugixml.hpp>
#include <sstream>
#include <vector>

#include "calibration_formats.h"
#include "header_lines.h"
#include "sonotwin/base/error.h"
#include "transform_graph.h"

namespace sonotwin::media {
namespace {
// PLUS ignores what it does not know; it holds pixels to be square in the fan.
constexpr const char* kRowsPerColumn = "SonotwinFanRowsPerColumn";

struct Transforms {
  std::vector<TransformName> names;
  std::vector<Eigen::Matrix4d> matrices;
};

Transforms transformsIn(const pugi::xml_document& document, const std::string& file) {
  Transforms transforms;
  for (const char* parent : {"CoordinateDefinitions", "CalibrationResults"}) {
    const std::string query = std::string("//") + parent + "/Transform";
    for (const pugi::xpath_node& found : document.select_nodes(query.c_str())) {
      const pugi::xml_node node = found.node();
      const TransformName name{node.attribute("From").value(), node.attribute("To").value()};
      const auto matrix = parseMatrix(node.attribute("Matrix").value());
      if (!matrix) {
        throwBadInput(file + ": Transform " + name.text() +
                      ": Matrix must hold 16 numbers, the last four 0 0 0 1. Correct it.");
      }
      transforms.names.push_back(name);
      transforms.matrices.push_back(*matrix);
    }
  }
  return transforms;
}

std::optional<ProbeFromImage> probeFromImage(const Transforms& transforms,
                                             const std::string& file) {
  const auto path = findPath(transforms.names, "Image", "Probe");
  if (!path) return std::nullopt;
  const auto matrix = composePath(
      *path, [&](std::size_t index) { return std::optional(transforms.matrices[index]); });
  if (!matrix) {
    throwBadInput(file + ": a Transform between Image and Probe flattens space. Calibrate again.");
  }
  return ProbeFromImage(*matrix);
}

/// The attribute's numbers under the first of its names that is there; none if none is.
std::optional<std::vector<double>> attribute(pugi::xml_node node,
                                             std::initializer_list<const char*> names,
                                             std::size_t count, const std::string& file) {
  for (const char* name : names) {
    const pugi::xml_attribute found = node.attribute(name);
    if (!found) continue;
    const auto values = numbers(found.value());
    if (!values || values->size() != count) {
      throwBadInput(file + ": VolumeReconstruction " + name + ": must hold " +
                    std::to_string(count) + (count == 1 ? " number" : " numbers") +
                    ". Correct it.");
    }
    return values;
  }
  return std::nullopt;
}

std::optional<PixelRectangle> rectangleIn(pugi::xml_node node, const std::string& file) {
  const auto size = attribute(node, {"ClipRectangleSize"}, 2, file);
  if (!size || (*size)[0] <= 0.0 || (*size)[1] <= 0.0) return std::nullopt;
  const auto origin =
      attribute(node, {"ClipRectangleOrigin"}, 2, file).value_or(std::vector<double>{0.0, 0.0});
  const auto side = [&](double value) {
    if (std::abs(value) > 65535.0) {
      throwBadInput(file + ": VolumeReconstruction ClipRectangle: beyond any picture. Correct it.");
    }
    return static_cast<int>(std::lround(value));
  };
  return PixelRectangle{side(origin[0]), side(origin[1]), side(origin[0] + (*size)[0]),
                        side(origin[1] + (*size)[1])};
}

// PLUS reads two angles of 0 as "no fan".
std::optional<Fan> fanIn(pugi::xml_node node, const std::string& file) {
  const auto angles = attribute(node, {"FanAnglesDeg", "FanAngles"}, 2, file);
  if (!angles || ((*angles)[0] == 0.0 && (*angles)[1] == 0.0)) return std::nullopt;
  const auto origin = attribute(node, {"FanOriginPixel", "FanOrigin"}, 2, file);
  const auto stop = attribute(node, {"FanRadiusStopPixel", "FanRadiusStop", "FanDepth"}, 1, file);
  const auto start = attribute(node, {"FanRadiusStartPixel", "FanRadiusStart"}, 1, file);
  const auto ratio = attribute(node, {kRowsPerColumn}, 1, file);
  if (!origin || !stop) {
    throwBadInput(file +
                  ": VolumeReconstruction: a fan needs FanOriginPixel and "
                  "FanRadiusStopPixel beside FanAnglesDeg. Add them.");
  }
  constexpr double kRadPerDeg = std::numbers::pi / 180.0;
  return Fan{.apex_x_px = (*origin)[0],
             .apex_y_px = (*origin)[1],
             .start_radius_px = start ? start->front() : 0.0,
             .end_radius_px = stop->front(),
             .left_rad = (*angles)[0] * kRadPerDeg,
             .right_rad = (*angles)[1] * kRadPerDeg,
             .rows_per_col = ratio ? ratio->front() : 1.0};
}

std::string text(std::initializer_list<double> values) {
  std::string result;
  for (const double value : values) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), value + 0.0).ptr;
    if (!result.empty()) result += ' ';
    result.append(digits.data(), end);
  }
  return result;
}

void writeFan(const Fan& fan, pugi::xml_node node) {
  constexpr double kDegPerRad = 180.0 / std::numbers::pi;
  const auto set = [&](const char* name, const std::string& value) {
    node.append_attribute(name).set_value(value.c_str());
  };
  set("FanAnglesDeg", text({fan.left_rad * kDegPerRad, fan.right_rad * kDegPerRad}));
  set("FanOriginPixel", text({fan.apex_x_px, fan.apex_y_px}));
  set("FanRadiusStartPixel", text({fan.start_radius_px}));
  set("FanRadiusStopPixel", text({fan.end_radius_px}));
  if (fan.rows_per_col != 1.0) set(kRowsPerColumn, text({fan.rows_per_col}));
}
}  // namespace

Calibration parsePlusConfiguration(const std::string& text, const std::string& file) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  if (!parsed) {
    throwBadInput(file + ": neither XML nor JSON (" + parsed.description() +
                  "). Pass a PLUS configuration or our own JSON.");
  }
  Calibration calibration;
  calibration.probe_from_image = probeFromImage(transformsIn(document, file), file);
  const pugi::xml_node settings = document.select_node("//VolumeReconstruction").node();
  calibration.sector.rectangle = rectangleIn(settings, file);
  calibration.sector.fan = fanIn(settings, file);
  if (!calibration.probe_from_image && calibration.sector == ScanSector{}) {
    throwBadInput(file +
                  ": no transforms from Image to Probe in CoordinateDefinitions, and no clip "
                  "rectangle or fan in VolumeReconstruction. Pass the configuration the "
                  "calibration was saved in.");
  }
  return calibration;
}

std::string plusConfigurationText(const Calibration& calibration) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("PlusConfiguration");
  root.append_attribute("version").set_value("2.1");
  pugi::xml_node definitions = root.append_child("CoordinateDefinitions");
  if (calibration.probe_from_image) {
    pugi::xml_node transform = definitions.append_child("Transform");
    transform.append_attribute("From").set_value("Image");
    transform.append_attribute("To").set_value("Probe");
    transform.append_attribute("Matrix").set_value(
        matrixText(calibration.probe_from_image->matrix()).c_str());
  }
  pugi::xml_node settings = root.append_child("VolumeReconstruction");
  settings.append_attribute("ImageCoordinateFrame").set_value("Image");
  settings.append_attribute("ReferenceCoordinateFrame").set_value("Reference");
  // PLUS refuses a VolumeReconstruction without it.
  settings.append_attribute("OutputSpacing").set_value("0.5 0.5 0.5");
  if (const auto& rectangle = calibration.sector.rectangle) {
    settings.append_attribute("ClipRectangleOrigin")
        .set_value(text({1.0 * rectangle->x0, 1.0 * rectangle->y0}).c_str());
    settings.append_attribute("ClipRectangleSize")
        .set_value(text({1.0 * rectangle->x1 - rectangle->x0, 1.0 * rectangle->y1 - rectangle->y0})
                       .c_str());
  }
  if (calibration.sector.fan) writeFan(*calibration.sector.fan, settings);
  std::ostringstream stream;
  document.save(stream, "  ");
  return stream.str();
}

}  // namespace sonotwin::media
