// SPDX-License-Identifier: Apache-2.0
#include "space_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <numbers>
#include <span>
#include <string>

#include "sonotwin/media/image_io.h"
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

namespace {
void readRegion(const std::vector<double>& corners_mm, reconstruct::VoxelOptions& options) {
  reconstruct::Region region;
  for (int axis = 0; axis < 3; ++axis) {
    const auto low = static_cast<std::size_t>(axis), high = low + 3;
    region.low_mm[axis] = std::min(corners_mm[low], corners_mm[high]);
    region.high_mm[axis] = std::max(corners_mm[low], corners_mm[high]);
  }
  options.region = region;
}

void readFan(const std::vector<double>& numbers, reconstruct::VoxelOptions& options) {
  constexpr double kDegree_rad = std::numbers::pi / 180.0;
  if (!options.sector) options.sector.emplace();
  options.sector->fan = media::Fan{numbers[0],
                                   numbers[1],
                                   numbers[2],
                                   numbers[3],
                                   numbers[4] * kDegree_rad,
                                   numbers[5] * kDegree_rad,
                                   1.0};
}

/// Which pixels go in, where the grid lies, and what is done about the poses.
void addSweepOptions(CLI::App& command, reconstruct::VoxelOptions& options) {
  using reconstruct::GridAxes;
  command
      .add_option("--axes", options.axes, "Of the grid: world (default), or sweep, along its path")
      ->transform(wordOf(std::map<std::string, GridAxes>{{"world", GridAxes::kWorld},
                                                         {"sweep", GridAxes::kSweep}}));
  command
      .add_option_function<std::vector<double>>(
          "--region", [&options](const auto& corners_mm) { readRegion(corners_mm, options); },
          "x,y,z,x,y,z in mm: two corners of the box to reconstruct")
      ->delimiter(',')
      ->expected(6);
  CLI::Option* box = command
                         .add_option_function<std::string>(
                             "--clip-box",
                             [&options](const std::string& text) {
                               if (!options.sector) options.sector.emplace();
                               options.sector->rectangle = boxOf(text);
                             },
                             "LEFT,TOP,RIGHT,BOTTOM of the pixels that go in")
                         ->check(pixelBox());
  CLI::Option* fan =
      command
          .add_option_function<std::vector<double>>(
              "--clip-fan", [&options](const auto& numbers) { readFan(numbers, options); },
              "x,y of the apex, inner and outer radius (pixels), left and right angle from "
              "straight down (degrees): the pixels that go in")
          ->delimiter(',')
          ->expected(6);
  command
      .add_flag("--find-sector", options.find_sector,
                "Find the pixels that go in from the pictures")
      ->excludes(box)
      ->excludes(fan);
  command
      .add_option_function<std::string>(
          "--pixel-mask",
          [&options](const std::string& file) {
            options.pixel_mask = std::make_shared<const media::Image>(media::readImage(file));
          },
          "Picture of the frames' size, black where pixels are left out")
      ->check(CLI::ExistingFile);
  command
      .add_option("--smooth-frames", options.smooth_frames,
                  "Smooth the probe's path over this many frames to each side (0: not)")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
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
  addSweepOptions(command, options);
}

}  // namespace sonotwin::cli
