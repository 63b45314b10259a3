// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/segment/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "sonotwin/base/error.h"
#include "temporary_folder.h"

namespace sonotwin::segment {
namespace {
using testing::HasSubstr;

std::vector<Case> casesOfGroups(int groups, int each) {
  std::vector<Case> cases;
  for (int i = 0; i < groups * each; ++i) {
    Case item;
    item.name = "image" + std::to_string(i);
    item.group = "patient" + std::to_string(i % groups);
    item.rows = 2;
    item.cols = 3;
    item.gray = {0, 1, 2, 3, 4, static_cast<std::uint8_t>(i)};
    item.truth = {0, 0, 4, 4, 0, 7};
    cases.push_back(item);
  }
  return cases;
}

Dataset smallDataset() {
  Dataset dataset;
  dataset.labels = {{4, "nerve"}, {7, "vessel"}};
  dataset.source = "made by hand; CC0";
  dataset.seed = 3;
  dataset.cases = casesOfGroups(6, 2);
  dataset.cases[1].pixel_size_mm = 0.125;
  dataset.cases[1].head_circumference_mm = 301.25;
  dataset.near_duplicates = NearDuplicateSummary{0.5, 3, 8, 6};
  dataset.made_from = {"mask-1", "mask-2"};
  splitByGroup(dataset.cases, {}, dataset.seed);
  return dataset;
}

std::string refusalOf(const std::function<void(Dataset&)>& spoil) {
  const test::TemporaryFolder folder;
  Dataset dataset = smallDataset();
  spoil(dataset);
  try {
    writeDataset(folder / "a", dataset);
  } catch (const Error& error) {
    EXPECT_FALSE(std::filesystem::exists(folder / "a"));
    return error.what();
  }
  return "written without complaint";
}

TEST(Dataset, ComesBackAsWritten) {
  const test::TemporaryFolder folder;
  const Dataset written = smallDataset();
  writeDataset(folder / "a", written);
  const Dataset read = readDataset(folder / "a");
  EXPECT_EQ(read.labels, written.labels);
  EXPECT_EQ(read.source, written.source);
  EXPECT_EQ(read.seed, written.seed);
  EXPECT_EQ(read.made_from, written.made_from);
  ASSERT_TRUE(read.near_duplicates.has_value());
  EXPECT_EQ(read.near_duplicates->least_likeness, 0.5);
  EXPECT_EQ(read.near_duplicates->pairs, 3);
  EXPECT_EQ(read.near_duplicates->groups_before, 8);
  EXPECT_EQ(read.near_duplicates->groups, 6);
  ASSERT_EQ(read.cases.size(), written.cases.size());
  for (std::size_t i = 0; i < read.cases.size(); ++i) {
    const Case &a = read.cases[i], &b = written.cases[i];
    EXPECT_EQ(std::tie(a.name, a.group, a.split, a.rows, a.cols, a.gray, a.truth),
              std::tie(b.name, b.group, b.split, b.rows, b.cols, b.gray, b.truth));
    EXPECT_EQ(a.pixel_size_mm, b.pixel_size_mm);
    EXPECT_EQ(a.head_circumference_mm, b.head_circumference_mm);
  }
}

TEST(Dataset, AnyChangedPixelIsNoticed) {
  const test::TemporaryFolder folder;
  writeDataset(folder / "a", smallDataset());
  std::fstream file(folder / "a", std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(-1, std::ios::end);
  const char last = static_cast<char>(file.peek());
  file.seekp(-1, std::ios::end);
  file.put(static_cast<char>(last ^ 1));
  file.close();
  try {
    std::ignore = readDataset(folder / "a");
    FAIL() << "read without complaint";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("SHA-256 differs"));
  }
}

TEST(Dataset, RefusesWhatWouldMakeScoresLie) {
  EXPECT_THAT(refusalOf([](Dataset& d) { d.cases[2].truth[0] = 9; }),
              HasSubstr("'image2' has value 9"));
  EXPECT_THAT(refusalOf([](Dataset& d) { d.cases[3].gray.pop_back(); }), HasSubstr("'image3'"));
  EXPECT_THAT(refusalOf([](Dataset& d) {
                d.cases[0].split = Split::kTrain;
                d.cases[6].split = Split::kTest;
              }),
              HasSubstr("'patient0' is in two splits"));
}

TEST(Dataset, SplitKeepsGroupsWholeAndFractions) {
  std::vector<Case> cases = casesOfGroups(100, 3);
  splitByGroup(cases, {0.7, 0.15, 0.15}, 5);
  std::map<std::string, std::set<Split>> splits;
  std::map<Split, int> count;
  for (const Case& item : cases) {
    splits[item.group].insert(item.split);
    ++count[item.split];
  }
  for (const auto& [group, in] : splits) EXPECT_EQ(in.size(), 1U) << group;
  EXPECT_EQ(count[Split::kTrain], 210);
  EXPECT_EQ(count[Split::kVal], 45);
  EXPECT_EQ(count[Split::kTest], 45);
}

TEST(Dataset, SplitDependsOnTheSeedAndNotOnTheOrder) {
  const auto trainGroups = [](std::vector<Case> cases, std::uint64_t seed, bool reversed) {
    if (reversed) std::ranges::reverse(cases);
    splitByGroup(cases, {}, seed);
    std::set<std::string> groups;
    for (const Case& item : cases) {
      if (item.split == Split::kTrain) groups.insert(item.group);
    }
    return groups;
  };
  const std::vector<Case> cases = casesOfGroups(40, 2);
  EXPECT_EQ(trainGroups(cases, 1, false), trainGroups(cases, 1, true));
  EXPECT_NE(trainGroups(cases, 1, false), trainGroups(cases, 2, false));
}

TEST(Dataset, SplitRefusesFractionsThatAreNone) {
  std::vector<Case> cases = casesOfGroups(4, 1);
  EXPECT_THROW(splitByGroup(cases, {0.5, 0.1, 0.1}, 1), Error);
  EXPECT_THROW(splitByGroup(cases, {1.2, -0.1, -0.1}, 1), Error);
}
}  // namespace
}  // namespace sonotwin::segment
