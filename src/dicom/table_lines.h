// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace sonotwin::dicom {

/// Pieces of `text` between `separator`s; none of an empty text.
[[nodiscard]] inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const auto end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  return pieces;
}

/// Lines of a table without its comments.
[[nodiscard]] inline std::vector<std::string_view> linesOf(std::string_view table) {
  std::vector<std::string_view> lines = split(table, '\n');
  std::erase_if(lines, [](std::string_view line) { return line.empty() || line[0] == '#'; });
  return lines;
}

}  // namespace sonotwin::dicom
