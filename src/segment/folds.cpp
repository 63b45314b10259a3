// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

#include "random.h"
#include "sonotwin/base/error.h"
#include "sonotwin/segment/dataset.h"

namespace sonotwin::segment {
namespace {
constexpr std::uint64_t kDealing = 0x666F6C64;  // apart from the split's stream
constexpr int kLabels = 256;

struct Group {
  std::vector<std::size_t> members;
  std::array<int, kLabels> cases_of{};  ///< with each label
  std::optional<int> fold;
};

struct Share {
  int cases = 0;
  std::array<int, kLabels> cases_of{};
};

/// In random order, then the largest first, so that the small ones even out what is left.
std::vector<Group> groupsOf(const std::vector<Case>& cases, std::uint64_t seed) {
  std::map<std::string, Group> by_name;  // sorted: independent of case order
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (cases[i].split == Split::kTest) continue;
    Group& group = by_name[cases[i].group];
    group.members.push_back(i);
    std::array<bool, kLabels> holds{};
    for (const std::uint8_t value : cases[i].truth) holds[value] = true;
    for (std::size_t label = 1; label < kLabels; ++label) {
      group.cases_of[label] += holds[label] ? 1 : 0;
    }
  }
  std::vector<Group> groups;
  for (auto& [name, group] : by_name) groups.push_back(std::move(group));
  Random random(derivedSeed(seed, kDealing));
  random.shuffle(groups);
  std::ranges::stable_sort(groups, std::ranges::greater{},
                           [](const Group& group) { return group.members.size(); });
  return groups;
}

/// The label of which the fewest groups are left to deal; 0: none is left with a label.
std::size_t rarestLabel(const std::vector<Group>& groups) {
  std::size_t rarest = 0;
  std::ptrdiff_t fewest = 0;
  for (std::size_t label = 1; label < kLabels; ++label) {
    const auto left = std::ranges::count_if(
        groups, [label](const Group& group) { return !group.fold && group.cases_of[label] > 0; });
    if (left > 0 && (rarest == 0 || left < fewest)) {
      rarest = label;
      fewest = left;
    }
  }
  return rarest;
}

void deal(Group& group, std::size_t label, std::vector<Share>& folds) {
  const auto poorest = std::ranges::min_element(folds, {}, [label](const Share& fold) {
    return std::pair(label > 0 ? fold.cases_of[label] : 0, fold.cases);
  });
  group.fold = static_cast<int>(poorest - folds.begin());
  poorest->cases += static_cast<int>(group.members.size());
  for (std::size_t i = 1; i < kLabels; ++i) poorest->cases_of[i] += group.cases_of[i];
}
}  // namespace

std::vector<int> dealFolds(const std::vector<Case>& cases, int folds, std::uint64_t seed) {
  std::vector<Group> groups = groupsOf(cases, seed);
  if (folds < 2 || static_cast<std::size_t>(folds) > groups.size()) {
    throwBadInput(std::to_string(folds) +
                  " folds: there must be at least 2, and no more than the " +
                  std::to_string(groups.size()) + " groups outside the test.");
  }
  std::vector<Share> dealt(static_cast<std::size_t>(folds));
  for (std::size_t label = rarestLabel(groups); label > 0; label = rarestLabel(groups)) {
    for (Group& group : groups) {
      if (!group.fold && group.cases_of[label] > 0) deal(group, label, dealt);
    }
  }
  std::vector<int> fold_of(cases.size(), 0);
  for (Group& group : groups) {
    if (!group.fold) deal(group, 0, dealt);
    for (const std::size_t index : group.members) fold_of[index] = *group.fold + 1;
  }
  return fold_of;
}

void useFold(Dataset& dataset, const Fold& fold) {
  if (fold.number < 1 || fold.number > fold.count) {
    throwBadInput("Fold " + std::to_string(fold.number) + " is not one of 1 to " +
                  std::to_string(fold.count) + ".");
  }
  const std::vector<int> fold_of = dealFolds(dataset.cases, fold.count, dataset.seed);
  for (std::size_t i = 0; i < fold_of.size(); ++i) {
    if (fold_of[i] == 0) continue;
    dataset.cases[i].split = fold_of[i] == fold.number ? Split::kVal : Split::kTrain;
  }
  dataset.fold = fold;
}

}  // namespace sonotwin::segment
