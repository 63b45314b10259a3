// SPDX-License-Identifier: Apache-2.0
#include "chances.h"

#include <gtest/gtest.h>

namespace sonotwin::segment {
namespace {
at::Tensor unchanged(const at::Tensor& image) {
  return image;
}

/// Logits of two classes from the level of each pixel alone.
at::Tensor pointwise(const at::Tensor& image) {
  return at::cat({at::zeros_like(image), image / 40.0 - 2.0}, 1);
}

Member memberOf(const Forward& forward) {
  return {.prepare = unchanged,
          .forward = forward,
          .settings = {.flip_averaging = false, .temperature = 1.5, .ellipses = {}},
          .grid_rows = 16,
          .grid_cols = 24};
}

// Oracle: what looks at each pixel by itself gives the same in tiles as on the whole.
TEST(Chances, TilesOfAPointwiseNetworkAreTheWhole) {
  const at::Tensor gray = at::rand({2, 1, 45, 70}) * 255.0;
  Member member = memberOf(pointwise);
  const at::Tensor expected = at::softmax(pointwise(gray) / 1.5, 1);
  EXPECT_TRUE(at::allclose(gridChances(member, gray), expected, 1e-5, 1e-6));
  member.settings.flip_averaging = true;
  EXPECT_TRUE(at::allclose(gridChances(member, gray), expected, 1e-5, 1e-6));
}

// A network that errs within two pixels of its borders: their weight is small where another tile
// sees them from within, so only the picture's own border is wrong.
TEST(Chances, TilesCountByTheirMiddle) {
  const Forward wrong_at_borders = [](const at::Tensor& image) {
    at::Tensor sign = at::ones_like(image);
    sign.narrow(2, 0, 2).fill_(-1.0);
    sign.narrow(2, 14, 2).fill_(-1.0);
    sign.narrow(3, 0, 2).fill_(-1.0);
    sign.narrow(3, 22, 2).fill_(-1.0);
    return at::cat({-sign, sign}, 1);
  };
  const at::Tensor chances = gridChances(memberOf(wrong_at_borders), at::zeros({1, 1, 40, 60}));
  const at::Tensor right = chances.select(1, 1).gt(0.5);
  EXPECT_TRUE(right.narrow(1, 2, 36).narrow(2, 2, 56).all().item<bool>());
  EXPECT_FALSE(right.select(1, 0).any().item<bool>());
}

// The levels are prepared over the whole picture: a dark tile is not stretched to full contrast.
TEST(Chances, PicturesArePreparedBeforeTheyAreTiled) {
  Member member = memberOf(pointwise);
  member.prepare = [](const at::Tensor& gray) { return gray - gray.mean(); };
  const at::Tensor gray = at::rand({1, 1, 16, 96}) * 255.0;
  EXPECT_TRUE(at::allclose(gridChances(member, gray),
                           at::softmax(pointwise(gray - gray.mean()) / 1.5, 1), 1e-4, 1e-5));
}

TEST(Chances, MeanOverDifferentCutsIsBackgroundOutside) {
  const Chances a{{2, 3, 2, 2}, at::full({1, 2, 2, 2}, 0.5)};
  const Chances b{{3, 3, 2, 4}, at::full({1, 2, 2, 4}, 0.5)};
  const Chances mean = meanOf({a, b});
  EXPECT_EQ(mean.cut.top, 2);
  EXPECT_EQ(mean.cut.left, 3);
  EXPECT_EQ(mean.cut.rows, 3);
  EXPECT_EQ(mean.cut.cols, 4);
  const at::Tensor foreground = mean.of_class[0][1];
  const at::Tensor expected =
      at::tensor({0.25, 0.25, 0.0, 0.0, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25}, at::kFloat);
  EXPECT_TRUE(at::allclose(foreground.reshape({-1}), expected));
  EXPECT_TRUE(at::allclose(mean.of_class.sum(1), at::ones({1, 3, 4})));
}

// One frame's labels, confidence and doubt from chances by hand.
TEST(Chances, DecideByHand) {
  const std::vector<media::Label> labels = {{7, "a"}};
  const std::vector<int> no_ellipses;
  at::Tensor chances = at::empty({1, 2, 1, 2});
  chances[0][1][0][0] = 0.9;
  chances[0][1][0][1] = 0.2;
  chances.select(1, 0).copy_(1.0 - chances.select(1, 1));
  const Segmentation answer = decide({{1, 1, 1, 2}, chances}, 3, 4, {labels, no_ellipses, true});
  EXPECT_EQ(answer.masks[0].labels,
            (std::vector<std::uint8_t>{0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0}));
  EXPECT_NEAR(answer.masks[0].confidence, 0.9, 1e-6);
  EXPECT_EQ(answer.doubt[0].samples<std::uint8_t>()[5], 120);  // 0.469 bits
  EXPECT_EQ(answer.doubt[0].samples<std::uint8_t>()[6], 184);  // 0.722 bits
  EXPECT_EQ(answer.doubt[0].samples<std::uint8_t>()[7], 0);
}
}  // namespace
}  // namespace sonotwin::segment
