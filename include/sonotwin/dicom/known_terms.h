// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sonotwin::dicom {

/// What may be kept of a text that names a body region: all of it where it is a defined term for
/// Body Part Examined or made of words that descriptions may keep, else nothing.
/// Source: PS3.16 annex L.
[[nodiscard]] std::string knownBodyRegion(std::string_view text);

}  // namespace sonotwin::dicom
