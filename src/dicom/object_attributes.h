// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sonotwin::dicom {

/// Kinds of object whose attributes are known. Retired ultrasound classes count as what replaced
/// them.
enum class ObjectKind : std::uint8_t { kImage, kMultiFrame, kCapture, kVolume };
[[nodiscard]] ObjectKind objectKindOf(std::string_view sop_class, int frames);

/// What an object must have of an attribute. Source: PS3.5 section 7.4. Conditional types count as
/// types 1 and 2: where such an attribute is there, its condition was met.
enum class AttributeType : std::uint8_t {
  kUnknown,
  kRequired,  ///< 1: with a value
  kPresent,   ///< 2: may be empty
  kOptional,  ///< 3
};

/// What the table of attributes says of one.
struct ObjectAttribute {
  AttributeType type = AttributeType::kUnknown;
  bool holds_codes = false;      ///< a sequence whose items are codes
  bool typed_by_people = false;  ///< a text of which only known words may stay
};

/// Where an attribute lies: tags of the sequences above it, each followed by a slash, in capitals:
/// "00186011/"; empty at the top.
/// @returns nothing known (kUnknown) where the kind does not have the attribute there.
[[nodiscard]] ObjectAttribute objectAttributeOf(ObjectKind kind, const std::string& place,
                                                std::uint32_t tag, bool in_code_sequence);

}  // namespace sonotwin::dicom
