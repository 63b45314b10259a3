// SPDX-License-Identifier: Apache-2.0
#include "code_words.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "kept_text.h"
#include "table_lines.h"
#include "tables.h"

namespace sonotwin::dicom {
namespace {
const std::unordered_set<std::string_view>& codeWords() {
  static const std::unordered_set<std::string_view> words = [] {
    std::unordered_set<std::string_view> parsed;
    for (const std::string_view line : linesOf(kCodeWords)) {
      for (const std::string_view word : split(line, ' ')) parsed.insert(word);
    }
    return parsed;
  }();
  return words;
}

bool isShortNumber(std::string_view word) {
  constexpr std::size_t kLongest = 5;  // of ISO's standards
  return word.size() <= kLongest &&
         std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

/// Directions in a patient: at most three of anterior, posterior, left, right, head and foot.
bool isOrientation(std::string_view word) {
  return word.size() <= 3 && word.find_first_not_of("AFHLPR") == word.npos;
}
}  // namespace

bool isMadeOfCodeWords(std::string_view value) {
  std::string text(value);
  std::ranges::replace(text, '_', ' ');
  // The digit of a term such as MONOCHROME2.
  return std::ranges::all_of(split(text, ' '), [](std::string_view word) {
    if (word.size() <= 2 || isShortNumber(word) || isOrientation(word)) return true;
    const bool numbered = word.size() > 1 && isShortNumber(word.substr(word.size() - 1));
    const std::string_view stem = numbered ? word.substr(0, word.size() - 1) : word;
    return codeWords().contains(word) || codeWords().contains(stem) || knownWordsOf(word) == word;
  });
}

}  // namespace sonotwin::dicom
