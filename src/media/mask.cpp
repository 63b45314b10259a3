// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/mask.h"

namespace sonotwin::media {

std::array<std::uint8_t, 3> labelColour(int value) {
  static constexpr std::array<std::array<std::uint8_t, 3>, 8> kColours = {{{0x4D, 0xC8, 0xBE},
                                                                           {0xE5, 0xB4, 0x54},
                                                                           {0xB5, 0x8B, 0xE0},
                                                                           {0xE6, 0x9E, 0x75},
                                                                           {0x7F, 0xA8, 0xE8},
                                                                           {0xC7, 0xD3, 0x6A},
                                                                           {0xE5, 0x8F, 0xB0},
                                                                           {0x8F, 0xA3, 0xB5}}};
  return kColours[static_cast<std::size_t>(value + 7) % kColours.size()];
}

}  // namespace sonotwin::media
