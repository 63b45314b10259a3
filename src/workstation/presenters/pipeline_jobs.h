// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "presenters/job_runner.h"
#include "presenters/store_place.h"
#include "sonotwin/media/mask.h"
#include "sonotwin/pipeline/ingest.h"
#include "sonotwin/pipeline/stages.h"
#include "sonotwin/store/store.h"

namespace sonotwin::workstation {

/// The window's long work, each as one job that opens the store itself.

struct ImportRequest {
  std::vector<std::filesystem::path> paths;
  pipeline::IngestOptions options;
  bool build = false;  ///< go on to masks and 3D models
};
[[nodiscard]] Job importJob(const StorePlace& place, const ImportRequest& request);

/// What can be built from a clip: "Build 3D model", or "Make masks" where it has no place in space.
[[nodiscard]] QString buildName(const store::ClipRow& clip);
/// Masks, volumes and surfaces of one clip. @param model  empty: the one for its body region
[[nodiscard]] Job buildJob(const StorePlace& place, const store::ClipRow& clip,
                           const QString& object, const std::string& model);

enum class RebuildSource { kMaskAndBmode, kMask, kBmode };
/// Volumes and surfaces again from the masks there are, with other options.
[[nodiscard]] Job rebuildJob(const StorePlace& place, const store::ClipRow& clip,
                             const QString& object, RebuildSource source,
                             const reconstruct::VoxelOptions& options);

/// A new clip of the same exam with a recipe on every frame.
[[nodiscard]] Job enhanceJob(const StorePlace& place, const store::ClipRow& clip,
                             const QString& object, const enhance::Recipe& recipe);

[[nodiscard]] Job exportJob(const StorePlace& place, const std::string& id, const QString& object,
                            const std::filesystem::path& out);

inline const QString kReleaseJob = QStringLiteral("Release");
/// Blanks the boxes on every frame of what waits and takes it into the store.
[[nodiscard]] Job releaseJob(const StorePlace& place, const store::QuarantineRow& row,
                             const std::vector<media::PixelRectangle>& boxes);
inline const QString kRejectJob = QStringLiteral("Reject");
/// Removes what waits. @param reason  kept in the log
[[nodiscard]] Job rejectJob(const StorePlace& place, const store::QuarantineRow& row,
                            const QString& reason);

[[nodiscard]] Job verifyJob(const StorePlace& place);

inline const QString kSaveMaskJob = QStringLiteral("Save mask");
/// A new version of a clip's mask, by the place's author.
/// @param version  id of the mask it was drawn from, or empty; the job puts the new one's there, so
///                 that one that was queued behind it follows upon it
[[nodiscard]] Job saveMaskJob(const StorePlace& place, const std::string& clip_id,
                              const QString& object, std::shared_ptr<const media::ClipMask> mask,
                              std::shared_ptr<std::string> version, int strokes);

}  // namespace sonotwin::workstation
