// SPDX-License-Identifier: Apache-2.0
#include "folded_name.h"

#include <array>
#include <cctype>
#include <optional>
#include <utility>

namespace sonotwin::dicom {
namespace {
/// Latin letters from U+00C0 to U+017F without their marks; of two letters in one, the first.
constexpr std::string_view kLetters =
    "AAAAAAACEEEEIIII"
    "DNOOOOO OUUUUYTS"
    "AAAAAAACEEEEIIII"
    "DNOOOOO OUUUUYTY"
    "AAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIIIIIJJKKKLLLLLLLLLLNNNNNNNNN"
    "OOOOOOOORRRRRRSSSSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZS";
constexpr unsigned kFirst = 0xC0;
static_assert(kLetters.size() == 0x180 - kFirst);

/// The code point of two bytes of UTF-8 at the front; nothing where there are none.
std::optional<unsigned> twoBytes(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const unsigned lead = static_cast<unsigned char>(text[0]);
  const unsigned next = static_cast<unsigned char>(text[1]);
  if (lead < 0xC2 || lead > 0xDF || next < 0x80 || next > 0xBF) return std::nullopt;
  return (lead & 0x1FU) << 6 | (next & 0x3FU);
}

std::string withoutMarks(std::string_view name) {
  std::string plain;
  while (!name.empty()) {
    const unsigned byte = static_cast<unsigned char>(name[0]);
    const auto wide = twoBytes(name);
    const unsigned code = wide.value_or(byte);
    const std::size_t length = wide ? 2 : 1;
    const bool is_letter = code >= kFirst && code < kFirst + kLetters.size();
    if (is_letter) {
      plain += kLetters[code - kFirst];
    } else if (byte < 0x80) {
      plain += static_cast<char>(std::toupper(static_cast<int>(byte)));
    } else {
      plain += name.substr(0, length);
    }
    name.remove_prefix(length);
  }
  return plain;
}
}  // namespace

std::string foldedName(std::string_view name) {
  constexpr std::array kDoubles = {std::pair{'A', 'A'}, std::pair{'A', 'E'}, std::pair{'O', 'E'},
                                   std::pair{'U', 'E'}, std::pair{'S', 'S'}};
  std::string folded;
  for (const char letter : withoutMarks(name)) {
    bool is_second = false;
    for (const auto& [first, second] : kDoubles) {
      is_second |= !folded.empty() && folded.back() == first && letter == second;
    }
    if (!is_second) folded += letter;
  }
  return folded;
}

}  // namespace sonotwin::dicom
