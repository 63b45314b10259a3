// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include "sonotwin/media/clip.h"

namespace sonotwin::dicom {

/// Fills what `info` may know of the scan: modality, body part, transducer type, device model,
/// depth. Texts pass only as terms DICOM defines; the device model only if it has the form of one
/// and holds no word that names anybody or anything in this object.
void readScanAttributes(DcmItem& dataset, media::ClipInfo& info);

}  // namespace sonotwin::dicom
