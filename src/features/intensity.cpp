// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "parts.h"

namespace sonotwin::features {
namespace {
double percentile(const std::vector<double>& sorted, double share) {
  const double rank = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (rank - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double entropyOf(const std::vector<double>& levels) {
  std::array<double, 256> counts{};
  for (const double level : levels) counts[static_cast<std::size_t>(level)] += 1.0;
  double entropy = 0.0;
  for (const double count : counts) {
    const double share = count / static_cast<double>(levels.size());
    if (share > 0.0) entropy -= share * std::log2(share);
  }
  return entropy;
}
}  // namespace

void addIntensity(std::vector<Feature>& features, const Region& region) {
  std::vector<double> levels;
  for (std::size_t i = 0; i < region.gray.size(); ++i) {
    if (region.inside[i] != 0) levels.push_back(region.gray[i]);
  }
  std::ranges::sort(levels);
  const auto count = static_cast<double>(levels.size());
  double mean = 0.0;
  for (const double level : levels) mean += level / count;
  std::array<double, 5> moment{};
  for (const double level : levels) {
    for (std::size_t power = 2; power <= 4; ++power) {
      moment[power] += std::pow(level - mean, static_cast<double>(power)) / count;
    }
  }
  const bool varies = moment[2] > 0.0;
  const auto ifVaries = [varies](double value) {
    return varies ? std::optional(value) : std::nullopt;
  };
  features.push_back({"mean_level", mean});
  features.push_back({"sd_level", std::sqrt(moment[2])});
  features.push_back({"min_level", levels.front()});
  features.push_back({"p05_level", percentile(levels, 0.05)});
  features.push_back({"p25_level", percentile(levels, 0.25)});
  features.push_back({"median_level", percentile(levels, 0.5)});
  features.push_back({"p75_level", percentile(levels, 0.75)});
  features.push_back({"p95_level", percentile(levels, 0.95)});
  features.push_back({"max_level", levels.back()});
  features.push_back({"skewness", ifVaries(moment[3] / std::pow(moment[2], 1.5))});
  features.push_back({"kurtosis", ifVaries(moment[4] / (moment[2] * moment[2]))});
  features.push_back({"entropy_bits", entropyOf(levels)});
}

}  // namespace sonotwin::features
