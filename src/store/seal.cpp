// SPDX-License-Identifier: Apache-2.0
#include "seal.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "sonotwin/base/error.h"
#include "sonotwin/base/hash.h"

namespace sonotwin::store {
namespace {
constexpr const char* kArtifact =
    "SELECT id, kind, recipe_json, program_version, author, created_utc FROM artifacts "
    "WHERE pk = ?";
constexpr const char* kParents =
    "SELECT a.id FROM lineage l JOIN artifacts a ON a.pk = l.parent WHERE l.child = ? "
    "ORDER BY l.position";
constexpr const char* kLabels =
    "SELECT position, value, name FROM labels WHERE artifact = ? ORDER BY position";

constexpr std::array kSchemaItself = {Database::kSchemaQuery};
constexpr std::array kStore = {
    "SELECT key_check, program_version, created_utc FROM store WHERE pk = ?"};
constexpr std::array kPatient = {"SELECT id, mac, day_shift FROM patients WHERE pk = ?"};
constexpr std::array kStudy = {
    "SELECT s.id, s.mac, p.mac, s.day FROM studies s JOIN patients p ON p.pk = s.patient "
    "WHERE s.pk = ?"};
constexpr std::array kSeries = {
    "SELECT e.id, e.mac, s.mac FROM series e JOIN studies s ON s.pk = e.study WHERE e.pk = ?"};
constexpr std::array kClip = {
    kArtifact, kParents,
    "SELECT e.mac, o.sha256, o.size_bytes, c.frame_count, c.rows, c.cols, c.channels, "
    "c.pixel_type, c.tracked, c.world, c.orientation, c.times_known, c.duration_s, c.modality, "
    "c.probe_name, c.device_model, c.depth_mm, c.frequency_mhz, c.source_format, "
    "c.transfer_syntax FROM clips c JOIN series e ON e.pk = c.series "
    "JOIN objects o ON o.pk = c.object WHERE c.artifact = ?",
    "SELECT position, x0, y0, x1, y1, spatial_format, data_type, units_x, units_y, delta_x, "
    "delta_y FROM regions WHERE clip = ? ORDER BY position",
    "SELECT number, byte_offset, time_s, pose_status, m00, m01, m02, m03, m10, m11, m12, m13, "
    "m20, m21, m22, m23 FROM frames WHERE clip = ? ORDER BY number"};
constexpr std::array kRevision = {
    "SELECT a.id, r.number, r.spacing_x_mm, r.spacing_y_mm, r.spacing_source, r.body_region, "
    "r.sector_x0, r.sector_y0, r.sector_x1, r.sector_y1, r.fan_apex_x_px, r.fan_apex_y_px, "
    "r.fan_start_radius_px, r.fan_end_radius_px, r.fan_left_rad, r.fan_right_rad, "
    "r.fan_rows_per_col, r.m00, r.m01, r.m02, r.m03, r.m10, r.m11, r.m12, r.m13, r.m20, r.m21, "
    "r.m22, r.m23, r.program_version, r.author, r.created_utc FROM clip_revisions r "
    "JOIN artifacts a ON a.pk = r.clip WHERE r.pk = ?",
    "SELECT position, words FROM assumptions WHERE revision = ? ORDER BY position"};
constexpr std::array kSource = {
    "SELECT s.source_mac, s.calibration_mac, a.id FROM sources s "
    "JOIN artifacts a ON a.pk = s.clip WHERE s.pk = ?"};
constexpr std::array kMask = {
    kArtifact, kParents, kLabels,
    "SELECT a.id, m.model, m.frame_count, m.mean_confidence FROM masks m "
    "JOIN artifacts a ON a.pk = m.clip WHERE m.artifact = ?",
    "SELECT number, rows, cols, confidence, labels FROM mask_frames WHERE mask = ? "
    "ORDER BY number"};
constexpr std::array kVolume = {
    kArtifact, kParents, kLabels,
    "SELECT a.id, o.sha256, o.size_bytes, v.source, v.dim_i, v.dim_j, v.dim_k, v.pixel_type, "
    "v.world, v.observed_fraction, v.m00, v.m01, v.m02, v.m03, v.m10, v.m11, v.m12, v.m13, v.m20, "
    "v.m21, v.m22, v.m23 FROM volumes v JOIN artifacts a ON a.pk = v.clip "
    "JOIN objects o ON o.pk = v.object WHERE v.artifact = ?"};
constexpr std::array kSurface = {
    kArtifact, kParents,
    "SELECT a.id, o.sha256, o.size_bytes, s.label, s.world, s.volume_ml, s.area_mm2 "
    "FROM surfaces s JOIN artifacts a ON a.pk = s.volume JOIN objects o ON o.pk = s.object "
    "WHERE s.artifact = ?"};
constexpr std::array kModel = {kArtifact, kParents,
                               "SELECT name, card_json FROM models WHERE artifact = ?"};

const std::array kSubjects = {
    SealedSubject{"schema", "SELECT 1", kSchemaItself},
    SealedSubject{"store", "SELECT pk FROM store", kStore},
    SealedSubject{"patient", "SELECT pk FROM patients", kPatient},
    SealedSubject{"study", "SELECT pk FROM studies", kStudy},
    SealedSubject{"series", "SELECT pk FROM series", kSeries},
    SealedSubject{"revision", "SELECT pk FROM clip_revisions", kRevision},
    SealedSubject{"source", "SELECT pk FROM sources", kSource},
    SealedSubject{"clip", "SELECT pk FROM artifacts WHERE kind = 'clip'", kClip},
    SealedSubject{"mask", "SELECT pk FROM artifacts WHERE kind = 'mask'", kMask},
    SealedSubject{"volume", "SELECT pk FROM artifacts WHERE kind = 'volume'", kVolume},
    SealedSubject{"surface", "SELECT pk FROM artifacts WHERE kind = 'surface'", kSurface},
    SealedSubject{"model", "SELECT pk FROM artifacts WHERE kind = 'model'", kModel}};
}  // namespace

std::span<const SealedSubject> sealedSubjects() {
  return kSubjects;
}

std::string sealOf(const Database& database, const SealedSubject& subject, std::int64_t pk) {
  Sha256 hash;
  for (const char* const query : subject.queries) {
    hash.update("|");  // a row must not pass from one table's part to the next
    for (Statement row = database.query(query, pk); row.step();) hash.update(row.rowBytes());
  }
  return hash.finishHex();
}

void seal(Database& database, const std::string& subject, std::int64_t pk) {
  const auto* const found = std::ranges::find(kSubjects, std::string_view(subject),
                                              [](const SealedSubject& s) { return s.name; });
  if (found == kSubjects.end()) throw Error(ErrorKind::kInternal, "Nothing to seal: " + subject);
  database.run(
      "INSERT INTO seals (subject, subject_pk, sha256) VALUES (?, ?, ?) "
      "ON CONFLICT (subject, subject_pk) DO UPDATE SET sha256 = excluded.sha256",
      subject, pk, sealOf(database, *found, pk));
}

}  // namespace sonotwin::store
