// SPDX-License-Identifier: Apache-2.0
#include "segment_command.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "sonotwin/pipeline/registry.h"
#include "sonotwin/pipeline/stages.h"
#include "usage.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

struct SegmentArguments {
  std::string clip, model, device = "auto", doubt;
};

/// A number of type float in as few digits as give it back.
double shortest(float value) {
  return std::stod(json(value).dump());
}

struct Confidence {
  float lowest = 0.0F, median = 0.0F;
  int lowest_frame = 0;
  json frames = json::array();
};

/// @param frames  at least one
Confidence confidenceOf(const std::vector<media::FrameMask>& frames) {
  const auto least = std::ranges::min_element(frames, {}, &media::FrameMask::confidence);
  Confidence c{.lowest = least->confidence, .lowest_frame = least->frame_index};
  std::vector<float> sorted;
  for (const media::FrameMask& frame : frames) {
    sorted.push_back(frame.confidence);
    c.frames.push_back(shortest(frame.confidence));
  }
  std::ranges::sort(sorted);
  const std::size_t middle = sorted.size() / 2;
  c.median = sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0F;
  return c;
}

pipeline::InstalledModel modelToUse(const store::Store& store, const SegmentArguments& arguments) {
  if (!arguments.model.empty()) return pipeline::findModel(store, arguments.model).model;
  const store::ClipRow clip = store.clipRow(arguments.clip);
  if (auto chosen = pipeline::modelFor(store, clip)) return std::move(chosen->model);
  throwUsage((clip.body_region.empty() ? "Nobody said which body region the clip shows"
                                       : "No one network is in force for " + clip.body_region) +
             ": name one with --model.");
}

void segmentClip(Context& context, const SegmentArguments& arguments) {
  store::Store store = context.openStore();
  const auto model = segment::Model::load(modelToUse(store, arguments).folder, arguments.device);
  const std::string id =
      pipeline::segmentClip(store, arguments.clip, model, context.progress(), arguments.doubt);
  const Confidence c = confidenceOf(store.mask(id).frames);
  std::string text = "Mask " + id + " by " + model.name() + ", confidence " + decimal(c.median, 3) +
                     " in the median, lowest " + decimal(c.lowest, 3) + " in frame " +
                     std::to_string(c.lowest_frame) + ".";
  json document = {{"mask", id},
                   {"clip", arguments.clip},
                   {"model", model.name()},
                   {"confidence",
                    {{"median", shortest(c.median)},
                     {"lowest", shortest(c.lowest)},
                     {"lowest_frame", c.lowest_frame},
                     {"frames", c.frames}}}};
  if (!arguments.doubt.empty()) {
    text += "\nWrote maps of doubt into " + arguments.doubt + ".";
    document["doubt"] = arguments.doubt;
  }
  context.print(text, document);
}
}  // namespace

void addSegment(CLI::App& app, Context& context) {
  const auto given = std::make_shared<SegmentArguments>();
  CLI::App* label = app.add_subcommand("segment", "A mask for every frame of a clip");
  label->add_option("clip", given->clip, "Id of a clip")->required();
  label->add_option("--model", given->model,
                    "Name, id or folder of a network (default: in force for the clip's region)");
  label->add_option("--device", given->device, "auto, cpu, cuda or cuda:1")->capture_default_str();
  label->add_option("--doubt", given->doubt,
                    "Folder for a PNG a frame: how the network doubts at each pixel, 0 to 255");
  label->callback([&context, given] { segmentClip(context, *given); });
}

}  // namespace sonotwin::cli
