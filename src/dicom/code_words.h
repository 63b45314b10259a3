// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sonotwin::dicom {

/// True where a code string is made of short numbers, of abbreviations of two letters and of words
/// that defined terms of ultrasound objects consist of ("PALETTE COLOR", "ISO_10918_1"), known
/// words among them. Source: PS3.3 sections C.7, C.8.5, C.8.24.
[[nodiscard]] bool isMadeOfCodeWords(std::string_view value);

}  // namespace sonotwin::dicom
