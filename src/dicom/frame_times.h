// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include <string>
#include <vector>

namespace sonotwin::dicom {

/// When each frame was taken, in seconds since the first.
struct FrameTimes {
  std::vector<double> seconds;
  bool known = true;  ///< false: counted at a nominal 30 Hz
  std::vector<std::string> notes;
};

/// From Frame Time Vector or Frame Time, whichever the frame increment pointer names first; then
/// Cine Rate, then Recommended Display Frame Rate. Source: PS3.3 C.7.6.5 and C.7.6.6.
[[nodiscard]] FrameTimes readFrameTimes(DcmItem& dataset, int frame_count);

}  // namespace sonotwin::dicom
