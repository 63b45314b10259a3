// SPDX-License-Identifier: Apache-2.0
#include "numbers.h"

#include <algorithm>

#include "rows.h"
#include "sonotwin/base/error.h"
#include "sonotwin/reconstruct/measure.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

template <class Row>
Row rowOf(const std::vector<Row>& rows, const std::string& id) {
  const auto row = std::ranges::find(rows, id, &Row::id);
  if (row == rows.end()) throwNotFound("There is no row of " + id + ": see `verify`.");
  return *row;
}

json nameJson(const store::ClipName& name) {
  json document = {{"value", name.value}, {"from_header", name.from_header}};
  if (!name.author.empty()) {
    document["author"] = name.author;
    document["said"] = name.said_utc;
  }
  return document;
}

std::string nameText(const std::string& what, const store::ClipName& name) {
  const auto shown = [](const std::string& text) { return text.empty() ? "none" : text; };
  if (name.author.empty()) {
    return name.value.empty() ? "" : "  " + what + " " + name.value + ", from the header\n";
  }
  const std::string header = what == "view" ? "" : "; from the header: " + shown(name.from_header);
  return "  " + what + " " + shown(name.value) + ", said by " + name.author + ", " + name.said_utc +
         header + "\n";
}

Words clipNumbers(const store::Store& store, const std::string& id) {
  const media::ClipInfo info = store.clip(id).info;
  const store::ClipRow row = store.clipRow(id);
  Words words{"", clipJson(row)};
  words.document["spacing_source"] = info.spacing_source;
  const Words names = clipNamesWords(store.clipNames(id));
  words.document["said"] = names.document;
  words.document["assumptions"] = info.assumptions;
  words.text = "  patient " + row.patient_id + ", " + row.study_id + ", day " +
               dayText(row.day_known, row.day) + "\n  " + std::to_string(info.frame_count) +
               (info.frame_count == 1 ? " frame of " : " frames of ") + std::to_string(info.cols) +
               " x " + std::to_string(info.rows) + ", spacing " + spacingText(info.spacing_mm) +
               " (" + info.spacing_source + ")\n";
  if (row.duration_s > 0.0) words.text += "  " + decimal(row.duration_s, 2) + " s\n";
  if (row.tracked) {
    words.text += "  tracked in " + info.world + (row.calibrated ? "" : ", no calibration") + "\n";
  }
  words.text += names.text;
  for (const auto& assumption : info.assumptions) words.text += "  assumed: " + assumption + "\n";
  return words;
}

Words maskNumbers(const store::Store& store, const std::string& id) {
  const store::MaskRow row = rowOf(store.masks(), id);
  const media::ClipMask mask = store.mask(id);
  const auto spacing = store.clipRow(row.clip_id).spacing_mm;
  const double pixel = spacing ? (*spacing)[0] * (*spacing)[1] : 1.0;
  Words words;
  words.document = {{"clip", row.clip_id},
                    {"by", row.model},
                    {"frames", row.frames},
                    {"mean_confidence", row.mean_confidence},
                    {"labels", json::array()}};
  words.text = "  " + std::to_string(row.frames) + " frames by " + row.model +
               ", mean confidence " + decimal(row.mean_confidence, 3) + "\n";
  for (const auto& label : mask.labels) {
    int frames = 0;
    double largest = 0.0;
    for (const auto& frame : mask.frames) {
      const auto pixels = std::ranges::count(frame.labels, label.value);
      frames += pixels > 0 ? 1 : 0;
      largest = std::max(largest, pixel * static_cast<double>(pixels));
    }
    words.document["labels"].push_back({{"value", label.value},
                                        {"label", label.name},
                                        {"frames", frames},
                                        {spacing ? "largest_mm2" : "largest_px", largest}});
    words.text +=
        "  " + std::to_string(label.value) + " " + label.name + ": in " + std::to_string(frames) +
        " frames, largest " +
        (spacing ? decimal(largest / 100.0, 2) + " cm²" : decimal(largest, 0) + " pixels") + "\n";
  }
  return words;
}

Words volumeNumbers(const store::Store& store, const std::string& id) {
  const store::VolumeRow row = rowOf(store.volumes(), id);
  const media::Volume volume = store.volume(id);
  Words words;
  words.document = {{"clip", row.clip_id},          {"source", row.source},
                    {"world", volume.world},        {"dims", row.dims},
                    {"spacing_mm", row.spacing_mm}, {"observed_fraction", row.observed_fraction},
                    {"labels", json::array()}};
  words.text = "  " + row.source + ", " + std::to_string(row.dims[0]) + " x " +
               std::to_string(row.dims[1]) + " x " + std::to_string(row.dims[2]) + " voxels of " +
               decimal(row.spacing_mm, 2) + " mm in " + volume.world + ", " +
               decimal(100.0 * row.observed_fraction, 0) + " % observed\n";
  for (const auto& label : volume.labels) {
    const double ml = reconstruct::labelVolumeMl(volume, label.value);
    words.document["labels"].push_back(
        {{"value", label.value}, {"label", label.name}, {"volume_ml", ml}});
    words.text += "  " + std::to_string(label.value) + " " + label.name + ": " + decimal(ml, 2) +
                  " ml of voxels\n";
  }
  return words;
}

Words surfaceNumbers(const store::Store& store, const std::string& id) {
  const store::SurfaceRow row = rowOf(store.surfaces(), id);
  const media::Surface surface = store.surface(id);
  const auto extents = reconstruct::principalExtents_mm(surface);
  const bool closed = reconstruct::isClosed(surface);
  Words words;
  words.document = {{"clip", row.clip_id},
                    {"volume", row.volume_id},
                    {"label", row.label},
                    {"world", surface.world},
                    {"volume_ml", row.volume_ml},
                    {"area_mm2", row.area_mm2},
                    {"extents_mm", extents},
                    {"vertices", surface.vertices_mm.size()},
                    {"triangles", surface.triangles.size()},
                    {"closed", closed}};
  words.text = "  " + row.label + ", " + decimal(row.volume_ml, 2) + " ml, " +
               decimal(row.area_mm2 / 100.0, 2) + " cm², " + decimal(extents[0], 1) + " x " +
               decimal(extents[1], 1) + " x " + decimal(extents[2], 1) + " mm in " + surface.world +
               "\n  " + std::to_string(surface.triangles.size()) + " triangles" +
               (closed ? ", closed\n" : ", open\n");
  return words;
}

Words modelNumbers(const store::Store& store, const std::string& id) {
  const store::ModelRow row = rowOf(store.models(), id);
  return {"  " + row.name + ", " + row.status + "\n",
          {{"name", row.name},
           {"status", row.status},
           {"card", json::parse(row.card_json, nullptr, false)}}};
}

/// A data set, a training run, a registration, a measurement.
Words recordNumbers(const store::Store& store, const std::string& kind, const std::string& id) {
  const store::RecordRow row = rowOf(store.records(kind), id);
  return {"  " + row.name + "\n  " + row.json + "\n",
          {{"name", row.name}, {"content", json::parse(row.json, nullptr, false)}}};
}
}  // namespace

Words clipNamesWords(const store::ClipNames& names) {
  return {nameText("region", names.body_region) + nameText("view", names.view_label) +
              nameText("orientation", names.orientation),
          {{"region", nameJson(names.body_region)},
           {"view", nameJson(names.view_label)},
           {"orientation", nameJson(names.orientation)}}};
}

Words numbersOf(const store::Store& store, const std::string& kind, const std::string& id) {
  if (kind == "clip") return clipNumbers(store, id);
  if (kind == "mask") return maskNumbers(store, id);
  if (kind == "volume") return volumeNumbers(store, id);
  if (kind == "surface") return surfaceNumbers(store, id);
  if (kind == "model") return modelNumbers(store, id);
  return recordNumbers(store, kind, id);
}

}  // namespace sonotwin::cli
