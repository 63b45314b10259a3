// SPDX-License-Identifier: Apache-2.0
#include "coding_schemes.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sonotwin::dicom {
namespace {
/// `form`: what a code begins with, where 9 stands for digits, A for a letter and F for up to five
/// hexadecimal digits. Empty: units.
struct Scheme {
  std::string_view designator;
  std::string_view form;
};

constexpr auto kSchemes = std::to_array<Scheme>({{"DCM", "9"},
                                                 {"FMA", "9"},
                                                 {"LN", "9-9"},
                                                 {"MDC", "9"},
                                                 {"RADLEX", "RID9"},
                                                 {"SCT", "9"},
                                                 {"SNM3", "A-F"},
                                                 {"SRT", "A-F"},
                                                 {"99SDM", "A-F"},
                                                 {"UCUM", ""},
                                                 {"UMLS", "C9"}});

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isHexadecimal(char c) {
  return isDigit(c) || (c >= 'A' && c <= 'F');
}
bool isLetter(char c) {
  return c >= 'A' && c <= 'Z';
}

/// Takes what `accepts` from the front. @returns whether there were one to `most` of them.
template <class Accepts>
bool take(std::string_view& value, std::ptrdiff_t most, Accepts accepts) {
  const auto length = std::ranges::find_if_not(value, accepts) - value.begin();
  value.remove_prefix(static_cast<std::size_t>(length));
  return length > 0 && length <= most;
}

bool hasForm(std::string_view value, std::string_view form) {
  constexpr std::ptrdiff_t kMostDigits = 18;
  constexpr std::ptrdiff_t kMostHexadecimal = 5;
  const bool has_axis = form.starts_with('A');
  return std::ranges::all_of(form,
                             [&](char c) {
                               if (c == '9') return take(value, kMostDigits, isDigit);
                               if (has_axis && c == 'A') return take(value, 1, isLetter);
                               if (has_axis && c == 'F')
                                 return take(value, kMostHexadecimal, isHexadecimal);
                               const bool is_next = value.starts_with(c);
                               if (is_next) value.remove_prefix(1);
                               return is_next;
                             }) &&
         value.empty();
}

bool looksLikeUnit(std::string_view value) {
  constexpr std::size_t kLongestUnit = 12;
  const auto isPart = [](char c) { return c > ' ' && c < 0x7F; };
  return !value.empty() && value.size() <= kLongestUnit && std::ranges::all_of(value, isPart);
}
}  // namespace

bool isStandardCode(std::string_view designator, std::string_view value) {
  const auto scheme = std::ranges::find(kSchemes, designator, &Scheme::designator);
  if (scheme == kSchemes.end()) return false;
  return scheme->form.empty() ? looksLikeUnit(value) : hasForm(value, scheme->form);
}

}  // namespace sonotwin::dicom
