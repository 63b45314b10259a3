// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "augment.h"
#include "loss.h"
#include "optimizer.h"
#include "unet.h"

namespace sonotwin::segment {
namespace {
AugmentationRecipe nothing() {
  AugmentationRecipe r;
  r.rotation_chance = r.scale_chance = r.shift_chance = r.mirror_chance = 0.0;
  r.depth_attenuation_chance = r.shadow_chance = r.gamma_chance = r.brightness_chance = 0.0;
  r.contrast_chance = r.blur_chance = r.low_resolution_chance = r.noise_chance = 0.0;
  r.haze_chance = 0.0;
  return r;
}

/// A bright disc on dark grey, and its classes.
std::pair<at::Tensor, at::Tensor> discs(std::int64_t n, int rows, int cols, double radius,
                                        double off_centre) {
  const at::Tensor y = at::arange(rows, at::kFloat).view({-1, 1}) - (rows - 1) / 2.0;
  const at::Tensor x = at::arange(cols, at::kFloat).view({1, -1}) - (cols - 1) / 2.0 - off_centre;
  const at::Tensor inside = (x.square() + y.square()).lt(radius * radius).to(at::kByte);
  const at::Tensor truth = inside.unsqueeze(0).repeat({n, 1, 1});
  return {(truth * 150 + 50).unsqueeze(1).contiguous(), truth};
}

TEST(Network, NormalizesOverWhatIsNotBlack) {
  at::Tensor gray = at::randint(1, 255, {2, 1, 20, 30}).to(at::kFloat);
  const at::Tensor plain = normalize(gray);
  EXPECT_NEAR(plain[0].mean().item<double>(), 0.0, 1e-5);
  EXPECT_NEAR(plain[1].square().mean().item<double>(), 1.0, 1e-4);
  const at::Tensor padded = normalize(at::constant_pad_nd(gray, {5, 7, 3, 9}, 0.0));
  EXPECT_TRUE(at::allclose(padded.narrow(2, 3, 20).narrow(3, 5, 30), plain, 1e-4, 1e-5));
  EXPECT_TRUE(at::isfinite(normalize(at::zeros({1, 1, 4, 4}))).all().item<bool>());
}

TEST(Network, WithoutAugmentationNothingChanges) {
  const auto [gray, truth] = discs(3, 32, 48, 9.0, 5.0);
  Random random(1);
  const Batch batch = augment(gray, truth, 2, nothing(), random);
  EXPECT_TRUE(at::allclose(batch.image, normalize(gray.to(at::kFloat)), 1e-3, 1e-3));
  EXPECT_TRUE(at::equal(batch.truth, truth.to(at::kLong)));
}

// Oracle: a disc turned about the picture's centre stays a disc of the same area at the same
// distance from it; with the picture's shape forgotten it would become an ellipse.
TEST(Network, RotationKeepsShapeAndMovesTruthWithImage) {
  const auto [gray, truth] = discs(16, 64, 128, 10.0, 18.0);
  AugmentationRecipe recipe = nothing();
  recipe.rotation_chance = 1.0;
  Random random(3);
  const Batch batch = augment(gray, truth, 2, recipe, random);
  double turned = 0.0;
  for (std::int64_t i = 0; i < 16; ++i) {
    const at::Tensor at_pixels = batch.truth[i].nonzero().to(at::kDouble);
    EXPECT_NEAR(static_cast<double>(at_pixels.size(0)), M_PI * 100.0, 12.0);
    const at::Tensor centre = at_pixels.mean(0) - at::tensor({31.5, 63.5}, at::kDouble);
    EXPECT_NEAR(centre.norm().item<double>(), 18.0, 0.3);
    turned = std::max(turned, std::abs(centre[0].item<double>()));
    const at::Tensor spread = at_pixels.var(0, false);  // a quarter of the radius squared
    EXPECT_NEAR(spread[0].item<double>(), 25.0, 1.5);
    EXPECT_NEAR(spread[1].item<double>(), 25.0, 1.5);
    const at::Tensor bright = batch.image[i][0].gt(batch.image[i].max().item<double>() - 0.5);
    EXPECT_LT(bright.ne(batch.truth[i].to(at::kBool)).sum().item<std::int64_t>(), 45);
  }
  EXPECT_GT(turned, 4.0);
}

TEST(Network, EveryAugmentationIsFiniteRepeatableAndMatters) {
  const at::Tensor gray = at::randint(1, 255, {4, 1, 32, 48}).to(at::kByte);
  const at::Tensor truth = gray.squeeze(1).gt(128).to(at::kByte);
  const auto apply = [&](const AugmentationRecipe& recipe) {
    Random random(9);
    return augment(gray, truth, 2, recipe, random).image;
  };
  const at::Tensor plain = apply(nothing());
  const std::vector<double AugmentationRecipe::*> chances{
      &AugmentationRecipe::rotation_chance,       &AugmentationRecipe::scale_chance,
      &AugmentationRecipe::shift_chance,          &AugmentationRecipe::depth_attenuation_chance,
      &AugmentationRecipe::shadow_chance,         &AugmentationRecipe::gamma_chance,
      &AugmentationRecipe::haze_chance,           &AugmentationRecipe::brightness_chance,
      &AugmentationRecipe::contrast_chance,       &AugmentationRecipe::blur_chance,
      &AugmentationRecipe::low_resolution_chance, &AugmentationRecipe::noise_chance};
  for (std::size_t k = 0; k < chances.size(); ++k) {
    AugmentationRecipe recipe = nothing();
    recipe.*chances[k] = 1.0;
    const at::Tensor changed = apply(recipe);
    EXPECT_TRUE(at::isfinite(changed).all().item<bool>()) << k;
    EXPECT_TRUE(at::equal(changed, apply(recipe))) << k;
    EXPECT_FALSE(at::allclose(changed, plain, 1e-3, 1e-3)) << k;
  }
}

// Oracle: equal chances everywhere, half of the pixels foreground: ln 2, and Dice one half.
TEST(Network, LossByHand) {
  at::Tensor truth = at::zeros({2, 8, 8}, at::kLong);
  truth.narrow(1, 0, 4).fill_(1);
  const at::Tensor even = at::zeros({2, 2, 8, 8});
  EXPECT_NEAR(segmentationLoss({even}, truth).item<double>(), std::log(2.0) + 0.5, 1e-5);
  EXPECT_NEAR(segmentationLoss({even, at::zeros({2, 2, 4, 4})}, truth).item<double>(),
              std::log(2.0) + 0.5, 1e-5);
  at::Tensor sure = at::full({2, 2, 8, 8}, -20.0);
  sure.select(1, 1).masked_fill_(truth.eq(1), 20.0);
  sure.select(1, 0).masked_fill_(truth.eq(0), 20.0);
  EXPECT_NEAR(segmentationLoss({sure}, truth).item<double>(), 0.0, 1e-5);
}

TEST(Network, PresetsGiveLogitsAtEveryLevel) {
  Dataset dataset;
  dataset.labels = {{1, "a"}, {2, "b"}};
  Case item;
  item.rows = 70;
  item.cols = 130;
  item.gray.assign(70 * 130, 90);
  item.truth.assign(70 * 130, 0);
  dataset.cases = {item};
  for (const char* preset : {"small", "quick", "max"}) {
    const NetworkPlan plan = planNetwork(networkSize(preset), dataset);
    EXPECT_NEAR(plan.grid_rows, 70, 16) << preset;
    EXPECT_NEAR(plan.grid_cols, 130, 16) << preset;
    const UNet network(plan, Runtime{}, 1);
    const at::NoGradGuard no_grad;
    const auto logits =
        network.forward(at::randn({2, 1, plan.grid_rows, plan.grid_cols}), network.headCount());
    for (std::size_t i = 0; i < logits.size(); ++i) {
      EXPECT_EQ(logits[i].sizes(),
                (std::vector<std::int64_t>{2, 3, plan.grid_rows >> i, plan.grid_cols >> i}));
    }
  }
}

TEST(Network, SizesOfThePresets) {
  Dataset dataset;
  dataset.labels = {{1, "head"}};
  Case item;
  item.rows = 540;
  item.cols = 800;
  item.gray.assign(540 * 800, 90);
  item.truth.assign(540 * 800, 0);
  dataset.cases = {item};
  const auto count = [&](const char* preset) {
    return UNet(planNetwork(networkSize(preset), dataset), Runtime{}, std::nullopt)
        .parameterCount();
  };
  EXPECT_EQ(planNetwork(networkSize("quick"), dataset).grid_rows, 160);
  EXPECT_EQ(planNetwork(networkSize("quick"), dataset).grid_cols, 240);
  EXPECT_LT(count("quick"), 1'500'000);
  EXPECT_NEAR(count("small"), 2'500'000, 500'000);
  EXPECT_LT(count("standard"), 10'000'000);  // two bytes each: at most 20 MB
}

// Oracle: 64 x 64 pixels of 2 maps, 11 each, and 32 x 32 of 3, 4 each, make 102,400 values.
TEST(Network, BatchesFitIntoMemory) {
  NetworkPlan plan;
  plan.grid_rows = plan.grid_cols = 64;
  plan.widths = {2, 3};
  const double picture = 102'400 * 9.5 / 0.6;
  EXPECT_EQ(picturesWithin(plan, 10.01 * picture), 10);
  EXPECT_EQ(picturesWithin(plan, 9.99 * picture), 9);
  EXPECT_EQ(picturesWithin(plan, 0.0), 1);
  plan.block = 2;
  EXPECT_EQ(picturesWithin(plan, 10.01 * picture), 40);
  plan.encoder_blocks = {1, 2};  // 13 and 10 maps
  EXPECT_EQ(picturesWithin(plan, 10.01 * picture), 29);
}

// Oracle: AdamW's first step is the learning rate times the gradient's sign, after decay.
TEST(Network, AdamWByHand) {
  TrainRecipe recipe;
  recipe.weight_decay = 0.5;
  recipe.clip_norm = 1e9;
  const at::Tensor w = at::tensor({2.0F, -1.0F}).view({1, 2}).set_requires_grad(true);
  Optimizer optimizer(recipe, {{"w", w}});
  (w * at::tensor({3.0F, -4.0F})).sum().backward();
  optimizer.step(0.1);
  EXPECT_NEAR(w[0][0].item<double>(), 2.0 * 0.95 - 0.1, 1e-5);
  EXPECT_NEAR(w[0][1].item<double>(), -1.0 * 0.95 + 0.1, 1e-5);
  EXPECT_FALSE(w.grad().defined());
}

// Oracle: gradient 1 twice; momentum 1, then 1.5; Nesterov adds half of it again to the gradient.
TEST(Network, NesterovByHand) {
  TrainRecipe recipe;
  recipe.optimization = Optimization::kSgdPoly;
  recipe.momentum = 0.5;
  recipe.weight_decay = 0.0;
  recipe.clip_norm = 1e9;
  const at::Tensor w = at::zeros({1}).set_requires_grad(true);
  Optimizer optimizer(recipe, {{"w", w}});
  for (int i = 0; i < 2; ++i) {
    w.sum().backward();
    optimizer.step(0.1);
  }
  EXPECT_NEAR(w.item<double>(), -0.1 * (1.5 + 1.75), 1e-6);
}

TEST(Network, ClipsToTheLargestNorm) {
  TrainRecipe recipe;
  recipe.optimization = Optimization::kSgdPoly;
  recipe.momentum = 0.0;
  recipe.clip_norm = 5.0;
  const at::Tensor w = at::zeros({2}).set_requires_grad(true);
  Optimizer optimizer(recipe, {{"w", w}});
  (w * at::tensor({30.0F, 40.0F})).sum().backward();
  optimizer.step(1.0);
  EXPECT_NEAR(w[0].item<double>(), -3.0, 1e-4);
  EXPECT_NEAR(w[1].item<double>(), -4.0, 1e-4);
}

TEST(Network, SchedulesRiseAndFall) {
  TrainRecipe recipe;
  recipe.warmup_share = 0.1;
  EXPECT_LT(scheduleFactor(recipe, 0.0), 0.05);
  EXPECT_NEAR(scheduleFactor(recipe, 0.1), 1.0, 1e-9);
  EXPECT_NEAR(scheduleFactor(recipe, 0.55), 0.5, 1e-9);
  EXPECT_NEAR(scheduleFactor(recipe, 7.0), 0.0, 1e-9);
  recipe.optimization = Optimization::kSgdPoly;
  recipe.warmup_share = 0.0;
  EXPECT_NEAR(scheduleFactor(recipe, 0.5), std::pow(0.5, 0.9), 1e-9);
}
}  // namespace
}  // namespace sonotwin::segment
