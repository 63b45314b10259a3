// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sonotwin/base/error.h"
#include "sonotwin/media/mask.h"

namespace sonotwin::media {
namespace {
using testing::ElementsAre;
using testing::FloatNear;

TEST(Image, IsZeroedAndSizedForItsType) {
  for (const auto& [type, bytes] :
       {std::pair{PixelType::kUint8, 1U}, std::pair{PixelType::kUint16, 2U},
        std::pair{PixelType::kFloat32, 4U}}) {
    const Image image(3, 5, 3, type);
    EXPECT_EQ(image.data.size(), 45U * bytes);
    EXPECT_TRUE(std::ranges::all_of(image.data, [](std::byte b) { return b == std::byte{0}; }));
    EXPECT_EQ(image.pixelCount(), 15U);
  }
}

TEST(Image, RefusesImpossibleSizes) {
  EXPECT_THROW(Image(0, 5), Error);
  EXPECT_THROW(Image(5, -1), Error);
  EXPECT_THROW(Image(1, 65536), Error);
  EXPECT_THROW(Image(2, 2, 2), Error);
  EXPECT_THROW(Image(2, 2, 4), Error);
  EXPECT_NO_THROW(Image(1, 65535));
}

Image rgb(std::initializer_list<int> values) {
  Image image(1, static_cast<int>(values.size()) / 3, 3);
  std::ranges::transform(values, image.data.begin(),
                         [](int value) { return static_cast<std::byte>(value); });
  return image;
}

// ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B.
TEST(ToGray, WeighsColoursByLuminance) {
  const Image image = rgb({255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255});
  EXPECT_THAT(toGray8(image).samples<std::uint8_t>(), ElementsAre(76, 150, 29, 255));
  EXPECT_THAT(toGrayFloat(image), ElementsAre(FloatNear(76.245F, 1e-3F), FloatNear(149.685F, 1e-3F),
                                              FloatNear(29.07F, 1e-3F), FloatNear(255.0F, 1e-3F)));
  EXPECT_EQ(toGray8(image).channels, 1);
}

TEST(ToGray, ScalesSixteenBitsFromWhite) {
  Image image(1, 3, 1, PixelType::kUint16);
  const auto samples = image.samples<std::uint16_t>();
  samples[0] = 0, samples[1] = 500, samples[2] = 1000;
  EXPECT_THAT(toGray8(image).samples<std::uint8_t>(), ElementsAre(0, 128, 255));
  EXPECT_THAT(toGray8(image, 2000.0).samples<std::uint8_t>(), ElementsAre(0, 64, 128));
  EXPECT_THAT(toGray8(image, 500.0).samples<std::uint8_t>(), ElementsAre(0, 255, 255));
  EXPECT_THAT(toGrayFloat(image), ElementsAre(0.0F, 500.0F, 1000.0F));
  const Image black(1, 2, 1, PixelType::kUint16);
  EXPECT_THAT(toGray8(black).samples<std::uint8_t>(), ElementsAre(0, 0));
}

TEST(ToGray, ClampsAndRoundsFloat) {
  Image image(1, 4, 1, PixelType::kFloat32);
  const auto samples = image.samples<float>();
  samples[0] = -3.0F, samples[1] = 1.5F, samples[2] = 254.4F, samples[3] = 1e9F;
  EXPECT_THAT(toGray8(image).samples<std::uint8_t>(), ElementsAre(0, 2, 254, 255));
}

TEST(ToGray, LeavesGrayBytesAlone) {
  Image image(1, 2);
  image.data = {std::byte{7}, std::byte{9}};
  EXPECT_THAT(toGray8(image, 1.0).samples<std::uint8_t>(), ElementsAre(7, 9));
}

TEST(LabelColour, DiffersForTheFirstEightAndThenRepeats) {
  std::set<std::array<std::uint8_t, 3>> colours;
  for (int value = 1; value <= 8; ++value) colours.insert(labelColour(value));
  EXPECT_EQ(colours.size(), 8U);
  EXPECT_THAT(labelColour(1), ElementsAre(0x4D, 0xC8, 0xBE));
  EXPECT_EQ(labelColour(9), labelColour(1));
  EXPECT_EQ(labelColour(255), labelColour(7));
}
}  // namespace
}  // namespace sonotwin::media
