// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <map>
#include <string>
#include <vector>

#include "sonotwin/media/clip.h"

namespace sonotwin::cli {

/// Ends the command with the exit code of wrong usage.
[[noreturn]] void throwUsage(const std::string& what);

/// A whole number, 0 or more.
[[nodiscard]] CLI::Validator count();

/// YYYY-MM-DD or YYYYMMDD, of a day that exists.
[[nodiscard]] CLI::Validator date();

/// "FIRST:END", "FIRST:", ":END" or one number; FIRST below END.
[[nodiscard]] CLI::Validator frameRange();

/// "LEFT,TOP,RIGHT,BOTTOM" of a box of pixels, right and bottom not included.
[[nodiscard]] CLI::Validator pixelBox();
/// Of a text that has passed it.
[[nodiscard]] media::PixelRectangle boxOf(const std::string& text);
/// An option that may be given again, a box each time.
CLI::Option* addBoxes(CLI::App& command, const std::string& name, std::vector<std::string>& boxes,
                      const std::string& description);

/// One of the words of `meanings`; the message of any other lists them.
[[nodiscard]] CLI::Validator wordOf(const std::map<std::string, int>& meanings);

template <class Enum>
[[nodiscard]] CLI::Validator wordOf(const std::map<std::string, Enum>& meanings) {
  std::map<std::string, int> numbers;
  for (const auto& [word, meaning] : meanings) numbers[word] = static_cast<int>(meaning);
  return wordOf(numbers);
}

/// What is wrong with the command's name, with the nearest there is; empty where it is a known one.
[[nodiscard]] std::string commandProblem(const CLI::App& app, int argc, const char* const* argv);

}  // namespace sonotwin::cli
