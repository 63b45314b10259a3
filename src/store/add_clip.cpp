// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "artifacts.h"
#include "clip_rows.h"
#include "identity.h"
#include "impl.h"
#include "origins.h"
#include "seal.h"
#include "sonotwin/base/error.h"

namespace sonotwin::store {
namespace {
void requireWhole(const media::Clip& clip) {
  const auto count = static_cast<std::size_t>(std::max(clip.info.frame_count, 0));
  if (count == 0) throwBadInput("A clip without frames cannot be stored.");
  if (clip.frames.size() != count || !clip.pixels) {
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
                       bool from_file) {
  if (!from_file && !came.probe_from_image) return false;
  const media::ClipInfo present = readInfo(database, clip);
  if (sameCalibration(present, came)) return false;
  media::ClipInfo revised = came;
  revised.body_region = present.body_region;
  insertRevision(database, clip, revisionInForce(database, clip) + 1, revised);
  return true;
}

void insertNewClip(Database& database, const std::string& id, const media::Clip& clip,
                   const Origin& origin, const KeyedOrigin& keyed, const ObjectRef& object) {
  const std::int64_t series = placeSeries(database, keyed, origin.exam_day_number);
  const std::int64_t artifact = insertArtifact(database, id, "clip", {}, {});
  insertClip(database, artifact, series, insertObject(database, object), clip);
  seal(database, "clip", artifact);
  recordSource(database, artifact, keyed);
}
}  // namespace

AddedClip Store::addClip(const media::Clip& clip, const Origin& origin, const Progress& progress) {
  Database& database = impl_->writing();
  requireWhole(clip);
  const KeyedOrigin keyed = store::keyed(impl_->key.require(), origin);
  NewObject object = impl_->objects.begin();
  copyFrames(clip, object, progress);
  const ObjectRef stored = object.finish();
  AddedClip result{.id = clipId(clip, keyed, stored.sha256)};
  impl_->objects.keep(std::move(object));

  Transaction transaction(database, Transaction::Kind::kWrite);
  if (const auto known = findArtifact(database, result.id)) {
    result.calibration_changed =
        reviseCalibration(database, *known, clip.info, !keyed.calibration_mac.empty());
    if (result.calibration_changed) recordCalibration(database, *known, "");
    recordSource(database, *known, keyed);
  } else {
    insertNewClip(database, result.id, clip, origin, keyed, stored);
    result.added = true;
  }
  transaction.commit();
  return result;
}

std::string Store::addDerivedClip(const std::string& clip_id, const media::Clip& clip,
                                  const Provenance& provenance, const Progress& progress) {
  Database& database = impl_->writing();
  requireWhole(clip);
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
  insertClip(database, artifact, series, insertObject(database, stored), clip);
  seal(database, "clip", artifact);
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
    const int number = revisionInForce(database, clip) + 1;
    insertRevision(database, clip, number, calibrated);
    if (!sameCalibration(present, calibrated)) recordCalibration(database, clip, "");
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
