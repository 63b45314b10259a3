// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "analytic_model.h"
#include "sonotwin/base/error.h"
#include "sonotwin/segment/model.h"
#include "sonotwin/segment/model_files.h"
#include "temporary_folder.h"

namespace sonotwin::segment {
namespace {
/// Left half bright.
media::Image halves(int rows, int cols) {
  media::Image image(rows, cols);
  auto levels = image.samples<std::uint8_t>();
  for (std::size_t i = 0; i < levels.size(); ++i) {
    levels[i] = 2 * (static_cast<int>(i) % cols) < cols ? 200 : 40;
  }
  return image;
}

media::FrameMask maskOf(const media::Image& image, std::uint8_t level) {
  media::FrameMask mask{0, image.rows, image.cols, {}, 1.0F};
  for (const std::uint8_t value : image.samples<std::uint8_t>()) {
    mask.labels.push_back(value == level ? 2 : 0);
  }
  return mask;
}

class Features : public testing::Test {
 protected:
  Model load() {
    test_models::write(folder_ / "net", {});
    return Model::load(folder_ / "net", "cpu");
  }
  test::TemporaryFolder folder_;
};

// Oracle: halves normalize to +1 and -1, which leaky ReLU makes 1 and -0.01, at every layer.
TEST_F(Features, AreMeansOfTheCoarsestMapOverPictureAndMask) {
  const Model model = load();
  ASSERT_EQ(model.featureCount(), 1);
  const media::Image image = halves(24, 32);
  const auto features = model.features({image, image}, {maskOf(image, 200), maskOf(image, 40)});
  ASSERT_EQ(features.size(), 2U);
  EXPECT_NEAR(features[0].picture.at(0), 0.495F, 1e-3);
  EXPECT_NEAR(features[1].picture.at(0), 0.495F, 1e-3);
  EXPECT_NEAR(features[0].mask.at(0), 1.0F, 1e-3);
  EXPECT_NEAR(features[1].mask.at(0), -0.01F, 1e-3);
}

// What lies around the picture on the grid counts for nothing: two halves make the whole.
TEST_F(Features, LeaveOutWhatIsNotThePicture) {
  const Model model = load();
  const media::Image image = halves(48, 32);
  const auto features = model.features({image, image}, {maskOf(image, 200), maskOf(image, 40)});
  EXPECT_GT(features[0].mask.at(0), features[1].mask.at(0) + 0.5F);
  EXPECT_NEAR(features[0].picture.at(0), (features[0].mask[0] + features[1].mask[0]) / 2.0F, 1e-4);
}

TEST_F(Features, OfAnEnsembleAreThoseOfItsMembersInOrder) {
  const Model one = load();
  test_models::Analytic other;
  other.rows = 16;
  other.cols = 48;
  test_models::write(folder_ / "other", other);
  makeEnsemble({folder_ / "net", folder_ / "other"}, folder_ / "both", "");
  const Model both = Model::load(folder_ / "both", "cpu");
  EXPECT_EQ(both.featureCount(), 2);
  const media::Image image = halves(30, 70);
  const auto together = both.features({image})[0];
  ASSERT_EQ(together.picture.size(), 2U);
  EXPECT_TRUE(together.mask.empty());
  EXPECT_EQ(together.picture[0], one.features({image})[0].picture.at(0));
  EXPECT_EQ(together.picture[1],
            Model::load(folder_ / "other", "cpu").features({image})[0].picture.at(0));
}

TEST_F(Features, EmptyMasksHaveNoneAndMasksMustFit) {
  const Model model = load();
  const media::Image image = halves(48, 64);
  EXPECT_TRUE(model.features({image}, {maskOf(image, 7)})[0].mask.empty());
  EXPECT_THROW(std::ignore = model.features({image, image}, {maskOf(image, 7)}), Error);
  EXPECT_THROW(std::ignore = model.features({image}, {maskOf(halves(48, 32), 7)}), Error);
}
}  // namespace
}  // namespace sonotwin::segment
