// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "context.h"
#include "numbers.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/pipeline/measure.h"
#include "sonotwin/pipeline/stages.h"
#include "sonotwin/reconstruct/sweep.h"
#include "sonotwin/robot/scan_plan.h"
#include "space_options.h"
#include "usage.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

struct ReconstructArguments {
  std::string clip, mask;
  pipeline::VolumeSource source = pipeline::VolumeSource::kBmode;
  reconstruct::VoxelOptions options;
};

/// What of a sweep a person should know, a line each; nothing of a flawless one.
std::string sweepText(const reconstruct::SweepFacts& facts) {
  std::string text;
  if (const int left_out = facts.invalid + facts.missing; left_out > 0) {
    text += "  " + std::to_string(left_out) + " of " + std::to_string(facts.frames) +
            " frames have no valid pose and were left out.\n";
  }
  if (facts.stationary > 0) {
    text += "  The probe stood still for " + std::to_string(facts.stationary) + " frames.\n";
  }
  if (facts.turns > 0) {
    text += "  The probe turned back " + std::to_string(facts.turns) +
            (facts.turns == 1 ? " time.\n" : " times.\n");
  }
  for (const reconstruct::SweepGap& gap : facts.gaps) {
    text += "  Between frames " + std::to_string(gap.from) + " and " + std::to_string(gap.to) +
            " the probe moved " + decimal(gap.width_mm, 1) + " mm: too far to fill.\n";
  }
  return text;
}

json sweepJson(const reconstruct::SweepFacts& facts) {
  json gaps = json::array();
  for (const reconstruct::SweepGap& gap : facts.gaps) {
    gaps.push_back({{"from", gap.from}, {"to", gap.to}, {"width_mm", gap.width_mm}});
  }
  return {{"frames", facts.frames},         {"invalid", facts.invalid},
          {"missing", facts.missing},       {"stationary", facts.stationary},
          {"turns", facts.turns},           {"path_mm", facts.path_mm},
          {"spacing_mm", facts.spacing_mm}, {"gaps", gaps}};
}

void reconstructClip(Context& context, const ReconstructArguments& arguments) {
  store::Store store = context.openStore();
  const std::string id =
      pipeline::reconstructClip(store, arguments.clip, arguments.source, arguments.mask,
                                arguments.options, context.progress());
  const auto rows = store.volumes(arguments.clip);
  const auto row = std::ranges::find(rows, id, &store::VolumeRow::id);
  const auto facts =
      reconstruct::sweepFacts(store.clip(arguments.clip), 2.0 * arguments.options.fill_radius_mm);
  context.print("Volume " + id + ": " + std::to_string(row->dims[0]) + " x " +
                    std::to_string(row->dims[1]) + " x " + std::to_string(row->dims[2]) +
                    " voxels of " + decimal(row->spacing_mm, 2) + " mm, " +
                    decimal(100.0 * row->observed_fraction, 0) + " % observed.\n" +
                    sweepText(facts),
                {{"volume", id},
                 {"clip", arguments.clip},
                 {"source", row->source},
                 {"dims", row->dims},
                 {"spacing_mm", row->spacing_mm},
                 {"observed_fraction", row->observed_fraction},
                 {"sweep", sweepJson(facts)}});
}

struct SurfaceArguments {
  std::string volume, label;
  reconstruct::SurfaceOptions options;
};

void surface(Context& context, const SurfaceArguments& arguments) {
  store::Store store = context.openStore();
  const auto ids = pipeline::extractSurfaces(store, arguments.volume, arguments.label,
                                             arguments.options, context.progress());
  json document = {{"surfaces", json::array()}};
  std::string text;
  for (const auto& row : store.surfaces()) {
    if (std::ranges::find(ids, row.id) == ids.end()) continue;
    document["surfaces"].push_back({{"surface", row.id},
                                    {"label", row.label},
                                    {"volume_ml", row.volume_ml},
                                    {"area_mm2", row.area_mm2}});
    text += "Surface " + row.id + ": " + row.label + ", " + decimal(row.volume_ml, 2) + " ml, " +
            decimal(row.area_mm2 / 100.0, 2) + " cm².\n";
  }
  context.print(text.empty() ? "No label of the volume has any voxel.\n" : text, document);
}

// ---- measure ------------------------------------------------------------------------------------

/// Areas of the frames where there is any: a row each.
std::string areasText(const json& document) {
  std::string text;
  for (const json& frame : document["frames"]) {
    const bool calibrated = frame.contains("area_mm2");
    std::string areas;
    for (const auto& [label, area] : frame[calibrated ? "area_mm2" : "area_px"].items()) {
      if (area == 0.0) continue;
      areas += "  " + label + " " + decimal(area, calibrated ? 1 : 0);
      areas += calibrated ? " mm²" : " pixels";
    }
    if (!areas.empty()) text += "  frame " + frame["index"].dump() + areas + "\n";
  }
  return text;
}

/// The label's volume by each way it was measured, with what is uncertain of it.
std::string volumesText(const json& document) {
  std::string text;
  if (document.contains("volume_95_ml")) {
    text += "  " + decimal(document["volume_ml"], 2) + " ± " +
            decimal(document["volume_95_ml"], 2) +
            " ml (95 %, of what differs between frames) by its surface\n";
  }
  if (document.contains("planimetry_ml")) {
    text += "  " + decimal(document["planimetry_ml"], 2) + " ml by the areas of its frames\n";
  }
  if (document.contains("voxels_ml")) {
    text += "  " + decimal(document["voxels_ml"], 2) + " ml by its voxels\n";
  }
  return text;
}

/// A store that can only be read is measured all the same: then nothing is kept.
void measure(Context& context, const std::string& id) {
  store::Store store = context.openStore();
  json document = json::parse(pipeline::measured(store, id));
  const std::string kind = store.lineage(id).kind;
  document["id"] = id;
  document["kind"] = kind;
  std::string text = kind + " " + id + "\n" + numbersOf(store, kind, id).text;
  if (kind == "mask") text += areasText(document);
  if (kind == "surface") text += volumesText(document);
  document["measurement"] = nullptr;
  if (store.writable() && !store.keyProblem()) {
    document["measurement"] = pipeline::keepMeasurement(store, id);
    text += "  kept as " + document["measurement"].get<std::string>() + "\n";
  }
  context.print(text, document);
}

// ---- plan ---------------------------------------------------------------------------------------

struct PlanArguments {
  std::string surface, out;
  robot::PlanOptions options;
};

void plan(Context& context, const PlanArguments& arguments) {
  if (!arguments.out.empty()) makeFolderFor(arguments.out);
  const store::Store store = context.openStore();
  const auto made =
      robot::planScan(store.surface(arguments.surface), arguments.options, context.progress());
  const std::string text = robot::toJson(made, arguments.options);
  if (!arguments.out.empty()) writeFileAtomically(arguments.out, text);
  std::string summary = std::to_string(made.lane_count) + " lanes, " + decimal(made.length_mm, 0) +
                        " mm, " + decimal(made.duration_s, 0) + " s, coverage " +
                        decimal(100.0 * made.coverage, 0) + " %.\n";
  for (const auto& note : made.notes) summary += "  " + note + "\n";
  if (!arguments.out.empty()) summary += "Wrote " + arguments.out + ".\n";
  context.print(summary, json::parse(text));
}

void addPlan(CLI::App& app, Context& context) {
  const auto given = std::make_shared<PlanArguments>();
  CLI::App* path = app.add_subcommand("plan", "A scan path over a surface, for a robot");
  path->add_option("surface", given->surface, "Id of a surface")->required();
  path->add_option("--out", given->out, "JSON file to write");
  path->add_option("--footprint-mm", given->options.footprint_mm, "Width of the probe")
      ->capture_default_str();
  path->add_option("--overlap", given->options.overlap, "Of neighbouring lanes, as a share")
      ->capture_default_str();
  path->add_option("--standoff-mm", given->options.standoff_mm, "Distance of probe and skin")
      ->capture_default_str();
  path->add_option("--step-mm", given->options.step_mm, "Between two poses")->capture_default_str();
  path->add_option("--speed-mm-s", given->options.speed_mm_s, "Of the probe")
      ->capture_default_str();
  path->add_option("--max-tilt-deg", given->options.max_tilt_deg, "Off the surface's normal")
      ->capture_default_str();
  path->callback([&context, given] { plan(context, *given); });
}
}  // namespace

void addSpaceCommands(CLI::App& app, Context& context) {
  const auto volume = std::make_shared<ReconstructArguments>();
  CLI::App* voxels = app.add_subcommand("reconstruct", "Voxels from a tracked sweep");
  voxels->add_option("clip", volume->clip, "Id of a tracked clip")->required();
  voxels->add_option("--source", volume->source, "bmode or mask")
      ->transform(wordOf(std::map<std::string, pipeline::VolumeSource>{
          {"bmode", pipeline::VolumeSource::kBmode}, {"mask", pipeline::VolumeSource::kMask}}));
  voxels->add_option("--mask", volume->mask, "Mask to use (default: the newest)");
  addVoxelOptions(*voxels, volume->options);
  voxels->callback([&context, volume] { reconstructClip(context, *volume); });

  const auto mesh = std::make_shared<SurfaceArguments>();
  CLI::App* skin = app.add_subcommand("surface", "Closed surfaces of a label volume");
  skin->add_option("volume", mesh->volume, "Id of a label volume")->required();
  skin->add_option("--label", mesh->label, "Only this label");
  skin->add_option("--smoothing", mesh->options.smoothing_iterations, "Iterations")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  skin->add_option("--decimate-mm", mesh->options.decimation_mm,
                   "Fewer triangles, the surface at most so far off; 0: all of them")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str();
  skin->callback([&context, mesh] { surface(context, *mesh); });

  const auto id = std::make_shared<std::string>();
  CLI::App* sizes = app.add_subcommand("measure", "Measure a mask, volume or surface");
  sizes->add_option("id", *id, "Of a mask, volume or surface")->required();
  sizes->callback([&context, id] { measure(context, *id); });

  addPlan(app, context);
}

}  // namespace sonotwin::cli
