// SPDX-License-Identifier: Apache-2.0
#include "utf8.h"

#include <cstddef>
#include <cstdint>
#include <string>

#include "sonotwin/base/error.h"

namespace sonotwin::store {
namespace {
// RFC 3629: no overlong forms, no surrogates.
bool isText(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t tail = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    if (lead == 0 || (lead >= 0x80 && lead < 0xC2) || lead > 0xF4) return false;
    if (tail >= text.size() - i) return false;
    std::uint32_t point = tail == 0 ? lead : lead & (0x3FU >> tail);
    for (std::size_t k = 1; k <= tail; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      point = point << 6 | (next & 0x3FU);
    }
    const bool overlong = (tail == 2 && point < 0x800) || (tail == 3 && point < 0x10000);
    if (overlong || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return false;
    i += tail + 1;
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, 40)) shown += c >= ' ' && c <= '~' ? c : '?';
  return shown;
}
}  // namespace

void requireText(std::string_view text) {
  if (isText(text)) return;
  throwBadInput("The text \"" + printable(text) +
                "\" is not valid UTF-8 and cannot be stored: correct it at its source.");
}

}  // namespace sonotwin::store
