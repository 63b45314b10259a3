// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::pipeline {

/// A picture or sweep that waits in the quarantine: the clip as it was read, and nothing else of
/// its files.
struct ClipFile {
  media::Clip clip;                ///< frames are read one at a time
  std::string calibration_sha256;  ///< of the calibration file that was applied; empty: none
};

/// One file: a line that says what it is, the length of a JSON text in 8 bytes (little-endian),
/// that text with all but the pixels, raw frames back to back. The same clip gives the same bytes,
/// and numbers come back as they were. @throws Error(kDevice), Error(kCancelled), what a frame
/// throws
void writeClipFile(const std::filesystem::path& path, const ClipFile& file,
                   const Progress& progress);

[[nodiscard]] bool isClipFile(const std::filesystem::path& path);

/// @throws Error(kDamaged) where the file is not as it was written
[[nodiscard]] ClipFile readClipFile(const std::filesystem::path& path);

}  // namespace sonotwin::pipeline
