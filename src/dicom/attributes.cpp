// SPDX-License-Identifier: Apache-2.0
#include "attributes.h"

#include <dcmtk/dcmdata/dcelem.h>
#include <dcmtk/dcmdata/dcstack.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sonotwin::dicom {
namespace {
constexpr Uint32 kLongestValue = 1U << 20;

DcmElement* elementOf(DcmItem& item, const DcmTagKey& key) {
  DcmElement* element = nullptr;
  if (item.findAndGetElement(key, element).bad() || element == nullptr) return nullptr;
  const bool usable = element->isLeaf() && element->getLengthField() <= kLongestValue;
  return usable ? element : nullptr;
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view kPadding(" \0\t\r\n", 5);
  const auto first = text.find_first_not_of(kPadding);
  if (first == text.npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kPadding) + 1 - first));
}

std::optional<double> parseNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0.0;
  const auto end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || parsed != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<double> numberIn(DcmElement& element, unsigned long index) {
  Float64 value = 0.0;
  // Binary doubles pass through text with a loss.
  if (element.ident() == EVR_FD && element.getFloat64(value, index).good()) {
    return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
  }
  OFString text;
  if (element.getOFString(text, index).bad()) return std::nullopt;
  return parseNumber(trimmed({text.c_str(), text.size()}));
}
}  // namespace

std::string textOf(DcmItem& item, const DcmTagKey& key, unsigned long index) {
  DcmElement* element = elementOf(item, key);
  OFString text;
  if (element == nullptr || element->getOFString(text, index).bad()) return {};
  return trimmed({text.c_str(), text.size()});
}

std::string wholeTextOf(DcmItem& item, const DcmTagKey& key) {
  DcmElement* element = elementOf(item, key);
  OFString text;
  if (element == nullptr || element->getOFStringArray(text).bad()) return {};
  return trimmed({text.c_str(), text.size()});
}

std::optional<double> numberOf(DcmItem& item, const DcmTagKey& key, unsigned long index) {
  DcmElement* element = elementOf(item, key);
  return element == nullptr ? std::nullopt : numberIn(*element, index);
}

std::vector<double> numbersOf(DcmItem& item, const DcmTagKey& key) {
  const std::string text = wholeTextOf(item, key);
  std::vector<double> numbers;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\\', begin), text.size());
    const auto number = parseNumber(trimmed(std::string_view(text).substr(begin, end - begin)));
    if (!number) return {};
    numbers.push_back(*number);
    begin = end + 1;
  }
  return numbers;
}

std::optional<int> integerOf(DcmItem& item, const DcmTagKey& key, unsigned long index) {
  const auto number = numberOf(item, key, index);
  if (!number || std::abs(*number) > 2147483647.0 || *number != std::floor(*number)) {
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

bool hasValue(DcmItem& item, const DcmTagKey& key) {
  return item.tagExistsWithValue(key) != OFFalse;
}

}  // namespace sonotwin::dicom
