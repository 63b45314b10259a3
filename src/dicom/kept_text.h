// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonotwin::dicom {

/// True where `text`, in whatever case, holds one of `words` (in capitals): long ones anywhere,
/// short ones where they stand alone.
[[nodiscard]] bool holdsOneOf(std::string_view text, const std::vector<std::string>& words);

/// True where the numbers of a text are one of `words` that are numbers too (an identifier, a
/// date), or hold the digits of one that is long enough to tell.
[[nodiscard]] bool holdsNumberOf(std::string_view values, const std::vector<std::string>& words);

/// True for printable ASCII: nothing in another character set, no escape sequences.
[[nodiscard]] bool isPlainText(std::string_view text);
/// Values of Code String: capitals, digits, blanks and underscores, 16 at most each.
[[nodiscard]] bool isCodeString(std::string_view values);
/// Values of Decimal or Integer String.
[[nodiscard]] bool isNumberString(std::string_view values);
[[nodiscard]] bool isUid(std::string_view uid);
/// Values of Specific Character Set that the standard defines.
[[nodiscard]] bool isCharacterSet(std::string_view values);

/// The known words of a description, in order, with a blank between; empty where there are none.
[[nodiscard]] std::string knownWordsOf(std::string_view description);

/// Ages above 89 years become 90: they single people out. Nothing where it is no age.
[[nodiscard]] std::optional<std::string> coarseAge(std::string_view age);

}  // namespace sonotwin::dicom
