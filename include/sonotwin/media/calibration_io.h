// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "sonotwin/media/clip.h"

namespace sonotwin::media {

/// How image pixels sit on the probe, and which of them are ultrasound.
struct Calibration {
  std::optional<ProbeFromImage> probe_from_image;
  ScanSector sector;
};

/// Reads a PLUS device-set configuration or calibration result (XML: transforms that lead from
/// Image to Probe, and the clip rectangle and fan of VolumeReconstruction) or our own JSON
/// (`{"probe_from_image": [16 numbers, row-major], "rectangle_px": [x0,y0,x1,y1], "fan": {…}}`).
/// @throws Error(kBadInput) naming the file, the element and the remedy.
[[nodiscard]] Calibration readCalibration(const std::filesystem::path& path);

/// Writes a PLUS configuration XML that `readCalibration` and PLUS read.
void writeCalibration(const std::filesystem::path& path, const Calibration& calibration);

/// Puts a calibration on a clip: sets probe_from_image, sector, and the pixel spacing that follows
/// (lengths of the matrix columns). @throws Error(kBadInput) if pixels collapse.
void applyCalibration(const Calibration& calibration, Clip& clip);

}  // namespace sonotwin::media
