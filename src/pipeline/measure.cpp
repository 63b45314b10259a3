// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/measure.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "masks_behind.h"
#include "recipes.h"
#include "sonotwin/base/error.h"
#include "sonotwin/reconstruct/measure.h"

namespace sonotwin::pipeline {
namespace {
using Json = nlohmann::json;  // keys sorted: the same sizes give the same text

constexpr double kInterval95 = 1.96;  // standard deviations on either side

Json sizesOf(const media::Surface& surface) {
  return {{"label", surface.label},
          {"volume_ml", reconstruct::volumeMl(surface)},
          {"area_mm2", reconstruct::areaMm2(surface)},
          {"extents_mm", reconstruct::principalExtents_mm(surface)},
          {"closed", reconstruct::isClosed(surface)}};
}

/// What the label's volume is by other ways than its surface, and how sure that is, where its masks
/// are known.
void addOtherVolumes(const store::Store& store, const std::string& surface_id,
                     const media::Surface& surface, Json& json) {
  const std::string volume_id = store.lineage(surface_id).made_from.front();
  const media::Volume volume = store.volume(volume_id);
  const auto label = std::ranges::find(volume.labels, surface.label, &media::Label::name);
  if (label == volume.labels.end()) return;
  json["voxels_ml"] = reconstruct::labelVolumeMl(volume, label->value);
  const auto masked = masksBehind(store, volume_id);
  if (!masked || !json["closed"].get<bool>()) return;
  json["planimetry_ml"] = reconstruct::planimetryMl(masked->clip, masked->mask, label->value);
  json["volume_95_ml"] = kInterval95 * reconstruct::volumeDeviationMl(masked->clip, masked->mask,
                                                                      label->value, surface);
}

Json sizesOf(const media::Volume& volume) {
  const auto spacing = volume.spacing_mm();
  Json json = {{"dims", volume.dims},
               {"spacing_mm", {spacing[0], spacing[1], spacing[2]}},
               {"labels", Json::array()}};
  for (const media::Label& label : volume.labels) {
    json["labels"].push_back(
        {{"label", label.name}, {"volume_ml", reconstruct::labelVolumeMl(volume, label.value)}});
  }
  return json;
}

Json sizesOf(const media::ClipMask& mask, const store::ClipRow& clip) {
  const auto& spacing = clip.spacing_mm;
  const double pixel = spacing ? (*spacing)[0] * (*spacing)[1] : 1.0;
  const char* const name = spacing ? "area_mm2" : "area_px";
  Json json = {{"frames", Json::array()}};
  for (const media::FrameMask& frame : mask.frames) {
    Json areas = Json::object();
    for (const media::Label& label : mask.labels) {
      areas[label.name] =
          pixel * static_cast<double>(std::ranges::count(frame.labels, label.value));
    }
    json["frames"].push_back({{"index", frame.frame_index}, {name, std::move(areas)}});
  }
  return json;
}

Json measure(const store::Store& store, const std::string& id, const std::string& kind) {
  if (kind == "surface") {
    const media::Surface surface = store.surface(id);
    Json json = sizesOf(surface);
    addOtherVolumes(store, id, surface, json);
    return json;
  }
  if (kind == "volume") return sizesOf(store.volume(id));
  if (kind == "mask") {
    const auto masks = store.masks();
    const auto row = std::ranges::find(masks, id, &store::MaskRow::id);
    return sizesOf(store.mask(id), store.clipRow(row->clip_id));
  }
  throwBadInput(id + " is a " + kind + ": masks, volumes and surfaces are measured.");
}

std::optional<double> number(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? std::nullopt : std::optional(found->get<double>());
}

std::vector<LabelSize> largestAreas(const Json& frames) {
  std::map<std::string, double> areas;
  for (const Json& frame : frames) {
    const Json of_frame = frame.value("area_mm2", Json::object());
    for (const auto& [label, area] : of_frame.items()) {
      areas[label] = std::max(areas[label], area.get<double>());
    }
  }
  std::vector<LabelSize> sizes;
  for (const auto& [label, area] : areas) {
    sizes.push_back({.label = label, .volume_ml = std::nullopt, .area_mm2 = area});
  }
  return sizes;
}

std::vector<LabelSize> sizesIn(const Json& content, const std::string& name) {
  if (content.contains("frames")) return largestAreas(content["frames"]);
  const Json single = Json::array({content});
  std::vector<LabelSize> sizes;
  for (const Json& one : content.contains("labels") ? content["labels"] : single) {
    sizes.push_back({.label = one.value("label", name),
                     .volume_ml = number(one, "volume_ml"),
                     .area_mm2 = number(one, "area_mm2"),
                     .extents_mm = one.value("extents_mm", std::vector<double>())});
  }
  return sizes;
}
}  // namespace

std::vector<LabelSize> labelSizes(const store::MeasurementRow& measurement) {
  try {
    return sizesIn(Json::parse(measurement.json), measurement.name);
  } catch (const Json::exception&) {
    return {};  // measured by something else, which has fields of its own
  }
}

std::string measured(const store::Store& store, const std::string& id) {
  return measure(store, id, store.lineage(id).kind).dump();
}

std::string keepMeasurement(store::Store& store, const std::string& id) {
  const store::LineageNode node = store.lineage(id);
  const std::string& kind = node.kind;
  const std::string recipe = measureRecipe(kind);
  // Volumes and surfaces never change; of a mask, the clip's calibration does.
  if (kind != "mask") {
    if (std::string made = findMade(store, node.used_for, recipe, {id}); !made.empty()) return made;
  }
  const Json sizes = measure(store, id, kind);
  const std::string label = sizes.value("label", "");
  return store.addRecord("measurement", label.empty() ? kind : kind + " of " + label, sizes.dump(),
                         {{id}, recipe, "sonotwin"});
}

}  // namespace sonotwin::pipeline
