// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sonotwin::dicom {

/// One row of PS3.15 table E.1-1. Options: 'K' keep, 'C' clean, '-' not part of the option.
struct ProfileRow {
  std::string
      tag;  ///< "0008,0050"; X for any digit: "60XX,3000", "50XX,XXXX"; "GGGG,EEEE": private
  std::string action;  ///< "X", "Z", "D", "U", "X/Z/D", "X/Z/U*", ...
  char dates = '-';
  char device = '-';
  char institution = '-';
  char patient = '-';
  char descriptors = '-';
  char structured = '-';
  char graphics = '-';
  char uids = '-';
  char full_dates = '-';
  char private_elements = '-';
  std::string name;
};

/// All rows, as in the standard.
[[nodiscard]] const std::vector<ProfileRow>& confidentialityProfile();

/// The row that an attribute falls under, masks included; null where the profile is silent.
/// @param tag  group in the upper 16 bits, element in the lower.
[[nodiscard]] const ProfileRow* profileRowOf(std::uint32_t tag);

}  // namespace sonotwin::dicom
