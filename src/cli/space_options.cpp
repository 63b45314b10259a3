// SPDX-License-Identifier: Apache-2.0
#include "space_options.h"

#include <CLI/CLI.hpp>

#include "usage.h"

namespace sonotwin::cli {

void addVoxelOptions(CLI::App& command, reconstruct::VoxelOptions& options) {
  using reconstruct::Compounding;
  using reconstruct::Fill;
  using reconstruct::Interpolation;
  static const std::map<std::string, Interpolation> interpolations = {
      {"nearest", Interpolation::kNearest}, {"linear", Interpolation::kLinear}};
  static const std::map<std::string, Compounding> compoundings = {
      {"latest", Compounding::kLatest},
      {"first", Compounding::kFirst},
      {"maximum", Compounding::kMaximum},
      {"mean", Compounding::kMean}};
  static const std::map<std::string, Fill> fills = {
      {"none", Fill::kNone}, {"normalized-convolution", Fill::kNormalizedConvolution}};
  command.add_option("--spacing-mm", options.spacing_mm, "Voxel edge")
      ->check(CLI::Range(0.01, 100.0))
      ->capture_default_str();
  command.add_option("--threads", options.threads, "0: all")->check(CLI::Range(0, 1024));
  command.add_option("--method", options.interpolation, "nearest or linear (default)")
      ->transform(wordOf(interpolations));
  command
      .add_option("--compounding", options.compounding, "latest, first, maximum, mean (default)")
      ->transform(wordOf(compoundings));
  command.add_option("--fill", options.fill, "none or normalized-convolution (default)")
      ->transform(wordOf(fills));
  command.add_option("--fill-radius-mm", options.fill_radius_mm, "Farthest a hole is filled")
      ->check(CLI::Range(0.0, 50.0))
      ->capture_default_str();
  command.add_option("--device", options.device, "auto, cpu, cuda, cuda:1")->capture_default_str();
}

}  // namespace sonotwin::cli
