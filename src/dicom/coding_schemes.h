// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sonotwin::dicom {

/// True where the scheme is a registered one and the value looks like its codes; what a site makes
/// up is no standard code. Source: PS3.16 section 8.
[[nodiscard]] bool isStandardCode(std::string_view designator, std::string_view value);

}  // namespace sonotwin::dicom
