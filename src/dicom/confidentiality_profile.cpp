// SPDX-License-Identifier: Apache-2.0
#include "confidentiality_profile.h"

#include <charconv>
#include <unordered_map>

#include "sonotwin/base/error.h"
#include "table_lines.h"
#include "tables.h"

namespace sonotwin::dicom {
namespace {
constexpr std::string_view kPrivate = "GGGG,EEEE";

ProfileRow rowOf(std::string_view line) {
  const auto fields = split(line, '\t');
  constexpr std::size_t kColumns = 13;
  if (fields.size() != kColumns) {
    throw Error(ErrorKind::kInternal, "The table of the confidentiality profile is damaged.");
  }
  const auto option = [&](std::size_t column) { return fields[column][0]; };
  return {.tag = std::string(fields[0]),
          .action = std::string(fields[1]),
          .dates = option(2),
          .device = option(3),
          .institution = option(4),
          .patient = option(5),
          .descriptors = option(6),
          .structured = option(7),
          .graphics = option(8),
          .uids = option(9),
          .full_dates = option(10),
          .private_elements = option(11),
          .name = std::string(fields[12])};
}

/// A tag with masked digits, as the digits that count and what they are.
struct Mask {
  std::uint32_t digits = 0;
  std::uint32_t value = 0;
};

Mask maskOf(std::string_view tag) {
  Mask mask;
  for (const char c : tag) {
    if (c == ',') continue;
    std::uint32_t digit = 0;
    const bool counts = c != 'X';
    if (counts) std::from_chars(&c, &c + 1, digit, 16);
    mask.digits = mask.digits << 4 | (counts ? 0xFU : 0U);
    mask.value = mask.value << 4 | digit;
  }
  return mask;
}

/// Rows by tag; the few masks aside.
struct Index {
  std::unordered_map<std::uint32_t, const ProfileRow*> exact;
  std::vector<std::pair<Mask, const ProfileRow*>> masked;
  const ProfileRow* private_row = nullptr;

  Index() {
    for (const ProfileRow& row : confidentialityProfile()) {
      if (row.tag == kPrivate) {
        private_row = &row;
        continue;
      }
      const Mask mask = maskOf(row.tag);
      if (mask.digits == 0xFFFFFFFF) {
        exact.emplace(mask.value, &row);
      } else {
        masked.emplace_back(mask, &row);
      }
    }
  }
};
}  // namespace

const std::vector<ProfileRow>& confidentialityProfile() {
  static const std::vector<ProfileRow> rows = [] {
    std::vector<ProfileRow> parsed;
    for (const std::string_view line : linesOf(kConfidentialityProfile)) {
      parsed.push_back(rowOf(line));
    }
    return parsed;
  }();
  return rows;
}

const ProfileRow* profileRowOf(std::uint32_t tag) {
  static const Index index;
  if ((tag >> 16) % 2 != 0) return index.private_row;
  if (const auto found = index.exact.find(tag); found != index.exact.end()) return found->second;
  for (const auto& [mask, row] : index.masked) {
    if ((tag & mask.digits) == mask.value) return row;
  }
  return nullptr;
}

}  // namespace sonotwin::dicom
