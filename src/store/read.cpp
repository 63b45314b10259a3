// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "artifacts.h"
#include "clip_rows.h"
#include "impl.h"
#include "mask_blob.h"
#include "sonotwin/base/error.h"
#include "surface_bytes.h"

namespace sonotwin::store {
namespace {
// Holds the object open: frames stay readable when the store closes.
class StoredFrames final : public media::FrameSource {
 public:
  StoredFrames(const std::filesystem::path& object, std::string clip_id,
               const media::ClipInfo& info, std::vector<std::uint64_t> offsets)
      : file_(object),
        clip_id_(std::move(clip_id)),
        rows_(info.rows),
        cols_(info.cols),
        channels_(info.channels),
        type_(info.type),
        offsets_(std::move(offsets)) {}

  [[nodiscard]] media::Image frame(int index) const override {
    const auto at = static_cast<std::size_t>(index);
    if (index < 0 || at >= offsets_.size()) {
      throwNotFound(clip_id_ + " has no frame " + std::to_string(index) + ".");
    }
    media::Image image(rows_, cols_, channels_, type_);
    if (!file_.absence().empty() || !file_.read(offsets_[at], image.data)) {
      const std::string reason = file_.absence().empty() ? "cut short" : file_.absence();
      throw Error(ErrorKind::kDamaged, "Frame " + std::to_string(index) + " of " + clip_id_ +
                                           " cannot be read from the store: " + reason +
                                           ". Run `sonotwin verify`, then restore a backup or "
                                           "ingest the clip's file again.");
    }
    return image;
  }

 private:
  ObjectFile file_;
  std::string clip_id_;
  int rows_, cols_, channels_;
  media::PixelType type_;
  std::vector<std::uint64_t> offsets_;
};

ObjectRef objectAt(const Statement& row, int column) {
  return {row.text(column), static_cast<std::uint64_t>(row.integer(column + 1))};
}

[[noreturn]] void throwTorn(const std::string& id) {
  throw Error(ErrorKind::kDamaged,
              "The rows of " + id + " do not fit together. Run `sonotwin verify`.");
}

std::vector<std::string> neighbours(const Database& database, std::string_view sql,
                                    std::int64_t artifact) {
  std::vector<std::string> ids;
  for (Statement row = database.query(sql, artifact); row.step();) ids.push_back(row.text(0));
  return ids;
}
}  // namespace

media::Clip Store::clip(const std::string& clip_id) const {
  const Database& database = impl_->database;
  const Transaction view(database, Transaction::Kind::kRead);
  const std::int64_t artifact = requireArtifact(database, clip_id, "clip");
  media::Clip clip;
  clip.info = readInfo(database, artifact);
  clip.frames = readFrames(database, artifact);
  Statement row = database.query(
      "SELECT o.sha256, o.size_bytes FROM clips c JOIN objects o ON o.pk = c.object "
      "WHERE c.artifact = ?",
      artifact);
  const std::uint64_t bytes = clip.frames.size() * frameBytes(clip.info);
  if (!row.step() || clip.frames.size() != static_cast<std::size_t>(clip.info.frame_count) ||
      objectAt(row, 0).size_bytes != bytes) {
    throwTorn(clip_id);
  }
  clip.pixels = std::make_shared<StoredFrames>(impl_->objects.path(row.text(0)), clip_id, clip.info,
                                               readOffsets(database, artifact));
  return clip;
}

media::ClipMask Store::mask(const std::string& mask_id) const {
  const Database& database = impl_->database;
  const Transaction view(database, Transaction::Kind::kRead);
  const std::int64_t artifact = requireArtifact(database, mask_id, "mask");
  media::ClipMask mask;
  Statement labels = labelQuery(database);
  mask.labels = readLabels(labels, artifact);
  Statement row = database.query(
      "SELECT number, rows, cols, confidence, labels FROM mask_frames WHERE mask = ? "
      "ORDER BY number",
      artifact);
  while (row.step()) {
    media::FrameMask frame;
    frame.frame_index = row.number(0);
    frame.rows = row.number(1);
    frame.cols = row.number(2);
    frame.confidence = static_cast<float>(row.real(3));
    frame.labels = unpackLabels(
        row.blob(4), static_cast<std::size_t>(frame.rows) * static_cast<std::size_t>(frame.cols));
    mask.frames.push_back(std::move(frame));
  }
  return mask;
}

media::Volume Store::volume(const std::string& volume_id) const {
  const Database& database = impl_->database;
  const Transaction view(database, Transaction::Kind::kRead);
  const std::int64_t artifact = requireArtifact(database, volume_id, "volume");
  Statement row = database.query(
      "SELECT v.dim_i, v.dim_j, v.dim_k, v.pixel_type, v.world, o.sha256, o.size_bytes, v.m00, "
      "v.m01, v.m02, v.m03, v.m10, v.m11, v.m12, v.m13, v.m20, v.m21, v.m22, v.m23 "
      "FROM volumes v JOIN objects o ON o.pk = v.object WHERE v.artifact = ?",
      artifact);
  if (!row.step()) throwTorn(volume_id);
  media::Volume volume;
  volume.dims = {row.number(0), row.number(1), row.number(2)};
  volume.type = pixelTypeOf(row.text(3));
  volume.world = row.text(4);
  volume.world_from_voxel = media::WorldFromVoxel(matrixAt(row, 7));
  Statement labels = labelQuery(database);
  volume.labels = readLabels(labels, artifact);
  volume.data = impl_->objects.read(objectAt(row, 5), volume_id);
  if (volume.data.size() != volume.voxelCount() * media::bytesPerSample(volume.type)) {
    throwTorn(volume_id);
  }
  return volume;
}

media::Surface Store::surface(const std::string& surface_id) const {
  const Database& database = impl_->database;
  const std::int64_t artifact = requireArtifact(database, surface_id, "surface");
  Statement row = database.query(
      "SELECT u.label, u.world, o.sha256, o.size_bytes FROM surfaces u "
      "JOIN objects o ON o.pk = u.object WHERE u.artifact = ?",
      artifact);
  if (!row.step()) throwTorn(surface_id);
  media::Surface surface = readSurface(impl_->objects.read(objectAt(row, 2), surface_id));
  surface.label = row.text(0);
  surface.world = row.text(1);
  return surface;
}

LineageNode Store::lineage(const std::string& id) const {
  const Database& database = impl_->database;
  const Transaction view(database, Transaction::Kind::kRead);
  const std::int64_t artifact = requireArtifact(database, id, "");
  Statement row = database.query(
      "SELECT kind, recipe_json, program_version, author, created_utc FROM artifacts "
      "WHERE pk = ?",
      artifact);
  if (!row.step()) throwTorn(id);
  return {.id = id,
          .kind = row.text(0),
          .recipe_json = row.text(1),
          .program_version = row.text(2),
          .author = row.text(3),
          .created_utc = row.text(4),
          .made_from = neighbours(database,
                                  "SELECT a.id FROM lineage l JOIN artifacts a ON a.pk = l.parent "
                                  "WHERE l.child = ? ORDER BY l.position",
                                  artifact),
          .used_for = neighbours(database,
                                 "SELECT a.id FROM lineage l JOIN artifacts a ON a.pk = l.child "
                                 "WHERE l.parent = ? ORDER BY l.child",
                                 artifact)};
}

}  // namespace sonotwin::store
