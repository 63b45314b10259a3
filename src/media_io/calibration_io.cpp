// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/calibration_io.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "calibration_formats.h"
#include "header_lines.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::media {
namespace {
constexpr std::uint64_t kMaxFileBytes = 1ULL << 26;
constexpr double kSmallestPixel_mm = 1e-4;

// Pixels must span an area: columns and rows neither vanish nor run the same way.
bool pixelsCollapse(const ProbeFromImage& probe_from_image) {
  const Eigen::Vector3d along = probe_from_image.linear().col(0);
  const Eigen::Vector3d away = probe_from_image.linear().col(1);
  return along.norm() < kSmallestPixel_mm || away.norm() < kSmallestPixel_mm ||
         along.cross(away).norm() < 1e-3 * along.norm() * away.norm();
}

void check(const Calibration& calibration, const std::string& file) {
  if (calibration.probe_from_image && pixelsCollapse(*calibration.probe_from_image)) {
    throwBadInput(file + ": the Image to Probe matrix gives pixels no area. Calibrate again.");
  }
  const auto& rectangle = calibration.sector.rectangle;
  if (rectangle && (rectangle->x0 >= rectangle->x1 || rectangle->y0 >= rectangle->y1)) {
    throwBadInput(file + ": the clip rectangle is empty. Give an origin and a size above 0.");
  }
  const auto& fan = calibration.sector.fan;
  if (!fan) return;
  const bool sound = fan->start_radius_px >= 0.0 && fan->start_radius_px < fan->end_radius_px &&
                     fan->left_rad < fan->right_rad && std::abs(fan->left_rad) < 3.2 &&
                     std::abs(fan->right_rad) < 3.2 && fan->rows_per_col > 0.0;
  if (!sound) {
    throwBadInput(file +
                  ": the fan is impossible. Give the left angle below the right one and the "
                  "start radius below the stop radius.");
  }
}

PixelRectangle clampTo(const PixelRectangle& rectangle, const ClipInfo& info) {
  const PixelRectangle inside{std::max(rectangle.x0, 0), std::max(rectangle.y0, 0),
                              std::min(rectangle.x1, info.cols), std::min(rectangle.y1, info.rows)};
  if (inside.x0 >= inside.x1 || inside.y0 >= inside.y1) {
    throwBadInput("The calibration's clip rectangle lies outside the picture of " +
                  std::to_string(info.cols) + " x " + std::to_string(info.rows) +
                  " pixels. It was made for another picture size; choose the right one.");
  }
  return inside;
}
}  // namespace

Calibration readCalibration(const std::filesystem::path& path) {
  const std::string text = readTextFile(path, kMaxFileBytes);
  const std::string start = trimmed(std::string_view(text).substr(0, 200));
  const Calibration calibration = start.starts_with('{')
                                      ? parseCalibrationJson(text, path.string())
                                      : parsePlusConfiguration(text, path.string());
  check(calibration, path.string());
  return calibration;
}

void writeCalibration(const std::filesystem::path& path, const Calibration& calibration) {
  check(calibration, path.string());
  writeFileAtomically(path, plusConfigurationText(calibration));
}

void applyCalibration(const Calibration& calibration, Clip& clip) {
  check(calibration, "calibration");
  ClipInfo& info = clip.info;
  ScanSector sector = calibration.sector;
  if (sector.rectangle) sector.rectangle = clampTo(*sector.rectangle, info);
  if (sector.rectangle || sector.fan) info.sector = sector;
  if (!calibration.probe_from_image) return;
  info.probe_from_image = calibration.probe_from_image;
  const Eigen::Matrix3d linear = calibration.probe_from_image->linear();
  info.spacing_mm = std::array{linear.col(0).norm(), linear.col(1).norm()};
  info.spacing_source = "Image to Probe matrix of the calibration file";
}

}  // namespace sonotwin::media
