// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>

#include "contrast.h"
#include "normalize.h"
#include "run_recipe.h"
#include "sector_map.h"
#include "smooth.h"
#include "sonotwin/base/error.h"
#include "sonotwin/enhance/recipe.h"
#include "speckle.h"

namespace sonotwin::enhance {
namespace {
constexpr float kWhite = 255.0F;
constexpr float kShownDeviations = 3.0F;
constexpr const char* kZScore = "z-score";

Diffusion diffusionOf(const Step& step) {
  return {.iterations = step.parameters.at("iterations"),
          .conductance = step.parameters.at("conductance"),
          .time_step = step.parameters.at("time_step")};
}

SpeckleDiffusion speckleDiffusionOf(const Step& step) {
  const auto decay = step.parameters.find("decay");
  return {.iterations = static_cast<int>(step.parameters.at("iterations")),
          .time_step = step.parameters.at("time_step"),
          .decay = decay == step.parameters.end() ? 0.0 : decay->second,
          .dynamic_range_db = step.parameters.at("dynamic_range_db")};
}

Adaptive adaptiveOf(const Step& step) {
  return {.radius_px = static_cast<int>(step.parameters.at("radius_px")),
          .dynamic_range_db = step.parameters.at("dynamic_range_db")};
}

NonLocal nonLocalOf(const Step& step) {
  return {.search_px = static_cast<int>(step.parameters.at("search_px")),
          .patch_px = static_cast<int>(step.parameters.at("patch_px")),
          .strength = step.parameters.at("strength")};
}

LocalContrast localContrastOf(const Step& step) {
  return {.tiles = static_cast<int>(step.parameters.at("tiles")),
          .clip_limit = step.parameters.at("clip_limit"),
          .strength = step.parameters.at("strength")};
}

using Filter = std::function<void(Patch&, const Step&)>;

const std::map<std::string, Filter>& filterFunctions() {
  static const std::map<std::string, Filter> functions = {
      {"median", [](Patch& p, const Step& s) { median(p, s.parameters.at("radius_px")); }},
      {"curvature-diffusion",
       [](Patch& p, const Step& s) { curvatureDiffusion(p, diffusionOf(s)); }},
      {"gradient-diffusion", [](Patch& p, const Step& s) { gradientDiffusion(p, diffusionOf(s)); }},
      {"bilateral",
       [](Patch& p, const Step& s) {
         bilateral(p, s.parameters.at("domain_sigma_px"), s.parameters.at("range_sigma"));
       }},
      {"srad", [](Patch& p, const Step& s) { srad(p, speckleDiffusionOf(s)); }},
      {"dpad",
       [](Patch& p, const Step& s) {
         dpad(p, speckleDiffusionOf(s), static_cast<int>(s.parameters.at("radius_px")));
       }},
      {"lee", [](Patch& p, const Step& s) { lee(p, adaptiveOf(s)); }},
      {"kuan", [](Patch& p, const Step& s) { kuan(p, adaptiveOf(s)); }},
      {"frost",
       [](Patch& p, const Step& s) { frost(p, adaptiveOf(s), s.parameters.at("damping")); }},
      {"obnlm", [](Patch& p, const Step& s) { obnlm(p, nonLocalOf(s)); }},
      {"depth-gain",
       [](Patch& p, const Step& s) {
         compensateDepthGain(p, s.parameters.at("strength"), s.parameters.at("reach"));
       }},
      {"clahe", [](Patch& p, const Step& s) { clahe(p, localContrastOf(s)); }},
      {"gamma", [](Patch& p, const Step& s) { applyGamma(p, s.parameters.at("gamma")); }},
      {"percentile-stretch",
       [](Patch& p, const Step& s) {
         percentileStretch(p, s.parameters.at("low_percent"), s.parameters.at("high_percent"));
       }},
      {"min-max", [](Patch& p, const Step& /*step*/) { minMax(p); }},
      {kZScore, [](Patch& p, const Step& /*step*/) { zScore(p); }},
  };
  return functions;
}

/// @returns whether the GPU has the filter
bool runOnGpu(GpuFilters& gpu, Patch& patch, const Step& step) {
  if (step.filter == "srad") {
    gpu.srad(patch, speckleDiffusionOf(step));
  } else if (step.filter == "obnlm") {
    gpu.obnlm(patch, nonLocalOf(step));
  } else if (step.filter == "clahe") {
    gpu.clahe(patch, localContrastOf(step));
  } else {
    return false;
  }
  return true;
}

/// Luminance on the 8-bit scale.
std::vector<float> grayLevels(const media::Image& frame) {
  std::vector<float> levels = media::toGrayFloat(frame);
  float scale = 1.0F;
  if (frame.type == media::PixelType::kUint16) {
    const float top = *std::ranges::max_element(levels);
    scale = top > 0.0F ? kWhite / top : 1.0F;
  }
  for (float& level : levels) {
    level = std::isfinite(level) ? std::clamp(level * scale, 0.0F, kWhite) : 0.0F;
  }
  return levels;
}

std::size_t pixelIndex(int row, int col, int cols) {
  return static_cast<std::size_t>(row) * static_cast<std::size_t>(cols) +
         static_cast<std::size_t>(col);
}

Patch cutOut(const std::vector<float>& levels, int cols, std::shared_ptr<const SectorMap> map) {
  Patch patch{std::move(map), {}};
  patch.levels.reserve(patch.map->inside.size());
  for (int row = patch.map->box.y0; row < patch.map->box.y1; ++row) {
    const auto first =
        levels.begin() + static_cast<std::ptrdiff_t>(pixelIndex(row, patch.map->box.x0, cols));
    patch.levels.insert(patch.levels.end(), first, first + patch.cols());
  }
  return patch;
}

/// Calls `body(picture index, box index)` for each pixel inside the sector.
template <class Body>
void forEachInside(const SectorMap& map, int cols, const Body& body) {
  for (int row = 0; row < map.rows(); ++row) {
    for (int col = 0; col < map.cols(); ++col) {
      const std::size_t in_box = pixelIndex(row, col, map.cols());
      if (map.inside[in_box] == 0) continue;
      body(pixelIndex(row + map.box.y0, col + map.box.x0, cols), in_box);
    }
  }
}

std::uint8_t rounded(float level) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(level, 0.0F, kWhite)));
}

bool endsInZScore(const Recipe& recipe) {
  return std::ranges::any_of(recipe.steps,
                             [](const Step& s) { return s.on && s.filter == kZScore; });
}
}  // namespace

media::Image apply(const Recipe& recipe, const media::Image& frame,
                   const media::ScanSector& sector) {
  return runRecipe(recipe, frame, sector, nullptr);
}

media::Image runRecipe(const Recipe& recipe, const media::Image& frame,
                       const media::ScanSector& sector, GpuFilters* gpu) {
  const Recipe checked = completed(recipe);
  const std::vector<float> levels = grayLevels(frame);
  Patch patch = cutOut(levels, frame.cols, sectorMap(sector, frame.rows, frame.cols));
  for (const Step& step : checked.steps) {
    if (!step.on) continue;
    if (!gpu || !runOnGpu(*gpu, patch, step)) filterFunctions().at(step.filter)(patch, step);
    if (step.filter == kZScore) continue;
    for (float& level : patch.levels) level = std::clamp(level, 0.0F, kWhite);
  }
  media::Image result(frame.rows, frame.cols, 1, media::PixelType::kFloat32);
  const auto samples = result.samples<float>();
  std::ranges::copy(levels, samples.begin());
  forEachInside(*patch.map, frame.cols, [&](std::size_t in_picture, std::size_t in_box) {
    samples[in_picture] = patch.levels[in_box];
  });
  return result;
}

media::Image toPicture(const Recipe& recipe, const media::Image& enhanced,
                       const media::ScanSector& sector) {
  if (enhanced.type != media::PixelType::kFloat32 || enhanced.channels != 1) {
    throw Error(ErrorKind::kInternal, "An enhanced frame is one float sample a pixel.");
  }
  const auto samples = enhanced.samples<float>();
  media::Image picture(enhanced.rows, enhanced.cols);
  const auto pixels = picture.samples<std::uint8_t>();
  std::ranges::transform(samples, pixels.begin(), rounded);
  if (!endsInZScore(recipe)) return picture;
  const auto map = sectorMap(sector, enhanced.rows, enhanced.cols);
  forEachInside(*map, enhanced.cols, [&](std::size_t in_picture, std::size_t /*in_box*/) {
    const float deviations = samples[in_picture];
    pixels[in_picture] = rounded((deviations / kShownDeviations + 1.0F) / 2.0F * kWhite);
  });
  return picture;
}

}  // namespace sonotwin::enhance
