// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/stages.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <tuple>

#include "frame_name.h"
#include "masks_behind.h"
#include "recipes.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/media/find_sector.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/pipeline/measure.h"
#include "sonotwin/pipeline/registry.h"
#include "sonotwin/reconstruct/measure.h"

namespace sonotwin::pipeline {
namespace {
constexpr int kBatch = 8;  // frames between two looks at Cancel

template <class Row>
std::vector<std::string> idsOf(const std::vector<Row>& rows) {
  std::vector<std::string> ids;
  for (const Row& row : rows) ids.push_back(row.id);
  return ids;
}

std::string newestMask(const store::Store& store, const std::string& clip_id) {
  std::string id = store.newestMask(clip_id);
  if (!id.empty()) return id;
  throwBadInput("Clip " + clip_id +
                (store.masks(clip_id).empty() ? " has no masks: segment it first."
                                              : " has only masks that were rejected: segment it "
                                                "anew, draw one or name one."));
}

media::ClipMask masksOf(const media::Clip& clip, const segment::Model& model,
                        const std::filesystem::path& doubt_folder, const Progress& progress) {
  const auto sector = media::sectorOf(clip).rectangle;
  segment::SegmentRequest request{.sector = sector ? &*sector : nullptr,
                                  .doubt = !doubt_folder.empty()};
  if (const auto& size = clip.info.spacing_mm) {
    request.pixel_size_mm = {std::sqrt((*size)[0] * (*size)[1])};
  }
  if (request.doubt) makeFolder(doubt_folder);
  media::ClipMask mask;
  mask.labels = model.labels();
  for (int first = 0; first < clip.info.frame_count; first += kBatch) {
    progress.report(static_cast<double>(first) / clip.info.frame_count, "segmenting");
    const int last = std::min(first + kBatch, clip.info.frame_count);
    std::vector<media::Image> frames;
    for (int f = first; f < last; ++f) frames.push_back(clip.pixels->frame(f));
    segment::Segmentation answer = model.segment(frames, request);
    for (media::FrameMask& frame : answer.masks) {
      frame.frame_index += first;
      mask.frames.push_back(std::move(frame));
    }
    for (std::size_t i = 0; i < answer.doubt.size(); ++i) {
      media::writePng(doubt_folder / frameName(first + static_cast<int>(i)), answer.doubt[i]);
    }
  }
  progress.report(1.0, "segmenting");
  return mask;
}

/// From the masks themselves, where they are there: a label volume knows an outline to a voxel.
media::Surface surfaceOf(const std::optional<Masked>& masked, const media::Volume& volume,
                         int label, const reconstruct::SurfaceOptions& options,
                         const Progress& progress) {
  if (masked) {
    reconstruct::VoxelOptions voxels;
    voxels.grid = reconstruct::Grid{volume.dims, volume.world_from_voxel};
    media::Surface surface =
        reconstruct::surfaceOfMasks(masked->clip, masked->mask, label, voxels, options, progress);
    if (!surface.triangles.empty()) return surface;
  }
  return reconstruct::extractSurface(volume, label, options, progress);
}
}  // namespace

std::string segmentClip(store::Store& store, const std::string& clip_id,
                        const segment::Model& model, const Progress& progress,
                        const std::filesystem::path& doubt_folder) {
  requireForPatient(store, model.cardJson(), store.clipRow(clip_id));
  const std::string recipe = segmentRecipe(model);
  const std::vector<std::string> parents = {clip_id, recordModel(store, model.cardJson(), {})};
  std::string made = findMade(store, idsOf(store.masks(clip_id)), recipe, parents);
  // Doubt is not kept in the store: whoever asks for it has it computed.
  if (!made.empty() && doubt_folder.empty()) return made;
  const media::ClipMask mask = masksOf(store.clip(clip_id), model, doubt_folder, progress);
  if (!made.empty()) return made;
  return store.addMask(clip_id, mask, model.name(), {parents, recipe, "sonotwin"});
}

std::string reconstructClip(store::Store& store, const std::string& clip_id, VolumeSource source,
                            const std::string& mask_id, const reconstruct::VoxelOptions& options,
                            const Progress& progress) {
  std::ignore = reconstruct::describeDevice(options.device, options.threads);
  const media::Clip clip = store.clip(clip_id);
  const std::string recipe = reconstructRecipe(source, clip.info, options);
  std::vector<std::string> parents = {clip_id};
  if (source == VolumeSource::kMask) {
    parents.push_back(mask_id.empty() ? newestMask(store, clip_id) : mask_id);
  }
  if (const auto made = findMade(store, idsOf(store.volumes(clip_id)), recipe, parents);
      !made.empty()) {
    return made;
  }
  reconstruct::VoxelResult result =
      source == VolumeSource::kBmode
          ? reconstruct::reconstructBmode(clip, options, progress)
          : reconstruct::reconstructLabels(clip, store.mask(parents.back()), options, progress);
  result.volume.world = clip.info.world;
  return store.addVolume(clip_id, result.volume, source == VolumeSource::kBmode ? "bmode" : "mask",
                         result.observed_fraction, {parents, recipe, "sonotwin"},
                         {std::move(result.distance), std::move(result.uncertainty)});
}

std::vector<std::string> extractSurfaces(store::Store& store, const std::string& volume_id,
                                         const std::string& label,
                                         const reconstruct::SurfaceOptions& options,
                                         const Progress& progress) {
  const media::Volume volume = store.volume(volume_id);
  std::vector<media::Label> wanted = volume.labels;
  if (!label.empty()) std::erase_if(wanted, [&](const auto& known) { return known.name != label; });
  if (wanted.empty()) {
    throwBadInput(
        "Volume " + volume_id +
        (label.empty() ? " holds grey levels, not labels" : " has no label '" + label + "'") +
        ": reconstruct masks first (reconstruct --source mask).");
  }
  const auto levels = volume.samples<std::uint8_t>();
  const std::optional<Masked> masked = masksBehind(store, volume_id);
  const std::string clip_id = [&] {
    for (const auto& row : store.volumes()) {
      if (row.id == volume_id) return row.clip_id;
    }
    return std::string();
  }();
  const std::vector<std::string> existing = idsOf(store.surfaces(clip_id));
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto count = static_cast<double>(wanted.size());
    const Progress part = progress.part(static_cast<double>(i) / count,
                                        static_cast<double>(i + 1) / count, "making surfaces");
    part.report(0.0);
    if (std::ranges::find(levels, static_cast<std::uint8_t>(wanted[i].value)) == levels.end()) {
      continue;  // the network found nothing of this label
    }
    const std::string recipe = surfaceRecipe(wanted[i].name, options, masked.has_value());
    if (auto made = findMade(store, existing, recipe, {volume_id}); !made.empty()) {
      ids.push_back(std::move(made));
      continue;
    }
    media::Surface surface = surfaceOf(masked, volume, wanted[i].value, options, part);
    surface.label = wanted[i].name;
    surface.world = volume.world;
    ids.push_back(store.addSurface(volume_id, surface, reconstruct::volumeMl(surface),
                                   reconstruct::areaMm2(surface),
                                   {{volume_id}, recipe, "sonotwin"}));
  }
  for (const std::string& id : ids) keepMeasurement(store, id);
  if (!ids.empty()) keepMeasurement(store, volume_id);
  return ids;
}

}  // namespace sonotwin::pipeline
