// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include "sonotwin/media/clip.h"

namespace sonotwin::dicom {

/// Fills regions, spacing_mm, spacing_source, sector and frequency_mhz of `info` (whose rows and
/// cols are set) from the Sequence of Ultrasound Regions, and notes what one should know of them.
/// Source: PS3.3 C.8.5.5.
void readRegions(DcmItem& dataset, media::ClipInfo& info);

}  // namespace sonotwin::dicom
