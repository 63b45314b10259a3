// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/enhance/recipe.h"
#include "sonotwin/pipeline/ingest.h"
#include "sonotwin/reconstruct/surface.h"
#include "sonotwin/reconstruct/voxels.h"
#include "sonotwin/segment/model.h"
#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {

/// Each stage reads from the store, computes, and adds its result with lineage in one transaction;
/// cancelled or failed, it leaves the store as it was. Run again with the same input and recipe,
/// it gives the same id.

/// A new clip of the same exam with a recipe applied to every frame, 8-bit grey; the original
/// stays. @param device  see enhance::FilterDevice; the bytes are the same on each
/// @returns the new clip's id.
std::string enhanceClip(store::Store& store, const std::string& clip_id,
                        const enhance::Recipe& recipe, const Progress& progress,
                        const std::string& device = "auto");

/// Masks of every frame by a network.
/// @param doubt_folder  where not empty, `frame_00000.png`, ... there say how the network doubts
///                      (segment::Segmentation::doubt)
/// @returns the mask's id.
std::string segmentClip(store::Store& store, const std::string& clip_id,
                        const segment::Model& model, const Progress& progress,
                        const std::filesystem::path& doubt_folder = {});

enum class VolumeSource { kBmode, kMask };

/// Voxels of a tracked, calibrated clip. @param mask_id  for kMask; empty: Store::newestMask
/// @returns the volume's id. @throws Error(kBadInput) where the clip cannot be placed in space.
std::string reconstructClip(store::Store& store, const std::string& clip_id, VolumeSource source,
                            const std::string& mask_id, const reconstruct::VoxelOptions& options,
                            const Progress& progress);

/// Surface of each label (or the named one) of a mask volume; surfaces and volume are measured, and
/// the measurements kept. @returns the surfaces' ids.
std::vector<std::string> extractSurfaces(store::Store& store, const std::string& volume_id,
                                         const std::string& label,
                                         const reconstruct::SurfaceOptions& options,
                                         const Progress& progress);

/// What a file of a volume holds: its levels; which voxels were observed (1), interpolated (2) or
/// left empty; millimetres to data; the level's deviation. See media/voxel_maps.h.
enum class VolumePart { kLevels, kState, kDistance, kUncertainty };

/// Writes an object of the store in the format the extension names.
/// @param part  of a volume; of other objects only kLevels, all there is
/// @throws Error(kBadInput) listing the extensions that fit that kind of object; Error(kNotFound)
///         for a part that was not worked out.
void exportObject(const store::Store& store, const std::string& id,
                  const std::filesystem::path& out, VolumePart part = VolumePart::kLevels);

/// PNG frames and frames.json. @param recipe  none: as stored
void exportFrames(const store::Store& store, const std::string& clip_id,
                  const std::filesystem::path& folder, int first, int last,
                  const std::optional<enhance::Recipe>& recipe, const Progress& progress);

/// What a person can give so that a skipped stage applies; each program says it in its own words.
enum class Remedy { kNone, kCalibration, kModel };

/// One line of the main job: what a stage did for a clip.
struct StageLine {
  std::string stage;             ///< "ingest", "segment", "reconstruct", "surface"
  std::string clip_id;           ///< empty where the file was refused
  std::string result;            ///< "mask-…", "skipped: reason", "212.4 ml liver", …
  std::vector<std::string> ids;  ///< what was made
  bool skipped = false;
  Remedy remedy = Remedy::kNone;
};

struct MainJobOptions {
  IngestOptions ingest;
  std::string model;  ///< name or folder; empty: by the clip's body region
  std::string device = "auto";
  reconstruct::VoxelOptions voxels;
  reconstruct::SurfaceOptions surface;
};

/// Ingest → segment → reconstruct (B-mode and labels) → surface, for everything under `paths`.
/// A stage that does not apply to a clip is skipped and says why; one clip's failure is its line
/// and the rest go on. @returns all lines, also given to `on_line` as they come.
std::vector<StageLine> runMainJob(store::Store& store,
                                  const std::vector<std::filesystem::path>& paths,
                                  const MainJobOptions& options, IngestReport& report,
                                  const std::function<void(const StageLine&)>& on_line,
                                  const Progress& progress);

/// The same from the segment stage on, for clips that are in the store (the window's button).
std::vector<StageLine> runStages(store::Store& store, const std::vector<std::string>& clip_ids,
                                 const MainJobOptions& options,
                                 const std::function<void(const StageLine&)>& on_line,
                                 const Progress& progress);

/// Writes a virtual patient's tracked sweep as a scanner would, with the truth beside it:
/// sweep.igs.mha, calibration.xml, truth/{volume.nrrd,labels.nrrd,LABEL.stl,poses.json}.
void simulate(const std::filesystem::path& folder, const std::string& case_name, std::uint64_t seed,
              const Progress& progress);

}  // namespace sonotwin::pipeline
