// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/enhance/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>

#include "sonotwin/base/error.h"

namespace sonotwin::enhance {
namespace {
media::Image speckle(int rows, int cols, unsigned seed) {
  media::Image image(rows, cols);
  std::mt19937 random(seed);
  int index = 0;
  for (std::uint8_t& level : image.samples<std::uint8_t>()) {
    const int base = index++ % cols < cols / 3 ? 20 : 130;
    level = static_cast<std::uint8_t>(base + static_cast<int>(random() % 120U));
  }
  return image;
}

/// Why a GPU cannot be used here; empty where it can.
std::string whyNoGpu() {
  try {
    const FilterDevice gpu("cuda");
    EXPECT_EQ(gpu.description().find("cpu"), std::string::npos);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    return error.what();
  }
  return {};
}

// Frames of several sizes one after another: memory is kept and must not carry anything over.
TEST(EnhanceOnGpu, GivesTheBytesOfTheCpu) {
  if (const std::string reason = whyNoGpu(); !reason.empty()) GTEST_SKIP() << reason;
  FilterDevice gpu("cuda");
  media::ScanSector fan;
  fan.fan = media::Fan{80.0, -40.0, 60.0, 190.0, -0.5, 0.5, 1.0};
  const Recipe all{
      "all", 1, "", {{"obnlm", {}}, {"gamma", {}}, {"srad", {{"decay", 0.0}}}, {"clahe", {}}}};
  for (const Recipe& recipe : {Recipe{"srad", 1, "", {{"srad", {}}}},
                               Recipe{"obnlm", 1, "", {{"obnlm", {{"patch_px", 3.0}}}}},
                               Recipe{"clahe", 1, "", {{"clahe", {{"tiles", 5.0}}}}}, all}) {
    for (const auto& [rows, cols] : {std::pair(161, 160), std::pair(480, 640), std::pair(64, 96)}) {
      const media::Image frame = speckle(rows, cols, static_cast<unsigned>(rows));
      const media::ScanSector sector = cols == 160 ? fan : media::ScanSector();
      EXPECT_TRUE(gpu.apply(recipe, frame, sector).data == apply(recipe, frame, sector).data)
          << recipe.name << " of " << rows << " x " << cols;
    }
  }
}

TEST(FilterDevice, NeverFailsForWantOfAGpuWhereAnyWillDo) {
  FilterDevice device("auto");
  const media::Image frame = speckle(60, 80, 5);
  const Recipe recipe = findRecipe("speckle-contrast");
  EXPECT_EQ(device.apply(recipe, frame, {}).data, apply(recipe, frame, {}).data);
  const std::string reason = whyNoGpu();
  if (reason.empty()) return;
  EXPECT_THAT(device.description(), testing::StartsWith("cpu, "));
  EXPECT_THAT(device.description(), testing::EndsWith(")"));
  EXPECT_THAT(reason, testing::HasSubstr("Choose the device auto or cpu"));
  EXPECT_EQ(FilterDevice("cpu").description().find('('), std::string::npos);
}

TEST(FilterDevice, RefusesNamesThatAreNone) {
  for (const char* name : {"gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "cuda:99"}) {
    try {
      const FilterDevice device(name);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << name;
      EXPECT_THAT(error.what(), testing::HasSubstr("hoose ")) << name;
    }
  }
}
}  // namespace
}  // namespace sonotwin::enhance
