// SPDX-License-Identifier: Apache-2.0
#include <itkScalarImageToCooccurrenceMatrixFilter.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "itk_picture.h"
#include "parts.h"

namespace sonotwin::features {
namespace {
constexpr int kLevels = 32;
constexpr int kGrayLevelsEach = 256 / kLevels;
constexpr std::array<std::array<int, 2>, 4> kDirections = {{{1, 0}, {1, 1}, {0, 1}, {-1, 1}}};

/// Of grey levels on either side of a step; sums to 1, or 0 where no two pixels are neighbours.
using Cooccurrence = std::array<std::array<double, kLevels>, kLevels>;

Cooccurrence cooccurrence(const Picture* gray, const Picture* inside,
                          const std::array<int, 2>& direction) {
  const auto filter = itk::Statistics::ScalarImageToCooccurrenceMatrixFilter<Picture>::New();
  filter->SetInput(gray);
  filter->SetMaskImage(inside);
  filter->SetInsidePixelValue(1);
  filter->SetNumberOfBinsPerAxis(kLevels);
  filter->SetPixelValueMinMax(0, kLevels - 1);
  filter->SetOffset({{direction[0], direction[1]}});
  runFilter(*filter);
  const auto* histogram = filter->GetOutput();
  const auto total = static_cast<double>(histogram->GetTotalFrequency());
  Cooccurrence shares{};
  if (total == 0.0) return shares;
  auto index = histogram->GetIndex(0);
  for (int i = 0; i < kLevels; ++i) {
    for (int j = 0; j < kLevels; ++j) {
      index[0] = i;
      index[1] = j;
      shares[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] =
          static_cast<double>(histogram->GetFrequency(index)) / total;
    }
  }
  return shares;
}

struct Haralick {
  double energy = 0.0, entropy = 0.0, contrast = 0.0, homogeneity = 0.0;
  std::optional<double> correlation;  ///< none where all pixels are of one level
};

Haralick haralick(const Cooccurrence& shares) {
  Haralick found;
  double mean = 0.0, squares = 0.0, products = 0.0;
  for (std::size_t i = 0; i < kLevels; ++i) {
    for (std::size_t j = 0; j < kLevels; ++j) {
      const double share = shares[i][j];
      if (share == 0.0) continue;
      const double level = static_cast<double>(i), other = static_cast<double>(j);
      const double apart = (level - other) * (level - other);
      found.energy += share * share;
      found.entropy -= share * std::log2(share);
      found.contrast += apart * share;
      found.homogeneity += share / (1.0 + apart);
      mean += level * share;
      squares += level * level * share;
      products += level * other * share;
    }
  }
  const double variance = squares - mean * mean;
  if (variance > 1e-12) found.correlation = (products - mean * mean) / variance;
  return found;
}

void addCooccurrence(std::vector<Feature>& features, const Region& region) {
  const auto gray = pictureOf(region.gray, region.rows, region.cols);
  const auto inside = pictureOf(region.inside, region.rows, region.cols);
  Haralick sum;
  double directions = 0.0, correlations = 0.0, correlation = 0.0;
  for (const auto& direction : kDirections) {
    const Haralick found = haralick(cooccurrence(gray, inside, direction));
    if (found.energy == 0.0) continue;  // nothing lies side by side that way
    directions += 1.0;
    sum.energy += found.energy;
    sum.entropy += found.entropy;
    sum.contrast += found.contrast;
    sum.homogeneity += found.homogeneity;
    correlations += found.correlation ? 1.0 : 0.0;
    correlation += found.correlation.value_or(0.0);
  }
  const auto mean = [](double total, double count) {
    return count > 0.0 ? std::optional(total / count) : std::nullopt;
  };
  features.push_back({"glcm_energy", mean(sum.energy, directions)});
  features.push_back({"glcm_entropy_bits", mean(sum.entropy, directions)});
  features.push_back({"glcm_contrast", mean(sum.contrast, directions)});
  features.push_back({"glcm_homogeneity", mean(sum.homogeneity, directions)});
  features.push_back({"glcm_correlation", mean(correlation, correlations)});
}

/// How many runs there are of each level and length, along rows and columns.
std::map<std::pair<int, int>, double> runsOf(const Region& region) {
  std::map<std::pair<int, int>, double> runs;
  const auto walk = [&](int lines, int length, auto place) {
    for (int line = 0; line < lines; ++line) {
      int level = -1, run = 0;
      for (int step = 0; step <= length; ++step) {
        const std::size_t at = step < length ? place(line, step) : 0;
        const int here = step < length && region.inside[at] != 0 ? region.gray[at] : -1;
        if (here != level && level >= 0) runs[{level, run}] += 1.0;
        run = here == level ? run + 1 : 1;
        level = here;
      }
    }
  };
  walk(region.rows, region.cols, [&](int line, int step) { return region.at(line, step); });
  walk(region.cols, region.rows, [&](int line, int step) { return region.at(step, line); });
  return runs;
}

void addRuns(std::vector<Feature>& features, const Region& region) {
  std::map<int, double> of_level, of_length;
  double total = 0.0, short_runs = 0.0, long_runs = 0.0, low = 0.0, high = 0.0, pixels = 0.0;
  for (const auto& [key, count] : runsOf(region)) {
    const double level = key.first + 1.0, length = key.second;
    total += count;
    pixels += count * length;
    short_runs += count / (length * length);
    long_runs += count * length * length;
    low += count / (level * level);
    high += count * level * level;
    of_level[key.first] += count;
    of_length[key.second] += count;
  }
  const auto nonuniformity = [total](const std::map<int, double>& counts) {
    double squares = 0.0;
    for (const auto& [key, count] : counts) squares += count * count;
    return squares / total;
  };
  features.push_back({"run_short_emphasis", short_runs / total});
  features.push_back({"run_long_emphasis", long_runs / total});
  features.push_back({"run_level_nonuniformity", nonuniformity(of_level)});
  features.push_back({"run_length_nonuniformity", nonuniformity(of_length)});
  features.push_back({"run_low_level_emphasis", low / total});
  features.push_back({"run_high_level_emphasis", high / total});
  features.push_back({"run_percentage", total / pixels});
}
}  // namespace

void addTexture(std::vector<Feature>& features, const Region& region) {
  Region coarse = region;
  for (std::uint8_t& level : coarse.gray)
    level = static_cast<std::uint8_t>(level / kGrayLevelsEach);
  addCooccurrence(features, coarse);
  addRuns(features, coarse);
}

}  // namespace sonotwin::features
