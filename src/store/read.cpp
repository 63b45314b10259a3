// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "artifacts.h"
#include "clip_rows.h"
#include "impl.h"
#include "mask_blob.h"
#include "sonotwin/base/error.h"
#include "sonotwin/dicom/reassign.h"
#include "surface_bytes.h"

namespace sonotwin::store {
namespace {
/// How a clip's frames look, and where they come from.
struct FrameForm {
  int rows = 0, cols = 0, channels = 1;
  media::PixelType type = media::PixelType::kUint8;
  std::vector<std::byte> recipe;  ///< empty: raw samples
};

media::Image readFrame(const ObjectFile& file, const dicom::FrameBytes& place,
                       const FrameForm& form, const std::string& clip_id, int index) {
  const auto damaged = [&](const std::string& reason) {
    return Error(ErrorKind::kDamaged, "Frame " + std::to_string(index) + " of " + clip_id +
                                          " cannot be read from the store: " + reason +
                                          ". Run `sonotwin verify`, then restore a backup or "
                                          "ingest the clip's file again.");
  };
  if (!file.absence().empty()) throw damaged(file.absence());
  if (form.recipe.empty()) {
    media::Image image(form.rows, form.cols, form.channels, form.type);
    if (!file.read(place.offset, image.data)) throw damaged("cut short");
    return image;
  }
  std::vector<std::byte> bytes(place.size);
  if (!file.read(place.offset, bytes)) throw damaged("cut short");
  media::Image image = dicom::decodeFrame(form.recipe, bytes, index);
  const bool fits = image.rows == form.rows && image.cols == form.cols &&
                    image.channels == form.channels && image.type == form.type;
  if (!fits) throw damaged("it is not of the clip's size");
  return image;
}

// Holds the object open: frames stay readable when the store closes.
class StoredFrames final : public media::FrameSource {
 public:
  StoredFrames(const std::filesystem::path& object, std::string clip_id, FrameForm form,
               std::vector<dicom::FrameBytes> places)
      : file_(object),
        clip_id_(std::move(clip_id)),
        form_(std::move(form)),
        places_(std::move(places)) {}

  [[nodiscard]] media::Image frame(int index) const override {
    const auto at = static_cast<std::size_t>(index);
    if (index < 0 || at >= places_.size()) {
      throwNotFound(clip_id_ + " has no frame " + std::to_string(index) + ".");
    }
    return readFrame(file_, places_[at], form_, clip_id_, index);
  }

 private:
  ObjectFile file_;
  std::string clip_id_;
  FrameForm form_;
  std::vector<dicom::FrameBytes> places_;
};

std::vector<std::byte> copyOf(std::span<const std::byte> bytes) {
  return {bytes.begin(), bytes.end()};
}

ObjectRef objectAt(const Statement& row, int column) {
  return {row.text(column), static_cast<std::uint64_t>(row.integer(column + 1))};
}

[[noreturn]] void throwTorn(const std::string& id) {
  throw Error(ErrorKind::kDamaged,
              "The rows of " + id + " do not fit together. Run `sonotwin verify`.");
}
[[noreturn]] void throwNotAsStored(const std::string& clip_id) {
  throw Error(ErrorKind::kDamaged, "The DICOM object of " + clip_id +
                                       " is not what was stored. Run `sonotwin verify`, then "
                                       "restore a backup or ingest the clip's file again.");
}

void writeAsStored(const ObjectFolder& objects, const ObjectRef& object, const std::string& clip_id,
                   const std::filesystem::path& out, const Progress& progress) {
  const ObjectFile file(objects.path(object.sha256));
  AtomicFile copy(out);
  Sha256 hash;
  std::vector<std::byte> block(std::size_t{1} << 20);
  while (copy.size() < object.size_bytes) {
    progress.report(static_cast<double>(copy.size()) / static_cast<double>(object.size_bytes),
                    "writing");
    const std::uint64_t left = object.size_bytes - copy.size();
    const std::span part(block.data(),
                         static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), left)));
    if (!file.read(copy.size(), part)) break;
    hash.update(part);
    copy.write(part);
  }
  if (hash.finishHex() != object.sha256) throwNotAsStored(clip_id);
  copy.commit();
}

// The object in the store never changes: the merge may be undone.
void writeInNameOf(const dicom::Assignee& person, const ObjectFolder& objects,
                   const ObjectRef& object, const std::string& clip_id,
                   std::span<const dicom::FrameBytes> frames, const std::filesystem::path& out,
                   const Progress& progress) {
  if (objects.problem(object, true, progress.part(0.0, 0.5))) throwNotAsStored(clip_id);
  const std::filesystem::path beside =
      out.parent_path() / std::string(".").append(out.filename().string()).append(".new");
  dicom::reassign(objects.path(object.sha256), beside, person, frames, progress.part(0.5, 1.0));
  std::error_code failed;
  std::filesystem::rename(beside, out, failed);
  if (!failed) return;
  std::error_code ignored;
  std::filesystem::remove(beside, ignored);
  throw Error(ErrorKind::kDevice, out.string() + ": the file cannot be written.");
}

/// A volume without its voxels: those come from its object, and after them what is known of each.
struct StoredVolume {
  media::Volume volume;
  ObjectRef object;

  [[nodiscard]] std::size_t voxelBytes() const {
    return volume.voxelCount() * media::bytesPerSample(volume.type);
  }
  [[nodiscard]] bool fits(std::size_t bytes) const {
    const std::size_t voxels = voxelBytes(), map = volume.voxelCount();
    return bytes == voxels || bytes == voxels + map || bytes == voxels + 2 * map;
  }
};

StoredVolume readVolume(const Database& database, const std::string& volume_id) {
  const std::int64_t artifact = requireArtifact(database, volume_id, "volume");
  Statement row = database.query(
      "SELECT v.dim_i, v.dim_j, v.dim_k, v.pixel_type, v.world, o.sha256, o.size_bytes, v.m00, "
      "v.m01, v.m02, v.m03, v.m10, v.m11, v.m12, v.m13, v.m20, v.m21, v.m22, v.m23 "
      "FROM volumes v JOIN objects o ON o.pk = v.object WHERE v.artifact = ?",
      artifact);
  if (!row.step()) throwTorn(volume_id);
  StoredVolume stored;
  stored.volume.dims = {row.number(0), row.number(1), row.number(2)};
  stored.volume.type = pixelTypeOf(row.text(3));
  stored.volume.world = row.text(4);
  stored.volume.world_from_voxel = media::WorldFromVoxel(matrixAt(row, 7));
  Statement labels = labelQuery(database);
  stored.volume.labels = readLabels(labels, artifact);
  stored.object = objectAt(row, 5);
  return stored;
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
      "SELECT o.sha256, o.size_bytes, t.places, t.recipe FROM clips c "
      "JOIN objects o ON o.pk = c.object JOIN frame_tables t ON t.clip = c.artifact "
      "WHERE c.artifact = ?",
      artifact);
  if (!row.step()) throwTorn(clip_id);
  const ObjectRef object = objectAt(row, 0);
  const media::ClipInfo& info = clip.info;
  clip.pixels = std::make_shared<StoredFrames>(
      impl_->objects.path(object.sha256), clip_id,
      FrameForm{info.rows, info.cols, info.channels, info.type, copyOf(row.blob(3))},
      unpackPlaces(row.blob(2), info.frame_count, frameBytes(info), object.size_bytes));
  return clip;
}

media::Image Store::frame(const std::string& clip_id, int index) const {
  const auto at = static_cast<std::int64_t>(std::max(index, 0));
  Statement row = impl_->database.query(
      "SELECT c.frame_count, c.rows, c.cols, c.channels, c.pixel_type, o.sha256, o.size_bytes, "
      "substr(t.places, 1 + 16 * ?, 16), t.recipe FROM artifacts a "
      "JOIN clips c ON c.artifact = a.pk JOIN objects o ON o.pk = c.object "
      "JOIN frame_tables t ON t.clip = a.pk WHERE a.id = ?",
      at, clip_id);
  if (!row.step()) throwNotFound("The store holds no clip \"" + clip_id + "\".");
  if (index < 0 || index >= row.number(0)) {
    throwNotFound(clip_id + " has no frame " + std::to_string(index) + ".");
  }
  const FrameForm form{row.number(1), row.number(2), row.number(3), pixelTypeOf(row.text(4)),
                       copyOf(row.blob(8))};
  const ObjectRef object = objectAt(row, 5);
  const std::uint64_t bytes =
      static_cast<std::uint64_t>(form.rows) * static_cast<std::uint64_t>(form.cols) *
      static_cast<std::uint64_t>(form.channels) * media::bytesPerSample(form.type);
  dicom::FrameBytes place{static_cast<std::uint64_t>(at) * bytes, bytes};
  if (!row.blob(7).empty()) {
    place = unpackPlaces(row.blob(7), 1, bytes, object.size_bytes).front();
  }
  return readFrame(ObjectFile(impl_->objects.path(object.sha256)), place, form, clip_id, index);
}

bool Store::writeDicom(const std::string& clip_id, const std::filesystem::path& out,
                       const Progress& progress) const {
  const Database& database = impl_->database;
  const Transaction view(database, Transaction::Kind::kRead);
  const std::int64_t artifact = requireArtifact(database, clip_id, "clip");
  Statement row = database.query(
      "SELECT o.sha256, o.size_bytes, length(t.recipe), t.places, c.frame_count, p.person = p.pk, "
      "w.id, p.day_offset FROM clips c JOIN objects o ON o.pk = c.object "
      "JOIN frame_tables t ON t.clip = c.artifact JOIN series e ON e.pk = c.series "
      "JOIN studies s ON s.pk = e.study JOIN patients p ON p.pk = s.patient "
      "JOIN patients w ON w.pk = p.person WHERE c.artifact = ?",
      artifact);
  if (!row.step()) throwTorn(clip_id);
  if (row.integer(2) == 0) return false;
  const ObjectRef object = objectAt(row, 0);
  if (row.integer(5) != 0) {
    writeAsStored(impl_->objects, object, clip_id, out, progress);
  } else {
    const auto places = unpackPlaces(row.blob(3), row.number(4), 0, object.size_bytes);
    writeInNameOf({row.text(6), row.number(7)}, impl_->objects, object, clip_id, places, out,
                  progress);
  }
  return true;
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
  StoredVolume stored = readVolume(database, volume_id);
  const std::size_t size = stored.voxelBytes();
  stored.volume.data = impl_->objects.read(stored.object, volume_id);
  if (!stored.fits(stored.volume.data.size())) throwTorn(volume_id);
  stored.volume.data.resize(size);
  return std::move(stored.volume);
}

media::VoxelMaps Store::voxelMaps(const std::string& volume_id) const {
  const Database& database = impl_->database;
  const Transaction view(database, Transaction::Kind::kRead);
  const StoredVolume stored = readVolume(database, volume_id);
  const std::vector<std::byte> bytes = impl_->objects.read(stored.object, volume_id);
  if (!stored.fits(bytes.size())) throwTorn(volume_id);
  const auto mapAt = [&](std::size_t position) {
    const std::size_t count = stored.volume.voxelCount();
    const std::size_t begin = stored.voxelBytes() + position * count;
    if (begin >= bytes.size()) return std::vector<std::uint8_t>();
    const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.data()) + begin;
    return std::vector<std::uint8_t>(first, first + count);
  };
  return {mapAt(0), mapAt(1)};
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

}  // namespace sonotwin::store
