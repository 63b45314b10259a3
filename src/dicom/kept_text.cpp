// SPDX-License-Identifier: Apache-2.0
#include "kept_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <unordered_set>

#include "folded_name.h"
#include "table_lines.h"
#include "tables.h"

namespace sonotwin::dicom {
namespace {
bool isAlnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}
bool isDigit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

bool holdsWord(std::string_view capitals, const std::string& word) {
  constexpr std::size_t kTellingAnywhere = 5;  // shorter ones only where they stand alone
  for (auto at = capitals.find(word); at != capitals.npos; at = capitals.find(word, at + 1)) {
    const auto isLetter = [&](std::size_t i) {
      return i < capitals.size() && isAlnum(capitals[i]);
    };
    const bool alone = (at == 0 || !isLetter(at - 1)) && !isLetter(at + word.size());
    if (alone || word.size() >= kTellingAnywhere) return true;
  }
  return false;
}

/// A number's digits without zeros that say nothing, so that 0012345, 12345.0 and 1.2345e4 agree.
std::string digitsOf(std::string_view number) {
  double value = 0.0;
  const std::string text(number.substr(std::min(number.find_first_not_of(" +"), number.size())));
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_whole =
      failed == std::errc() && std::abs(value) < 1e15 && value == std::trunc(value);
  if (is_whole) return std::to_string(static_cast<std::int64_t>(std::abs(value)));
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), isDigit);
  digits.erase(0, digits.find_first_not_of('0'));
  return digits;
}

/// The digits of an identifier, as far as they are long enough to tell.
std::string tellingDigits(const std::string& word) {
  constexpr std::size_t kShortestAlone = 4;
  constexpr std::size_t kShortestPart = 5;
  const bool alone = std::ranges::all_of(word, isDigit);
  std::string digits;
  std::ranges::copy_if(word, std::back_inserter(digits), isDigit);
  digits.erase(0, digits.find_first_not_of('0'));
  return digits.size() >= (alone ? kShortestAlone : kShortestPart) ? digits : std::string();
}

constexpr std::size_t kShortestFolded = 3;

const std::unordered_set<std::string_view>& knownWords() {
  static const std::unordered_set<std::string_view> words = [] {
    std::unordered_set<std::string_view> parsed;
    for (const std::string_view line : linesOf(kDescriptorWords)) {
      for (const std::string_view word : split(line, ' ')) parsed.insert(word);
    }
    return parsed;
  }();
  return words;
}

template <class Accepts>
bool eachValue(std::string_view values, Accepts accepts) {
  return std::ranges::all_of(split(values, '\\'), accepts);
}
}  // namespace

bool holdsOneOf(std::string_view text, const std::vector<std::string>& words) {
  std::string capitals(text);
  std::ranges::transform(capitals, capitals.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const std::string folded = foldedName(text);
  return std::ranges::any_of(words, [&](const std::string& word) {
    if (holdsWord(capitals, word)) return true;
    const std::string plain = foldedName(word);
    return plain.size() >= kShortestFolded && holdsWord(folded, plain);
  });
}

bool holdsNumberOf(std::string_view values, const std::vector<std::string>& words) {
  constexpr std::size_t kTellingAnywhere = 6;
  return std::ranges::any_of(split(values, '\\'), [&](std::string_view value) {
    const std::string digits = digitsOf(value);
    return std::ranges::any_of(words, [&](const std::string& word) {
      const std::string telling = tellingDigits(word);
      if (telling.empty()) return false;
      return digits == telling ||
             (telling.size() >= kTellingAnywhere && digits.find(telling) != digits.npos);
    });
  });
}

bool isPlainText(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

bool isCodeString(std::string_view values) {
  constexpr std::size_t kLongest = 16;
  return eachValue(values, [](std::string_view value) {
    return value.size() <= kLongest && std::ranges::all_of(value, [](char c) {
             return (c >= 'A' && c <= 'Z') || isDigit(c) || c == ' ' || c == '_';
           });
  });
}

bool isNumberString(std::string_view values) {
  constexpr std::size_t kLongest = 16;
  return eachValue(values, [](std::string_view value) {
    return value.size() <= kLongest && std::ranges::all_of(value, [](char c) {
             return isDigit(c) || std::string_view("+-.eE ").find(c) != std::string_view::npos;
           });
  });
}

bool isUid(std::string_view uid) {
  return !uid.empty() && uid.size() <= 64 &&
         std::ranges::all_of(uid, [](char c) { return isDigit(c) || c == '.'; });
}

bool isCharacterSet(std::string_view values) {
  return eachValue(values, [](std::string_view value) {
    if (value.empty() || value == "GB18030" || value == "GBK") return true;
    for (const std::string_view prefix : {"ISO_IR ", "ISO 2022 IR "}) {
      const bool numbered = value.starts_with(prefix) && value.size() <= prefix.size() + 3 &&
                            std::ranges::all_of(value.substr(prefix.size()), isDigit);
      if (numbered) return true;
    }
    return false;
  });
}

std::string knownWordsOf(std::string_view description) {
  std::string kept;
  std::string word;
  const auto finishWord = [&] {
    std::string lower = word;
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (knownWords().contains(lower)) kept += (kept.empty() ? "" : " ") + word;
    word.clear();
  };
  for (const char c : description) {
    const bool continues = isAlnum(c) || c == '-' || static_cast<unsigned char>(c) >= 0x80;
    if (continues) {
      word += c;
    } else {
      finishWord();
    }
  }
  finishWord();
  return kept;
}

std::optional<std::string> coarseAge(std::string_view age) {
  constexpr std::string_view kOldest = "090Y";
  const bool is_age = age.size() == 4 && std::ranges::all_of(age.substr(0, 3), isDigit) &&
                      std::string_view("DWMY").find(age[3]) != std::string_view::npos;
  if (!is_age) return std::nullopt;
  // Months, weeks and days of 90 years go beyond three digits.
  return std::string(age[3] == 'Y' ? std::min(age, kOldest) : age);
}

}  // namespace sonotwin::dicom
