// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/reconstruct/methods.h"

#include <gtest/gtest.h>

#include <set>

namespace sonotwin::reconstruct {
namespace {
template <class Value>
void expectSound(std::span<const Choice<Value>> choices, std::size_t count, Value preset) {
  ASSERT_EQ(choices.size(), count);
  EXPECT_EQ(choices.front().value, preset);
  EXPECT_TRUE(choices.front().when.starts_with("The default"));
  std::set<std::string_view> names;
  for (std::size_t value = 0; value < count; ++value) {
    const std::string name = nameOf(choices, static_cast<Value>(value));
    EXPECT_FALSE(name.empty()) << value;
  }
  for (const Choice<Value>& choice : choices) {
    EXPECT_TRUE(names.insert(choice.name).second) << choice.name;
    EXPECT_TRUE(choice.when.ends_with('.')) << choice.name;
    EXPECT_EQ(choice.when.find(". "), std::string_view::npos) << "more than one sentence";
  }
}

// Each value is in the catalogue once, and the default that is named is the one that is used.
TEST(Methods, NameEveryChoiceAndWhenToTakeIt) {
  const VoxelOptions preset;
  expectSound(interpolations(), 5, preset.interpolation);
  expectSound(compoundings(), 6, preset.compounding);
  expectSound(fills(), 2, preset.fill);
  EXPECT_EQ(nameOf(compoundings(), static_cast<Compounding>(77)), "");
}
}  // namespace
}  // namespace sonotwin::reconstruct
