// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include <string>
#include <string_view>
#include <vector>

namespace sonotwin::dicom {

/// Passes objects that hold ultrasound pictures (or may: secondary captures of unnamed origin).
/// @returns what had to be assumed.
/// @throws Error(kBadInput) that says what the object is instead.
[[nodiscard]] std::vector<std::string> requireUltrasoundPicture(DcmItem& dataset);

/// Current and retired storage classes of ultrasound.
[[nodiscard]] bool isUltrasoundClass(std::string_view sop_class);

}  // namespace sonotwin::dicom
