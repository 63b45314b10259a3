// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sonotwin::store {

/// Labels of one frame as a zlib stream (RFC 1950), some hundredth of their size.
[[nodiscard]] std::vector<std::byte> packLabels(std::span<const std::uint8_t> labels);
/// @throws Error(kDamaged) unless the stream gives exactly `count` labels
[[nodiscard]] std::vector<std::uint8_t> unpackLabels(std::span<const std::byte> packed,
                                                     std::size_t count);

}  // namespace sonotwin::store
