// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "arrived_clip.h"
#include "artifacts.h"
#include "audit.h"
#include "clip_rows.h"
#include "identity.h"
#include "impl.h"
#include "origins.h"
#include "reports.h"
#include "seal.h"
#include "search_rows.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/parallel.h"

namespace sonotwin::store {
namespace {
void requireWhole(const media::Clip& clip, bool with_pixels) {
  const auto count = static_cast<std::size_t>(std::max(clip.info.frame_count, 0));
  if (count == 0) throwBadInput("A clip without frames cannot be stored.");
  if (clip.frames.size() != count || (with_pixels && !clip.pixels)) {
    throwBadInput("The clip says it has " + std::to_string(count) + " frames, but has times for " +
                  std::to_string(clip.frames.size()) + ".");
  }
}

void copyFrames(const media::Clip& clip, NewObject& object, const Progress& progress) {
  const media::ClipInfo& info = clip.info;
  for (int i = 0; i < info.frame_count; ++i) {
    progress.report(static_cast<double>(i) / info.frame_count, "Storing frames");
    const media::Image image = clip.pixels->frame(i);
    const bool fits = image.rows == info.rows && image.cols == info.cols &&
                      image.channels == info.channels && image.type == info.type &&
                      image.data.size() == frameBytes(info);
    if (!fits) {
      throwBadInput("Frame " + std::to_string(i) + " is " + std::to_string(image.cols) + " x " +
                    std::to_string(image.rows) + " with " + std::to_string(image.channels) +
                    " channels; its clip is " + std::to_string(info.cols) + " x " +
                    std::to_string(info.rows) + " with " + std::to_string(info.channels) +
                    ", or of another sample type.");
    }
    object.write(image.data);
  }
  progress.report(1.0, "Storing frames");
}

// Without the calibration: it can come later, or be corrected, and the clip stays the same.
// `sha256` is of the frames' bytes: what else a file holds does not make another clip.
std::string clipId(const media::Clip& clip, const KeyedOrigin& keyed, const std::string& sha256) {
  const media::ClipInfo& info = clip.info;
  Identity identity;
  identity.add(keyed.series_mac);  // which has patient and study in it
  identity.add(sha256);
  for (const int value : {info.frame_count, info.rows, info.cols, info.channels}) {
    identity.add(value);
  }
  identity.add(nameOf(info.type));
  identity.add(info.world);
  for (const media::FrameInfo& frame : clip.frames) {
    identity.add(frame.time_s);
    identity.add(static_cast<int>(frame.pose_status));
    if (frame.pose_status != media::PoseStatus::kValid) continue;
    const Eigen::Matrix4d& pose = frame.world_from_probe.matrix();
    for (int k = 0; k < 12; ++k) identity.add(pose(k / 4, k % 4));
  }
  for (const media::UltrasoundRegion& region : info.regions) {
    const media::PixelRectangle& box = region.rectangle;
    for (const int value : {box.x0, box.y0, box.x1, box.y1, region.spatial_format, region.data_type,
                            region.units_x, region.units_y}) {
      identity.add(value);
    }
    identity.add(region.delta_x);
    identity.add(region.delta_y);
  }
  return identity.finish("clip");
}

bool sameCalibration(const media::ClipInfo& a, const media::ClipInfo& b) {
  const bool same_transform =
      a.probe_from_image.has_value() == b.probe_from_image.has_value() &&
      (!a.probe_from_image || a.probe_from_image->matrix() == b.probe_from_image->matrix());
  return same_transform && a.spacing_mm == b.spacing_mm && a.spacing_source == b.spacing_source &&
         a.sector == b.sector;
}

// A calibration file that is applied holds for every file the clip came from.
void recordCalibration(Database& database, std::int64_t clip, const std::string& calibration_mac) {
  std::vector<std::int64_t> outdated;
  {
    Statement row = database.query("SELECT pk FROM sources WHERE clip = ? AND calibration_mac <> ?",
                                   clip, calibration_mac);
    while (row.step()) outdated.push_back(row.integer(0));
  }
  for (const std::int64_t source : outdated) {
    database.run("UPDATE sources SET calibration_mac = ? WHERE pk = ?", calibration_mac, source);
    seal(database, "source", source);
  }
}

void recordSource(Database& database, std::int64_t clip, const KeyedOrigin& keyed) {
  if (!keyed.source_mac.empty()) {
    Statement known = database.query("SELECT pk FROM sources WHERE source_mac = ? AND clip = ?",
                                     keyed.source_mac, clip);
    if (!known.step()) {
      Statement insert = database.query(
          "INSERT INTO sources (source_mac, calibration_mac, clip) VALUES (?, ?, ?) "
          "ON CONFLICT (source_mac) DO UPDATE SET calibration_mac = excluded.calibration_mac, "
          "clip = excluded.clip RETURNING pk",
          keyed.source_mac, keyed.calibration_mac, clip);
      insert.step();
      const std::int64_t source = insert.integer(0);
      insert.run();
      seal(database, "source", source);
    }
  }
  if (!keyed.calibration_mac.empty()) recordCalibration(database, clip, keyed.calibration_mac);
}

// What came again with a calibration gets it, and keeps the body region a person may have set.
bool reviseCalibration(Database& database, std::int64_t clip, const media::ClipInfo& came,
                       bool from_file, const std::string& author) {
  if (!from_file && !came.probe_from_image) return false;
  const media::ClipInfo present = readInfo(database, clip);
  if (sameCalibration(present, came)) return false;
  media::ClipInfo revised = came;
  revised.body_region = present.body_region;
  insertRevision(database, clip, nextRevision(database, clip, author), revised);
  return true;
}

/// A clip whose pixels are in the store already.
void insertNewClip(Database& database, const std::string& id, ArrivedClip&& came,
                   const std::string& author) {
  const std::int64_t series = placeSeries(database, came.keyed, came.exam_day_number);
  std::string detail = detailOf(came.reports);
  const std::int64_t artifact = insertArtifact(database, id, "clip", {.author = author}, {});
  insertClip(database, artifact, series, insertObject(database, came.object), came.clip, author,
             std::move(came.encoding));
  seal(database, "clip", artifact);
  recordSource(database, artifact, came.keyed);
  for (const IngestReport& report : came.reports) {
    insertReport(database, artifact, report, author);
  }
  refreshSearch(database, artifact);
  record(database,
         {.author = author, .act = "clip added", .object = id, .detail = std::move(detail)});
}

bool reviseKnownClip(Database& database, const std::string& id, std::int64_t artifact,
                     const ArrivedClip& came, const std::string& author) {
  const bool changed = reviseCalibration(database, artifact, came.clip.info,
                                         !came.keyed.calibration_mac.empty(), author);
  if (changed) {
    recordCalibration(database, artifact, "");
    refreshSearch(database, artifact);
    record(database, {.author = author, .act = "clip calibrated", .object = id});
  }
  recordSource(database, artifact, came.keyed);
  return changed;
}

// A file that version 1 stored decoded has another id than its bytes would give it now.
std::optional<std::string> decodedEarlier(const Database& database, const KeyedOrigin& keyed) {
  if (keyed.source_mac.empty()) return std::nullopt;
  Statement row = database.query(
      "SELECT a.id FROM sources s JOIN artifacts a ON a.pk = s.clip "
      "JOIN frame_tables t ON t.clip = s.clip WHERE s.source_mac = ? AND length(t.places) = 0",
      keyed.source_mac);
  return row.step() ? std::optional(row.text(0)) : std::nullopt;
}

// In a write transaction.
AddedClip join(Database& database, std::string id, ArrivedClip&& came, const std::string& author) {
  AddedClip result;
  if (!came.encoding.places.empty()) id = decodedEarlier(database, came.keyed).value_or(id);
  if (const auto known = findArtifact(database, id)) {
    result.calibration_changed = reviseKnownClip(database, id, *known, came, author);
  } else {
    insertNewClip(database, id, std::move(came), author);
    result.added = true;
  }
  result.id = std::move(id);
  return result;
}

void requireInside(const std::vector<dicom::FrameBytes>& frames, int count, std::uint64_t size) {
  if (frames.size() != static_cast<std::size_t>(count)) {
    throwBadInput("The clip says it has " + std::to_string(count) + " frames, but its file has " +
                  std::to_string(frames.size()) + ".");
  }
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const dicom::FrameBytes& frame = frames[i];
    const bool inside = frame.size > 0 && frame.offset < size && frame.size <= size - frame.offset;
    if (!inside) throwBadInput("Frame " + std::to_string(i) + " lies outside of its file.");
    if (frame.offset < at) throwBadInput("Frame " + std::to_string(i) + " lies in another one.");
    at = frame.offset + frame.size;
  }
}

/// An encoded clip on its way: its file goes unless it is kept.
struct KeptClip {
  explicit KeptClip(const std::filesystem::path& path) : file(path) {}
  ArrivingFile file;
  KeyedOrigin keyed;
  ObjectRef object;
  std::string id;
};

void keepObject(const ObjectFolder& objects, const media::Clip& clip, const EncodedObject& object,
                KeptClip& kept, const Progress& progress) {
  const std::vector<dicom::FrameBytes>& frames = object.frames.frames;
  const std::uint64_t size = kept.file.size();
  requireInside(frames, clip.info.frame_count, size);
  ArrivedHashes hashes = kept.file.hash(size, frames, progress);
  kept.object = std::move(hashes.object);
  kept.id = clipId(clip, kept.keyed, hashes.frames_sha256);
  objects.keep(kept.file, kept.object);
}

FrameTable encodingOf(dicom::EncodedFrames& frames) {
  return {.places = packPlaces(frames.frames),
          .times_s = {},
          .poses = {},
          .recipe = std::move(frames.recipe)};
}

std::vector<IngestReport> reportsOf(EncodedObject& object) {
  if (!object.report) return {};
  return {std::move(*object.report)};
}
}  // namespace

AddedClip Store::addClip(const media::Clip& clip, const Origin& origin, const Progress& progress) {
  impl_->writing();
  return impl_->addRaw(
      {clip, origin.exam_day_number, store::keyed(impl_->key.require(), origin), {}, {}, {}},
      progress);
}

AddedClip Store::addReportedClip(const media::Clip& clip, const Origin& origin,
                                 const IngestReport& report, const Progress& progress) {
  impl_->writing();
  ArrivedClip came{clip, origin.exam_day_number, store::keyed(impl_->key.require(), origin), {}, {},
                   {}};
  came.reports.push_back(report);
  return impl_->addRaw(std::move(came), progress);
}

AddedClip Store::addClip(const media::Clip& clip, const Origin& origin, EncodedObject object,
                         const Progress& progress) {
  std::vector<ArrivingClip> one;
  one.push_back({clip, origin, std::move(object)});
  return addClips(std::move(one), progress).front();
}

std::vector<AddedClip> Store::addClips(std::vector<ArrivingClip> clips, const Progress& progress) {
  std::deque<KeptClip> kept;
  for (const ArrivingClip& came : clips) kept.emplace_back(came.object.file);
  Database& database = impl_->writing();
  for (std::size_t i = 0; i < clips.size(); ++i) {
    requireWhole(clips[i].clip, false);
    kept[i].keyed = store::keyed(impl_->key.require(), clips[i].origin);
  }
  progress.report(0.0, "Storing files");
  parallelFor(clips.size(), 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      keepObject(impl_->objects, clips[i].clip, clips[i].object, kept[i], progress);
    }
  });
  std::vector<ObjectRef> objects;
  for (const KeptClip& clip : kept) objects.push_back(clip.object);
  impl_->objects.flush(objects);
  std::vector<AddedClip> added;
  Transaction transaction(database, Transaction::Kind::kWrite);
  for (std::size_t i = 0; i < clips.size(); ++i) {
    EncodedObject& object = clips[i].object;
    added.push_back(join(database, std::move(kept[i].id),
                         {clips[i].clip, clips[i].origin.exam_day_number, std::move(kept[i].keyed),
                          kept[i].object, encodingOf(object.frames), reportsOf(object)},
                         impl_->author));
  }
  transaction.commit();
  progress.report(1.0, "Storing files");
  return added;
}

AddedClip Store::Impl::addRaw(ArrivedClip&& came, const Progress& progress) {
  writing();
  requireWhole(came.clip, true);
  NewObject object = objects.begin();
  copyFrames(came.clip, object, progress);
  came.object = object.finish();
  std::string id = clipId(came.clip, came.keyed, came.object.sha256);
  objects.keep(std::move(object));
  Transaction transaction(database, Transaction::Kind::kWrite);
  AddedClip added = join(database, std::move(id), std::move(came), author);
  transaction.commit();
  return added;
}

AddedClip Store::Impl::addEncoded(ArrivedClip&& came, EncodedObject object,
                                  const Progress& progress) {
  KeptClip kept(object.file);
  writing();
  requireWhole(came.clip, false);
  progress.report(0.0, "Storing the file");
  kept.keyed = came.keyed;
  keepObject(objects, came.clip, object, kept, progress);
  objects.flush({kept.object});
  came.object = kept.object;
  came.encoding = encodingOf(object.frames);
  Transaction transaction(database, Transaction::Kind::kWrite);
  AddedClip added = join(database, std::move(kept.id), std::move(came), author);
  transaction.commit();
  progress.report(1.0, "Storing the file");
  return added;
}

std::string Store::addDerivedClip(const std::string& clip_id, const media::Clip& clip,
                                  const Provenance& given, const Progress& progress) {
  Database& database = impl_->writing();
  const Provenance provenance = signedBy(impl_->author, given);
  requireWhole(clip, true);
  requireJson("clip's recipe", provenance.recipe_json, true);
  const std::int64_t origin = requireArtifact(database, clip_id, "clip");
  NewObject object = impl_->objects.begin();
  copyFrames(clip, object, progress);
  const ObjectRef stored = object.finish();
  impl_->objects.keep(std::move(object));
  const std::vector<std::string> parents = parentsOf(clip_id, provenance);
  Identity identity;
  for (const std::string& parent : parents) identity.add(parent);
  identity.add(provenance.recipe_json);
  identity.add(stored.sha256);
  const std::string id = identity.finish("clip");

  Transaction transaction(database, Transaction::Kind::kWrite);
  if (findArtifact(database, id)) return id;
  const std::int64_t series = [&] {
    Statement row = database.query("SELECT series FROM clips WHERE artifact = ?", origin);
    row.step();
    return row.integer(0);
  }();
  const std::int64_t artifact = insertArtifact(database, id, "clip", provenance, parents);
  insertClip(database, artifact, series, insertObject(database, stored), clip, provenance.author,
             {});
  seal(database, "clip", artifact);
  refreshSearch(database, artifact);
  record(database, {.author = provenance.author, .act = "clip derived", .object = id});
  transaction.commit();
  return id;
}

void Store::setCalibration(const std::string& clip_id, const media::ClipInfo& calibrated) {
  Database& database = impl_->writing();
  Transaction transaction(database, Transaction::Kind::kWrite);
  const std::int64_t clip = requireArtifact(database, clip_id, "clip");
  const media::ClipInfo present = readInfo(database, clip);
  const bool same = sameCalibration(present, calibrated) &&
                    present.body_region == calibrated.body_region &&
                    present.assumptions == calibrated.assumptions;
  if (!same) {
    insertRevision(database, clip, nextRevision(database, clip, impl_->author), calibrated);
    if (!sameCalibration(present, calibrated)) recordCalibration(database, clip, "");
    refreshSearch(database, clip);
    record(database, {.author = impl_->author, .act = "clip corrected", .object = clip_id});
  }
  transaction.commit();
}

std::optional<std::string> Store::clipOfSource(const std::string& source_sha256,
                                               const std::string& calibration_sha256) const {
  const PseudonymKey& key = impl_->key.require();
  const std::string calibration = calibrationMac(key, calibration_sha256);
  Statement row = impl_->database.query(
      "SELECT a.id, s.calibration_mac FROM sources s JOIN artifacts a ON a.pk = s.clip "
      "WHERE s.source_mac = ?",
      sourceMac(key, source_sha256));
  if (!row.step() || (!calibration.empty() && row.text(1) != calibration)) return std::nullopt;
  return row.text(0);
}

}  // namespace sonotwin::store
