// SPDX-License-Identifier: Apache-2.0
#include "space_options.h"

#include <CLI/CLI.hpp>
#include <map>
#include <span>
#include <string>

#include "sonotwin/reconstruct/methods.h"
#include "usage.h"

namespace sonotwin::cli {

namespace {
/// What each word means, a line each, below the option's own line.
template <class Value>
std::string explained(const std::string& what,
                      std::span<const reconstruct::Choice<Value>> choices) {
  std::string text = what;
  for (const auto& choice : choices) {
    text += "\n" + std::string(choice.name) + ": " + std::string(choice.when);
  }
  return text;
}

template <class Value>
CLI::Validator wordsOf(std::span<const reconstruct::Choice<Value>> choices) {
  std::map<std::string, Value> words;
  for (const auto& choice : choices) words[std::string(choice.name)] = choice.value;
  return wordOf(words);
}
}  // namespace

void addVoxelOptions(CLI::App& command, reconstruct::VoxelOptions& options) {
  command.add_option("--spacing-mm", options.spacing_mm, "Voxel edge")
      ->check(CLI::Range(0.01, 100.0))
      ->capture_default_str();
  command.add_option("--threads", options.threads, "0: all")->check(CLI::Range(0, 1024));
  command
      .add_option("--method", options.interpolation,
                  explained("How pixels become voxels", reconstruct::interpolations()))
      ->transform(wordsOf(reconstruct::interpolations()));
  command
      .add_option("--compounding", options.compounding,
                  explained("What a voxel keeps of several frames", reconstruct::compoundings()))
      ->transform(wordsOf(reconstruct::compoundings()));
  command
      .add_option("--fill", options.fill,
                  explained("What becomes of voxels no pixel reached", reconstruct::fills()))
      ->transform(wordsOf(reconstruct::fills()));
  command.add_option("--fill-radius-mm", options.fill_radius_mm, "Farthest a hole is filled")
      ->check(CLI::Range(0.0, 50.0))
      ->capture_default_str();
  command.add_flag("--sharpen,!--no-sharpen", options.sharpen,
                   "Take out of linear means what their weights blur (default: yes)");
  command.add_flag("--uncertainty", options.uncertainty,
                   "Work out each voxel's deviation, too (of means)");
  command
      .add_option("--focus-mm", options.beam.focus_mm,
                  "Depth of the beam's focus, for --compounding beam (0: half the depth)")
      ->check(CLI::Range(0.0, 500.0))
      ->capture_default_str();
  command
      .add_option("--focal-zone-mm", options.beam.focal_zone_mm,
                  "Length of the beam's focal zone, for --compounding beam")
      ->check(CLI::Range(0.1, 500.0))
      ->capture_default_str();
  command.add_option("--device", options.device, "auto, cpu, cuda, cuda:1")->capture_default_str();
}

}  // namespace sonotwin::cli
