// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

namespace sonotwin::scene {

using Colour = std::array<double, 3>;

[[nodiscard]] constexpr Colour fromHex(unsigned rgb) {
  return {((rgb >> 16) & 0xFFU) / 255.0, ((rgb >> 8) & 0xFFU) / 255.0, (rgb & 0xFFU) / 255.0};
}

constexpr Colour kGround = fromHex(0x0B0E12);
constexpr Colour kOutline = fromHex(0x36424F);
constexpr Colour kFaint = fromHex(0x6C7A89);
constexpr Colour kSecondary = fromHex(0xA3B0BD);
constexpr Colour kText = fromHex(0xE8EDF2);
constexpr Colour kAccent = fromHex(0x4DC8BE);
constexpr Colour kGood = fromHex(0x6CC48A);

}  // namespace sonotwin::scene
