// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonotwin::media {

/// Source: RFC 4648, section 4.
[[nodiscard]] std::string base64Text(std::span<const std::byte> bytes);
/// None if anything else than base64 is there.
[[nodiscard]] std::optional<std::vector<std::byte>> base64Bytes(std::string_view text);

}  // namespace sonotwin::media
