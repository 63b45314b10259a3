// SPDX-License-Identifier: Apache-2.0
#include "presenters/row_changes.h"

#include <unordered_set>

namespace sonotwin::workstation {
namespace {
using Ids = std::vector<std::string>;

/// Places in `of` of what `other` lacks, and the rest of `of` in its order.
std::pair<std::vector<int>, Ids> split(const Ids& of, const Ids& other) {
  const std::unordered_set<std::string> known(other.begin(), other.end());
  std::pair<std::vector<int>, Ids> result;
  for (std::size_t i = 0; i < of.size(); ++i) {
    if (known.contains(of[i])) {
      result.second.push_back(of[i]);
    } else {
      result.first.push_back(static_cast<int>(i));
    }
  }
  return result;
}

std::vector<RowRange> ranges(const std::vector<int>& places) {
  std::vector<RowRange> result;
  for (const int place : places) {
    if (!result.empty() && result.back().first + result.back().count == place) {
      ++result.back().count;
    } else {
      result.push_back({place, 1});
    }
  }
  return result;
}
}  // namespace

std::optional<RowChanges> rowChanges(const Ids& before, const Ids& after) {
  const auto [gone, stay] = split(before, after);
  const auto [come, stayed] = split(after, before);
  if (stay != stayed) return std::nullopt;
  RowChanges changes{.removed = ranges(gone), .added = ranges(come)};
  std::ranges::reverse(changes.removed);
  return changes;
}

}  // namespace sonotwin::workstation
