// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "sonotwin/base/error.h"
#include "sonotwin/segment/dataset.h"

namespace sonotwin::segment {
namespace {

/// 60 groups of 1 to 4 cases: label 1 in all of the first 50, label 2 in every tenth only.
std::vector<Case> unevenCases() {
  std::vector<Case> cases;
  for (int group = 0; group < 60; ++group) {
    for (int i = 0; i <= group % 4; ++i) {
      Case item;
      item.group = std::string("g").append(std::to_string(group));
      item.name = item.group + '-' + std::to_string(i);
      item.rows = 1;
      item.cols = 2;
      item.gray = {0, 0};
      item.truth = {static_cast<std::uint8_t>(group < 50 ? 1 : 0),
                    static_cast<std::uint8_t>(group % 10 == 0 ? 2 : 0)};
      item.split = group % 6 == 5 ? Split::kTest : Split::kTrain;
      cases.push_back(item);
    }
  }
  return cases;
}

TEST(Folds, HoldWholeGroupsAndAreAboutEqual) {
  const std::vector<Case> cases = unevenCases();
  const std::vector<int> folds = dealFolds(cases, 5, 3);
  std::map<std::string, std::set<int>> folds_of;
  std::map<int, int> size;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    folds_of[cases[i].group].insert(folds[i]);
    ++size[folds[i]];
    EXPECT_EQ(folds[i] == 0, cases[i].split == Split::kTest);
  }
  for (const auto& [group, in] : folds_of) EXPECT_EQ(in.size(), 1U) << group;
  const int dealt = static_cast<int>(cases.size()) - size[0];
  for (int fold = 1; fold <= 5; ++fold) EXPECT_NEAR(size[fold], dealt / 5.0, 3.0) << fold;
}

TEST(Folds, HaveEachLabelWhereThereAreGroupsEnough) {
  const std::vector<Case> cases = unevenCases();
  const std::vector<int> folds = dealFolds(cases, 5, 3);
  std::map<int, std::set<int>> folds_with;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    for (const std::uint8_t label : cases[i].truth) folds_with[label].insert(folds[i]);
  }
  for (int label = 1; label <= 2; ++label) {
    for (int fold = 1; fold <= 5; ++fold) {
      EXPECT_TRUE(folds_with[label].contains(fold)) << label << " in " << fold;
    }
  }
}

TEST(Folds, DependOnTheSeedAndNotOnTheOrder) {
  const auto foldOf = [](std::vector<Case> cases, std::uint64_t seed, bool reversed) {
    if (reversed) std::ranges::reverse(cases);
    const std::vector<int> folds = dealFolds(cases, 4, seed);
    std::map<std::string, int> by_name;
    for (std::size_t i = 0; i < cases.size(); ++i) by_name[cases[i].name] = folds[i];
    return by_name;
  };
  EXPECT_EQ(foldOf(unevenCases(), 1, false), foldOf(unevenCases(), 1, true));
  EXPECT_NE(foldOf(unevenCases(), 1, false), foldOf(unevenCases(), 2, false));
}

TEST(Folds, OneIsValidationAndTheTestStays) {
  const std::vector<Case> before = unevenCases();
  std::map<std::string, int> times_validated;
  for (int fold = 1; fold <= 5; ++fold) {
    Dataset dataset;
    dataset.cases = before;
    useFold(dataset, {fold, 5});
    EXPECT_EQ(dataset.fold->number, fold);
    const std::vector<Case>& cases = dataset.cases;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      EXPECT_EQ(cases[i].split == Split::kTest, before[i].split == Split::kTest);
      times_validated[cases[i].name] += cases[i].split == Split::kVal ? 1 : 0;
    }
  }
  for (const Case& item : before) {
    EXPECT_EQ(times_validated[item.name], item.split == Split::kTest ? 0 : 1) << item.name;
  }
}

TEST(Folds, RefuseWhatCannotBeDealt) {
  Dataset dataset;
  dataset.cases = unevenCases();
  EXPECT_THROW(useFold(dataset, {0, 5}), Error);
  EXPECT_THROW(useFold(dataset, {6, 5}), Error);
  EXPECT_THROW(useFold(dataset, {1, 1}), Error);
  EXPECT_THROW(useFold(dataset, {1, 51}), Error);  // 50 groups outside the test
  EXPECT_FALSE(dataset.fold.has_value());
}
}  // namespace
}  // namespace sonotwin::segment
