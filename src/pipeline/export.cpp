// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "frame_name.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/enhance/enhanced_frames.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/media/sequence_io.h"
#include "sonotwin/media/surface_io.h"
#include "sonotwin/media/volume_io.h"
#include "sonotwin/pipeline/quarantine.h"
#include "sonotwin/pipeline/stages.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

std::string fullExtension(const fs::path& path) {
  std::string name = path.filename().string();
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name.ends_with(".nii.gz") ? ".nii.gz" : fs::path(name).extension().string();
}

bool isOneOf(const std::string& extension, std::initializer_list<const char*> known) {
  return std::ranges::find(known, extension) != known.end();
}

[[noreturn]] void refuse(const std::string& kind, const std::string& id, const fs::path& out,
                         const std::string& fitting) {
  const std::string extension = fullExtension(out);
  throwBadInput((extension.empty() ? out.filename().string() + " has no extension"
                                   : "'" + extension + "' does not fit") +
                ": the " + kind + " " + id + " is exported as " + fitting + ".");
}

/// The masks where the clip has its pixels; frames without one are empty.
media::Clip asClip(const media::ClipMask& mask, media::Clip clip) {
  std::vector<media::Image> frames(static_cast<std::size_t>(clip.info.frame_count),
                                   media::Image(clip.info.rows, clip.info.cols));
  for (const media::FrameMask& frame : mask.frames) {
    std::ranges::copy(
        frame.labels,
        frames.at(static_cast<std::size_t>(frame.frame_index)).samples<std::uint8_t>().begin());
  }
  clip.info.channels = 1;
  clip.info.type = media::PixelType::kUint8;
  clip.pixels = std::make_shared<media::MemoryFrames>(std::move(frames));
  return clip;
}

void exportClip(const store::Store& store, const std::string& id, const fs::path& out) {
  constexpr const char* kPlain =
      ".mha (or .png where it has one frame; `frames` writes all as PNG)";
  const std::string extension = fullExtension(out);
  if (extension == ".dcm") {
    if (store.writeDicom(id, out, {})) return;
    throwBadInput("The clip " + id +
                  " is not kept as DICOM, as it did not come as DICOM or was made from another "
                  "clip: it is exported as " +
                  kPlain + ".");
  }
  const media::Clip clip = store.clip(id);
  if (extension == ".mha") return media::writeSequence(out, clip, true);
  if (extension == ".png" && clip.info.frame_count == 1) {
    return media::writePng(out, clip.pixels->frame(0));
  }
  refuse("clip", id, out, kPlain + std::string(", or .dcm where it came as DICOM"));
}

void exportMask(const media::ClipMask& mask, const media::Clip& clip, const std::string& id,
                const fs::path& out) {
  const std::string extension = fullExtension(out);
  if (extension == ".mha") return media::writeSequence(out, asClip(mask, clip), true);
  if (extension == ".nrrd") return media::writeFrameStack(out, asClip(mask, clip), mask.labels);
  if (extension == ".png" && mask.frames.size() == 1) {
    return media::writePng(out, asClip(mask, clip).pixels->frame(mask.frames.front().frame_index));
  }
  refuse("mask", id, out,
         ".mha or .nrrd (or .png where it has one frame); as a volume in space it is the label "
         "volume that `reconstruct --source mask` makes");
}

void exportSurface(const store::Store& store, const std::string& id, const fs::path& out) {
  const std::string extension = fullExtension(out);
  if (isOneOf(extension, {".stl", ".ply", ".obj", ".glb", ".vtp"})) {
    return media::writeSurface(out, store.surface(id));
  }
  if (extension == ".csv") {
    const auto rows = store.surfaces();
    const auto row = std::ranges::find(rows, id, &store::SurfaceRow::id);
    char line[256];
    std::snprintf(line, sizeof line, "%s,%s,%s,%.4f,%.3f\n", row->id.c_str(), row->clip_id.c_str(),
                  row->label.c_str(), row->volume_ml, row->area_mm2);
    return writeFileAtomically(out, std::string("surface,clip,label,volume_ml,area_mm2\n") + line);
  }
  refuse("surface", id, out, ".stl, .ply, .obj, .glb, .vtp or .csv");
}

std::string maskClip(const store::Store& store, const std::string& mask_id) {
  for (const auto& row : store.masks()) {
    if (row.id == mask_id) return row.clip_id;
  }
  throwNotFound("There is no mask " + mask_id + ".");
}

nlohmann::json describeFrame(const media::Clip& clip, int index) {
  const media::FrameInfo& frame = clip.frames.at(static_cast<std::size_t>(index));
  nlohmann::json json = {{"index", index}, {"file", frameName(index)}, {"time_s", frame.time_s}};
  json["pose_status"] = frame.pose_status == media::PoseStatus::kValid     ? "valid"
                        : frame.pose_status == media::PoseStatus::kInvalid ? "invalid"
                                                                           : "missing";
  if (frame.pose_status == media::PoseStatus::kValid) {
    for (int i = 0; i < 16; ++i) {
      json["world_from_probe"].push_back(frame.world_from_probe.matrix()(i / 4, i % 4));
    }
  }
  return json;
}

void requireRange(const media::Clip& clip, const std::string& id, int first, int last) {
  if (0 <= first && first < last && last <= clip.info.frame_count) return;
  throwBadInput("Clip " + id + " has frames 0 to " + std::to_string(clip.info.frame_count - 1) +
                "; the range " + std::to_string(first) + ":" + std::to_string(last) +
                " does not fit.");
}

/// Pictures of some frames, then frames.json with what `json` says already and what is known of
/// each.
void writeFrames(const media::Clip& clip, int first, int last,
                 const std::optional<enhance::Recipe>& recipe, const fs::path& folder,
                 nlohmann::json json, const Progress& progress) {
  json["spacing_mm"] = clip.info.spacing_mm ? nlohmann::json(*clip.info.spacing_mm) : nullptr;
  json["spacing_source"] = clip.info.spacing_source;
  json["times_known"] = clip.info.times_known;
  if (clip.info.tracked) json["world"] = clip.info.world;
  if (recipe) json["enhanced"] = nlohmann::json::parse(enhance::toJson(*recipe));
  std::shared_ptr<const media::FrameSource> pixels = clip.pixels;
  if (recipe) {
    pixels = std::make_shared<enhance::EnhancedFrames>(std::make_shared<const media::Clip>(clip),
                                                       *recipe);
  }
  for (int f = first; f < last; ++f) {
    progress.report(static_cast<double>(f - first) / (last - first), "writing frames");
    media::writePng(folder / frameName(f), pixels->frame(f));
    json["frames"].push_back(describeFrame(clip, f));
  }
  writeFileAtomically(folder / "frames.json", json.dump(2) + "\n");
}

bool isInside(const fs::path& path, const fs::path& folder) {
  const fs::path inner = fs::weakly_canonical(path), outer = fs::weakly_canonical(folder);
  return std::ranges::mismatch(outer, inner).in1 == outer.end();
}
/// Makes the folders a file needs and takes those away again that stay empty.
class MadeFolders {
 public:
  explicit MadeFolders(const fs::path& file) {
    for (fs::path folder = fs::absolute(file).parent_path(); !fs::exists(folder);
         folder = folder.parent_path()) {
      made_.push_back(folder);
    }
    makeFolderFor(file);
  }
  ~MadeFolders() {
    std::error_code not_empty;
    for (const fs::path& folder : made_) fs::remove(folder, not_empty);
  }
  MadeFolders(const MadeFolders&) = delete;
  MadeFolders& operator=(const MadeFolders&) = delete;

 private:
  std::vector<fs::path> made_;  ///< innermost first
};

media::Volume volumePart(const store::Store& store, const std::string& id, VolumePart part) {
  media::Volume volume = store.volume(id);
  switch (part) {
    case VolumePart::kLevels:
      break;
    case VolumePart::kState:
      return media::stateVolume(volume, store.voxelMaps(id));
    case VolumePart::kDistance:
      return media::distanceVolume(volume, store.voxelMaps(id));
    case VolumePart::kUncertainty:
      return media::uncertaintyVolume(volume, store.voxelMaps(id));
  }
  return volume;
}
}  // namespace

void exportObject(const store::Store& store, const std::string& id, const fs::path& out,
                  VolumePart part) {
  const std::string kind = store.lineage(id).kind;
  if (part != VolumePart::kLevels && kind != "volume") {
    throwBadInput(id + " is a " + kind + ": only volumes are exported in parts.");
  }
  const MadeFolders folders(out);
  if (kind == "clip") return exportClip(store, id, out);
  if (kind == "mask") {
    return exportMask(store.mask(id), store.clip(maskClip(store, id)), id, out);
  }
  if (kind == "surface") return exportSurface(store, id, out);
  if (kind == "volume") {
    if (isOneOf(fullExtension(out), {".nrrd", ".mha", ".nii", ".nii.gz"})) {
      return media::writeVolume(out, volumePart(store, id, part));
    }
    refuse("volume", id, out, ".nrrd, .mha or .nii.gz");
  }
  throwBadInput(id + " is a " + kind + ": only clips, masks, volumes and surfaces are exported.");
}

void exportFrames(const store::Store& store, const std::string& clip_id, const fs::path& folder,
                  int first, int last, const std::optional<enhance::Recipe>& recipe,
                  const Progress& progress) {
  const media::Clip clip = store.clip(clip_id);
  requireRange(clip, clip_id, first, last);
  makeFolder(folder);
  writeFrames(clip, first, last, recipe, folder, {{"clip", clip_id}}, progress);
}

void exportQuarantinedFrames(const store::Store& store, const std::string& id,
                             const fs::path& folder, int first, int last,
                             const Progress& progress) {
  const media::Clip clip = quarantinedClip(store, id);
  requireRange(clip, id, first, last);
  if (isInside(folder, store.folder())) {
    throwBadInput(folder.string() +
                  " lies in the store, which holds nothing that names anybody. Give a folder "
                  "elsewhere.");
  }
  const bool is_new = !fs::exists(folder);
  makeFolder(folder);
  if (is_new) fs::permissions(folder, fs::perms::owner_all);
  nlohmann::json json = {{"quarantine", id}, {"found", nlohmann::json::array()}};
  for (const media::PixelRectangle& box : store.quarantineRow(id).boxes) {
    json["found"].push_back({box.x0, box.y0, box.x1, box.y1});
  }
  writeFrames(clip, first, last, {}, folder, std::move(json), progress);
}

}  // namespace sonotwin::pipeline
