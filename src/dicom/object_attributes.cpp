// SPDX-License-Identifier: Apache-2.0
#include "object_attributes.h"

#include <array>
#include <cstdio>
#include <unordered_map>

#include "sonotwin/base/error.h"
#include "table_lines.h"
#include "tables.h"

namespace sonotwin::dicom {
namespace {
constexpr std::size_t kKinds = 4;
using Row = std::array<ObjectAttribute, kKinds>;

AttributeType typeOf(std::string_view text) {
  switch (text[0]) {
    case '1':
      return AttributeType::kRequired;
    case '2':
      return AttributeType::kPresent;
    case '3':
      return AttributeType::kOptional;
    default:
      return AttributeType::kUnknown;
  }
}

const std::unordered_map<std::string, Row>& rows() {
  static const std::unordered_map<std::string, Row> table = [] {
    std::unordered_map<std::string, Row> parsed;
    for (const std::string_view line : linesOf(kUltrasoundAttributes)) {
      const auto fields = split(line, '\t');
      if (fields.size() != kKinds + 3) {
        throw Error(ErrorKind::kInternal, "The table of ultrasound attributes is damaged.");
      }
      Row row;
      for (std::size_t k = 0; k < kKinds; ++k) {
        row[k] = {.type = typeOf(fields[1 + k]),
                  .holds_codes = fields[1 + kKinds] == "codes",
                  .typed_by_people = fields[1 + kKinds] == "words"};
      }
      parsed.emplace(fields[0], row);
    }
    return parsed;
  }();
  return table;
}
}  // namespace

ObjectKind objectKindOf(std::string_view sop_class, int frames) {
  constexpr std::string_view kRoot = "1.2.840.10008.5.1.4.1.1.";
  if (sop_class.starts_with(kRoot)) sop_class.remove_prefix(kRoot.size());
  if (sop_class == "6.2") return ObjectKind::kVolume;
  if (sop_class == "3" || sop_class == "3.1") return ObjectKind::kMultiFrame;
  if (sop_class == "7" || sop_class.starts_with("7.")) return ObjectKind::kCapture;
  return frames > 1 ? ObjectKind::kMultiFrame : ObjectKind::kImage;
}

ObjectAttribute objectAttributeOf(ObjectKind kind, const std::string& place, std::uint32_t tag,
                                  bool in_code_sequence) {
  std::array<char, 9> digits{};
  std::snprintf(digits.data(), digits.size(), "%08X", tag);
  const auto& table = rows();
  auto found = table.find(place + digits.data());
  if (found == table.end() && in_code_sequence) {
    found = table.find(std::string("code/") + digits.data());
  }
  return found == table.end() ? ObjectAttribute() : found->second[static_cast<std::size_t>(kind)];
}

}  // namespace sonotwin::dicom
