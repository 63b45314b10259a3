// SPDX-License-Identifier: Apache-2.0
#include "augment.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

namespace sonotwin::segment {
namespace {
constexpr int kBlurReach = 3;  // pixels: 3 standard deviations of the widest blur

/// One number an image, as [n x 1 x 1 x 1]; empty where chance left every image as it is.
at::Tensor drawEach(std::int64_t count, double chance, double unchanged, const at::Tensor& like,
                    Random& random, const std::function<double()>& draw) {
  at::Tensor values = at::full({count, 1, 1, 1}, unchanged, at::kFloat);
  bool any = false;
  for (std::int64_t i = 0; i < count; ++i) {
    if (!random.chance(chance)) continue;
    values.data_ptr<float>()[i] = static_cast<float>(draw());
    any = true;
  }
  return any ? values.to(like.device()) : at::Tensor();
}

/// Centres of the rows (or columns) from 0 to 1.
at::Tensor ramp(std::int64_t count, const at::Tensor& like) {
  return (at::arange(count, like.options().dtype(at::kFloat)) + 0.5) / static_cast<double>(count);
}

void drawAffine(float* theta, double rows_per_col, const AugmentationRecipe& r, Random& random) {
  const auto within = [&random](double limit) { return random.uniform(-limit, limit); };
  const double angle = random.chance(r.rotation_chance)
                           ? within(r.rotation_max_deg) * std::numbers::pi / 180.0
                           : 0.0;
  const double zoom = random.chance(r.scale_chance)
                          ? std::exp(random.uniform(std::log(r.scale_low), std::log(r.scale_high)))
                          : 1.0;
  const bool shifted = random.chance(r.shift_chance);
  const double side = random.chance(r.mirror_chance) ? -1.0 : 1.0;
  const double c = std::cos(angle) / zoom, s = std::sin(angle) / zoom;
  // Coordinates run from -1 to 1 on both axes, so a rotation has to know the picture's shape.
  const double matrix[6] = {side * c,
                            -side * s * rows_per_col,
                            shifted ? 2.0 * within(r.shift_max_share) : 0.0,
                            s / rows_per_col,
                            c,
                            shifted ? 2.0 * within(r.shift_max_share) : 0.0};
  std::ranges::transform(matrix, theta, [](double value) { return static_cast<float>(value); });
}

/// Moves image and truth alike; the truth by the share of each class, so that edges stay where
/// they belong between the pixels.
Batch warp(const at::Tensor& gray, const at::Tensor& truth, int classes,
           const AugmentationRecipe& recipe, Random& random) {
  const std::int64_t n = gray.size(0), rows = gray.size(2), cols = gray.size(3);
  at::Tensor theta = at::empty({n, 2, 3}, at::kFloat);
  for (std::int64_t i = 0; i < n; ++i) {
    drawAffine(theta.data_ptr<float>() + 6 * i,
               static_cast<double>(rows) / static_cast<double>(cols), recipe, random);
  }
  std::vector<at::Tensor> planes{gray.to(at::kFloat)};
  for (int k = 1; k < classes; ++k) planes.push_back(truth.eq(k).unsqueeze(1).to(at::kFloat));
  const at::Tensor grid =
      at::affine_grid_generator(theta.to(gray.device()), {n, classes, rows, cols}, false);
  const at::Tensor moved = at::grid_sampler(at::cat(planes, 1), grid, 0, 0, false);
  const at::Tensor foreground = moved.narrow(1, 1, classes - 1);
  const at::Tensor background = 1.0 - foreground.sum(1, true);
  return {moved.narrow(1, 0, 1), at::cat({background, foreground}, 1).argmax(1)};
}

at::Tensor attenuate(const at::Tensor& gray, const AugmentationRecipe& r, Random& random) {
  const at::Tensor neper =
      drawEach(gray.size(0), r.depth_attenuation_chance, 0.0, gray, random,
               [&] { return random.uniform(-r.depth_attenuation_max, r.depth_attenuation_max); });
  if (!neper.defined()) return gray;
  return gray * at::exp(-neper * ramp(gray.size(2), gray).view({1, 1, -1, 1}));
}

/// A soft dark spot, as behind bone or gas.
at::Tensor shadow(const at::Tensor& gray, const AugmentationRecipe& r, Random& random) {
  const std::int64_t n = gray.size(0);
  const at::Tensor depth = drawEach(n, r.shadow_chance, 0.0, gray, random,
                                    [&] { return random.uniform(0.2, r.shadow_max_depth); });
  const auto each = [&](double low, double high) {
    return drawEach(n, 1.0, 0.0, gray, random, [&] { return random.uniform(low, high); });
  };
  const at::Tensor x = each(0.0, 1.0), y = each(0.0, 1.0);
  const at::Tensor wide = each(0.05, 0.2), high = each(0.1, 0.4);
  if (!depth.defined()) return gray;
  const at::Tensor across = (ramp(gray.size(3), gray).view({1, 1, 1, -1}) - x) / wide;
  const at::Tensor down = (ramp(gray.size(2), gray).view({1, 1, -1, 1}) - y) / high;
  return gray * (1.0 - depth * at::exp(-0.5 * (across.square() + down.square())));
}

/// A bright band around the probe, at one depth, as of reverberation; black stays black.
at::Tensor haze(const at::Tensor& gray, const AugmentationRecipe& r, Random& random) {
  const std::int64_t n = gray.size(0);
  const at::Tensor level = drawEach(n, r.haze_chance, 0.0, gray, random,
                                    [&] { return random.uniform(0.05, r.haze_max_level); });
  const auto each = [&](double low, double high) {
    return drawEach(n, 1.0, 0.0, gray, random, [&] { return random.uniform(low, high); });
  };
  const at::Tensor x = each(0.3, 0.7), depth = each(0.1, 0.9), wide = each(0.03, 0.12);
  if (!level.defined()) return gray;
  const double aspect = static_cast<double>(gray.size(3)) / static_cast<double>(gray.size(2));
  const at::Tensor across = (ramp(gray.size(3), gray).view({1, 1, 1, -1}) - x) * aspect;
  const at::Tensor down = ramp(gray.size(2), gray).view({1, 1, -1, 1});
  const at::Tensor off = ((across.square() + down.square()).sqrt() - depth) / wide;
  const at::Tensor band = 255.0 * level * at::exp(-0.5 * off.square());
  return (gray + band * gray.gt(0.5)).clamp_max(255.0);
}

at::Tensor bendLevels(const at::Tensor& gray, const AugmentationRecipe& r, Random& random) {
  const at::Tensor power = drawEach(gray.size(0), r.gamma_chance, 1.0, gray, random,
                                    [&] { return random.uniform(r.gamma_low, r.gamma_high); });
  if (!power.defined()) return gray;
  return 255.0 * at::pow(gray.clamp(0.0, 255.0) / 255.0, power);
}

at::Tensor blur(const at::Tensor& image, const AugmentationRecipe& r, Random& random) {
  const std::int64_t n = image.size(0);
  const at::Tensor sigma = drawEach(n, r.blur_chance, 1e-3, image, random,
                                    [&] { return random.uniform(r.blur_low_px, r.blur_high_px); });
  if (!sigma.defined()) return image;
  const at::Tensor distance = at::arange(-kBlurReach, kBlurReach + 1, sigma.options());
  at::Tensor kernel = at::exp(-0.5 * (distance.view({1, 1, 1, -1}) / sigma).square());
  kernel = kernel / kernel.sum(3, true);
  // One group an image: each is blurred by its own kernel.
  const auto along = [&](const at::Tensor& x, at::IntArrayRef border, const at::Tensor& weight) {
    return at::conv2d(at::replication_pad2d(x, border), weight, {}, at::IntArrayRef{1, 1},
                      at::IntArrayRef{0, 0}, at::IntArrayRef{1, 1}, n);
  };
  const at::Tensor across = along(image.transpose(0, 1), {kBlurReach, kBlurReach, 0, 0}, kernel);
  const at::Tensor down = along(across, {0, 0, kBlurReach, kBlurReach}, kernel.transpose(2, 3));
  return down.transpose(0, 1);
}

at::Tensor coarsen(const at::Tensor& image, const AugmentationRecipe& r, Random& random) {
  at::Tensor result = image;
  for (std::int64_t i = 0; i < image.size(0); ++i) {
    if (!random.chance(r.low_resolution_chance)) continue;
    const double share = random.uniform(r.low_resolution_low, 1.0);
    const auto side = [&](int axis) {
      return std::max<std::int64_t>(1, std::llround(share * static_cast<double>(image.size(axis))));
    };
    if (result.is_same(image)) result = image.clone();
    at::Tensor one = result.narrow(0, i, 1);
    const at::Tensor small = at::upsample_nearest2d(one.clone(), {side(2), side(3)});
    one.copy_(at::upsample_bilinear2d(small, {image.size(2), image.size(3)}, false));
  }
  return result;
}

at::Tensor changeLevels(at::Tensor image, const AugmentationRecipe& r, Random& random) {
  const std::int64_t n = image.size(0);
  const at::Tensor shift = drawEach(n, r.brightness_chance, 0.0, image, random, [&] {
    return random.uniform(-r.brightness_max_shift, r.brightness_max_shift);
  });
  if (shift.defined()) image = image + shift;
  const at::Tensor gain = drawEach(n, r.contrast_chance, 1.0, image, random,
                                   [&] { return random.uniform(r.contrast_low, r.contrast_high); });
  if (gain.defined()) image = image * gain;
  const at::Tensor sd = drawEach(n, r.noise_chance, 0.0, image, random,
                                 [&] { return random.uniform(0, r.noise_max); });
  at::Generator generator = at::globalContext().defaultGenerator(image.device()).clone();
  generator.set_current_seed(random.next());
  if (sd.defined()) image = image + sd * at::randn(image.sizes(), generator, image.options());
  return image;
}
}  // namespace

at::Tensor normalize(const at::Tensor& gray) {
  const at::Tensor seen = gray.gt(0.5).to(at::kFloat);
  const at::Tensor count = seen.sum({1, 2, 3}, true).clamp_min(1.0);
  const at::Tensor mean = (gray * seen).sum({1, 2, 3}, true) / count;
  const at::Tensor centred = gray - mean;
  const at::Tensor variance = (centred.square() * seen).sum({1, 2, 3}, true) / count;
  return centred / variance.sqrt().clamp_min(1.0);  // a picture without contrast stays flat
}

Batch augment(const at::Tensor& gray, const at::Tensor& truth, int classes,
              const AugmentationRecipe& recipe, Random& random) {
  const at::NoGradGuard no_grad;
  Batch batch = warp(gray, truth, classes, recipe, random);
  at::Tensor image = attenuate(batch.image, recipe, random);
  image = shadow(image, recipe, random);
  image = haze(image, recipe, random);
  image = bendLevels(image, recipe, random);
  image = normalize(image);
  image = blur(image, recipe, random);
  image = coarsen(image, recipe, random);
  batch.image = changeLevels(image, recipe, random);
  return batch;
}

}  // namespace sonotwin::segment
