// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/store/identifying_text.h"

#include <array>
#include <regex>
#include <vector>

#include "sonotwin/base/error.h"

namespace sonotwin::store {
namespace {
// The engine for patterns goes one level deeper a character.
constexpr std::size_t kMostBytes = 2000;

struct Rule {
  const char* pattern;
  const char* found;
  const char* instead;
};

constexpr const char* kInsteadOfDate =
    "Days are counted from a patient's first exam: write \"3 weeks after surgery\", or a year "
    "alone";
constexpr const char* kInsteadOfNumber = "Write what is seen, and measures with their units";

// In this order: the first that fits says what it is.
constexpr std::array kRules = {
    Rule{R"([\x00-\x1f\x7f]|\xc2[\x80-\x9f])", "a control character", "Write it in one line"},
    Rule{R"([^\s@]+@[^\s@]+\.[^\s@]+)", "an e-mail address",
         "Name the role, as in \"referring ward\""},
    Rule{R"((^|[^\d.])[0-2](\.\d+){3,})", "a DICOM UID", "Give the id that the store shows"},
    Rule{R"((^|\D)(1[89]|20)\d\d([-./ ])(0?[1-9]|1[0-2])\3(0?[1-9]|[12]\d|3[01])(?!\d))", "a date",
         kInsteadOfDate},
    Rule{
        R"((^|[^\w.])(0?[1-9]|[12]\d|3[01])([-./ ])(0?[1-9]|1[0-2])\3((1[89]|20)\d\d|\d\d)(?![\d.]))",
        "a date", kInsteadOfDate},
    Rule{
        R"((^|[^\w.])(0?[1-9]|1[0-2])([-./ ])(0?[1-9]|[12]\d|3[01])\3((1[89]|20)\d\d|\d\d)(?![\d.]))",
        "a date", kInsteadOfDate},
    Rule{
        R"((^|\W)(0?[1-9]|[12]\d|3[01])(st|nd|rd|th)?[-. ]{1,2}(jan|feb|mar|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*[-., ]{1,2}((1[89]|20)?\d\d)(?!\d))",
        "a date", kInsteadOfDate},
    Rule{
        R"((^|\W)(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-. ]{1,2}(0?[1-9]|[12]\d|3[01])(st|nd|rd|th)?[-., ]{1,2}(1[89]|20)\d\d(?!\d))",
        "a date", kInsteadOfDate},
    Rule{R"(\d{6})", "a number of six digits or more", kInsteadOfNumber},
    Rule{R"((^|[^\w.])(\+|\(?0)([-/() ]{0,2}\d){6,})", "a telephone number", kInsteadOfNumber},
    Rule{R"((^|\D)\d{3}[- ]\d{2,3}[- ]\d{4}(?!\d))", "a telephone or insurance number",
         kInsteadOfNumber},
};

// "clip-ebd37626ed747571", "P-7F3A-21C8": made from hashes, so that any digits come about.
const std::regex& idOfStore() {
  static const std::regex id(R"(\b([a-z]+-[0-9a-f]{16}|P-[0-9A-F]{4}-[0-9A-F]{4})\b)");
  return id;
}

const std::vector<std::regex>& patterns() {
  static const std::vector<std::regex> compiled = [] {
    std::vector<std::regex> all;
    for (const Rule& rule : kRules) all.emplace_back(rule.pattern, std::regex::icase);
    return all;
  }();
  return compiled;
}
}  // namespace

void requireNamesNobody(const std::string& what, const std::string& text) {
  if (text.size() > kMostBytes) {
    throwBadInput("A " + what + " of more than " + std::to_string(kMostBytes) +
                  " bytes is not kept. Write it shorter.");
  }
  const std::string rest = std::regex_replace(text, idOfStore(), "id");
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (!std::regex_search(rest, patterns()[i])) continue;
    throwBadInput("The " + what + " holds " + kRules[i].found +
                  ", which may tell who a patient is. " + kRules[i].instead + ".");
  }
}

}  // namespace sonotwin::store
