// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "raster_header.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::media {

/// Sets `clip.frames[i].time_s` and `info.times_known` from the frames' timestamps.
/// Each moment of the file stands for `slices` frames of the clip.
void readTimes(const RasterHeader& header, int slices, Clip& clip);

/// Sets poses, `info.tracked` and `info.world` from the frames' transforms and status, and
/// `info.probe_from_image` where the file carries Image to Probe. Slices of 3D frames get no pose.
void readPoses(const RasterHeader& header, int slices, Clip& clip);

}  // namespace sonotwin::media
