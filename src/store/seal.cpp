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
constexpr std::array kPatient = {
    "SELECT p.id, p.mac, m.mac, w.mac, p.day_offset FROM patients p "
    "LEFT JOIN patients m ON m.pk = p.merged_into JOIN patients w ON w.pk = p.person "
    "WHERE p.pk = ?"};
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
    "SELECT places, times_s, poses, recipe FROM frame_tables WHERE clip = ?"};
constexpr std::array kRevision = {
    "SELECT a.id, r.number, r.spacing_x_mm, r.spacing_y_mm, r.spacing_source, r.body_region, "
    "r.view_label, "
    "r.sector_x0, r.sector_y0, r.sector_x1, r.sector_y1, r.fan_apex_x_px, r.fan_apex_y_px, "
    "r.fan_start_radius_px, r.fan_end_radius_px, r.fan_left_rad, r.fan_right_rad, "
    "r.fan_rows_per_col, r.m00, r.m01, r.m02, r.m03, r.m10, r.m11, r.m12, r.m13, r.m20, r.m21, "
    "r.m22, r.m23, r.program_version, r.author, r.created_utc, r.orientation "
    "FROM clip_revisions r "
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
                               "SELECT name, status, card_json FROM models WHERE artifact = ?"};
constexpr std::array kRecord = {kArtifact, kParents,
                                "SELECT name, json FROM records WHERE artifact = ?"};
constexpr std::array kAnnotation = {
    "SELECT a.id, f.id, p.id, n.version, n.state FROM annotations n "
    "JOIN artifacts a ON a.pk = n.mask JOIN artifacts f ON f.pk = n.first "
    "LEFT JOIN artifacts p ON p.pk = n.parent WHERE n.mask = ?"};
constexpr std::array kSearch = {
    "SELECT name, query_json, author, created_utc FROM searches WHERE pk = ?"};
constexpr std::array kProtocol = {
    "SELECT name, author, created_utc FROM protocols WHERE pk = ?",
    "SELECT position, name, body_region, view_label FROM protocol_views WHERE protocol = ? "
    "ORDER BY position"};
constexpr std::array kExamProtocol = {
    "SELECT s.id, h.protocol, h.author, h.created_utc FROM exam_protocols h "
    "JOIN studies s ON s.pk = h.study WHERE h.study = ?"};
constexpr std::array kQuarantine = {
    "SELECT q.id, q.patient_id, q.patient_mac, q.study_mac, q.series_mac, q.source_mac, q.day, "
    "l.sha256, q.method, q.size_bytes, q.reason, q.state, q.author, q.created_utc, q.decided_utc "
    "FROM quarantine q LEFT JOIN action_lists l ON l.pk = q.actions WHERE q.pk = ?",
    "SELECT position, x0, y0, x1, y1 FROM quarantine_boxes WHERE quarantine = ? "
    "ORDER BY position"};
constexpr std::array kActions = {"SELECT sha256, actions_json FROM action_lists WHERE pk = ?"};
constexpr std::array kReport = {
    "SELECT a.id, l.sha256, r.method, r.program_version, r.author, r.created_utc "
    "FROM ingest_reports r JOIN artifacts a ON a.pk = r.clip "
    "JOIN action_lists l ON l.pk = r.actions WHERE r.pk = ?"};
// The chain seals all entries but the last ones' being there.
constexpr std::array kAudit = {
    "SELECT number, sha256 FROM audit WHERE ? = 1 ORDER BY number DESC LIMIT 1"};

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
    SealedSubject{"model", "SELECT pk FROM artifacts WHERE kind = 'model'", kModel},
    SealedSubject{"record",
                  "SELECT pk FROM artifacts WHERE kind IN ('dataset', 'training', 'registration', "
                  "'measurement')",
                  kRecord},
    SealedSubject{"annotation", "SELECT mask FROM annotations", kAnnotation},
    SealedSubject{"search", "SELECT pk FROM searches", kSearch},
    SealedSubject{"protocol", "SELECT pk FROM protocols", kProtocol},
    SealedSubject{"exam protocol", "SELECT study FROM exam_protocols", kExamProtocol},
    SealedSubject{"quarantine", "SELECT pk FROM quarantine", kQuarantine},
    SealedSubject{"actions", "SELECT pk FROM action_lists", kActions},
    SealedSubject{"report", "SELECT pk FROM ingest_reports", kReport},
    SealedSubject{"audit", "SELECT 1 FROM (SELECT COUNT(*) AS n FROM audit) c WHERE c.n > 0",
                  kAudit}};
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

void unseal(Database& database, const std::string& subject, std::int64_t pk) {
  database.run("DELETE FROM seals WHERE subject = ? AND subject_pk = ?", subject, pk);
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
