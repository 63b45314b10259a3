// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>

#include "artifacts.h"
#include "clip_rows.h"
#include "impl.h"
#include "sonotwin/base/error.h"

namespace sonotwin::store {
namespace {
// Days count from the patient's first exam; an exam of unknown day stands on day 0.
const std::string kDay =
    "COALESCE(s.day - (SELECT MIN(f.day) FROM studies f WHERE f.patient = s.patient), 0)";

const std::string kClipColumns =
    "SELECT a.id, p.id, s.id, e.id, " + kDay +
    ", s.day IS NOT NULL, c.frame_count, c.rows, c.cols, c.channels, r.spacing_x_mm, "
    "r.spacing_y_mm, c.tracked, r.m00 IS NOT NULL, c.duration_s, r.body_region, c.source_format, "
    "c.transfer_syntax, (SELECT COUNT(*) FROM masks m WHERE m.clip = c.artifact), "
    "(SELECT COUNT(*) FROM volumes v WHERE v.clip = c.artifact), "
    "(SELECT COUNT(*) FROM volumes v JOIN surfaces u ON u.volume = v.artifact "
    "WHERE v.clip = c.artifact) ";

const std::string kClipNeighbours =
    "JOIN artifacts a ON a.pk = c.artifact JOIN series e ON e.pk = c.series "
    "JOIN studies s ON s.pk = e.study JOIN patients p ON p.pk = s.patient "
    "JOIN clip_revisions r ON r.clip = c.artifact AND r.number = c.revision ";

ClipRow clipRowAt(const Statement& row) {
  ClipRow clip;
  clip.id = row.text(0);
  clip.patient_id = row.text(1);
  clip.study_id = row.text(2);
  clip.series_id = row.text(3);
  clip.day = row.number(4);
  clip.day_known = row.integer(5) != 0;
  clip.frames = row.number(6);
  clip.rows = row.number(7);
  clip.cols = row.number(8);
  clip.channels = row.number(9);
  if (!row.isNull(10)) clip.spacing_mm = {row.real(10), row.real(11)};
  clip.tracked = row.integer(12) != 0;
  clip.calibrated = row.integer(13) != 0;
  clip.duration_s = row.real(14);
  clip.body_region = row.text(15);
  clip.source_format = row.text(16);
  clip.transfer_syntax = row.text(17);
  clip.mask_count = row.number(18);
  clip.volume_count = row.number(19);
  clip.surface_count = row.number(20);
  return clip;
}

std::string clipConditions(const ClipFilter& filter) {
  std::string where;
  if (!filter.patient_id.empty()) {
    where += "AND s.patient = (SELECT p.pk FROM patients p WHERE p.id = ?) ";
  }
  if (!filter.study_id.empty()) where += "AND s.id = ? ";
  // The set of candidates first, as one look-up for every clip is slow; "+ 0" keeps the planner
  // from looking the whole set up in every series.
  if (!filter.body_region.empty()) {
    where +=
        "AND c.artifact + 0 IN (SELECT r.clip FROM clip_revisions r WHERE r.body_region = ?) "
        "AND (SELECT r.body_region FROM clip_revisions r WHERE r.clip = c.artifact "
        "AND r.number = c.revision) = ? ";
  }
  if (filter.from_day) where += "AND " + kDay + " >= ? ";
  if (filter.to_day) where += "AND " + kDay + " <= ? ";
  return where;
}

// The page is found by walking indexes in the list's own order, so that it ends with its last row,
// and the wide rows are made for this page only. Written as cross joins because the planner keeps
// their order.
Statement clipPage(const Database& database, const ClipFilter& filter) {
  const std::string order = "ORDER BY s.patient, s.day NULLS FIRST, s.pk, e.pk, c.artifact ";
  Statement rows = database.query(
      kClipColumns +
      "FROM (SELECT c.artifact AS pk FROM studies s CROSS JOIN series e CROSS JOIN clips c "
      "WHERE e.study = s.pk AND c.series = e.pk " +
      clipConditions(filter) + order + "LIMIT ? OFFSET ?) page CROSS JOIN clips c " +
      kClipNeighbours + "WHERE c.artifact = page.pk " + order);
  for (const std::string& text :
       {filter.patient_id, filter.study_id, filter.body_region, filter.body_region}) {
    if (!text.empty()) rows.add(text);
  }
  for (const std::optional<int>& day : {filter.from_day, filter.to_day}) {
    if (day) rows.add(*day);
  }
  rows.add(std::max(filter.limit, 0));
  rows.add(std::max(filter.offset, 0));
  return rows;
}
}  // namespace

std::vector<PatientRow> Store::patients(int limit, int offset) const {
  Statement row = impl_->database.query(
      "SELECT p.id, (SELECT COUNT(*) FROM studies s WHERE s.patient = p.pk), "
      "(SELECT COUNT(*) FROM studies s JOIN series e ON e.study = s.pk "
      "JOIN clips c ON c.series = e.pk WHERE s.patient = p.pk), "
      "(SELECT COUNT(*) FROM studies s JOIN series e ON e.study = s.pk "
      "JOIN clips c ON c.series = e.pk JOIN volumes v ON v.clip = c.artifact "
      "JOIN surfaces u ON u.volume = v.artifact WHERE s.patient = p.pk), "
      "(SELECT COALESCE(MAX(s.day) - MIN(s.day), 0) FROM studies s WHERE s.patient = p.pk), "
      "(SELECT r.body_region FROM studies s CROSS JOIN series e CROSS JOIN clips c "
      "CROSS JOIN clip_revisions r WHERE s.patient = p.pk AND e.study = s.pk AND c.series = e.pk "
      "AND r.clip = c.artifact AND r.number = c.revision AND r.body_region <> '' "
      "ORDER BY s.day DESC NULLS LAST, s.pk DESC, e.pk DESC, c.artifact DESC LIMIT 1) "
      "FROM patients p ORDER BY p.pk LIMIT ? OFFSET ?",
      std::max(limit, 0), std::max(offset, 0));
  std::vector<PatientRow> patients;
  while (row.step()) {
    patients.push_back({.id = row.text(0),
                        .exam_count = row.number(1),
                        .clip_count = row.number(2),
                        .surface_count = row.number(3),
                        .last_exam_day = row.number(4),
                        .body_region = row.text(5)});
  }
  return patients;
}

std::vector<StudyRow> Store::studies(const std::string& patient_id) const {
  const std::string condition = patient_id.empty() ? "" : "WHERE p.id = ? ";
  Statement row = impl_->database.query(
      "SELECT s.id, p.id, ROW_NUMBER() OVER (PARTITION BY s.patient "
      "ORDER BY s.day IS NULL, s.day, s.pk), " +
      kDay +
      ", s.day IS NOT NULL, "
      "(SELECT COUNT(*) FROM series e JOIN clips c ON c.series = e.pk WHERE e.study = s.pk) "
      "FROM patients p JOIN studies s ON s.patient = p.pk " +
      condition + "ORDER BY p.pk, s.day IS NULL, s.day, s.pk");
  if (!patient_id.empty()) row.add(patient_id);
  std::vector<StudyRow> studies;
  while (row.step()) {
    studies.push_back({.id = row.text(0),
                       .patient_id = row.text(1),
                       .number = row.number(2),
                       .day = row.number(3),
                       .day_known = row.integer(4) != 0,
                       .clip_count = row.number(5)});
  }
  return studies;
}

std::vector<ClipRow> Store::clips(const ClipFilter& filter) const {
  std::vector<ClipRow> clips;
  for (Statement row = clipPage(impl_->database, filter); row.step();) {
    clips.push_back(clipRowAt(row));
  }
  return clips;
}

ClipRow Store::clipRow(const std::string& clip_id) const {
  const std::int64_t clip = requireArtifact(impl_->database, clip_id, "clip");
  Statement row = impl_->database.query(
      kClipColumns + "FROM clips c " + kClipNeighbours + "WHERE c.artifact = ?", clip);
  if (!row.step()) {
    throw Error(ErrorKind::kDamaged,
                "The rows of " + clip_id + " do not fit together. Run `sonotwin verify`.");
  }
  return clipRowAt(row);
}

std::vector<MaskRow> Store::masks(const std::string& clip_id) const {
  const std::string condition = clip_id.empty() ? "" : "WHERE b.id = ? ";
  Statement row = impl_->database.query(
      "SELECT a.id, b.id, m.model, m.frame_count, m.mean_confidence, a.created_utc, m.artifact "
      "FROM masks m JOIN artifacts a ON a.pk = m.artifact JOIN artifacts b ON b.pk = m.clip " +
      condition + "ORDER BY m.artifact");
  if (!clip_id.empty()) row.add(clip_id);
  Statement labels = labelQuery(impl_->database);
  std::vector<MaskRow> masks;
  while (row.step()) {
    masks.push_back({.id = row.text(0),
                     .clip_id = row.text(1),
                     .model = row.text(2),
                     .labels = readLabels(labels, row.integer(6)),
                     .frames = row.number(3),
                     .mean_confidence = row.real(4),
                     .created_utc = row.text(5)});
  }
  return masks;
}

std::vector<VolumeRow> Store::volumes(const std::string& clip_id) const {
  const std::string condition = clip_id.empty() ? "" : "WHERE b.id = ? ";
  Statement row = impl_->database.query(
      "SELECT a.id, b.id, v.source, v.dim_i, v.dim_j, v.dim_k, v.observed_fraction, "
      "a.recipe_json, a.created_utc, v.m00, v.m01, v.m02, v.m03, v.m10, v.m11, v.m12, v.m13, "
      "v.m20, v.m21, v.m22, v.m23 FROM volumes v JOIN artifacts a ON a.pk = v.artifact "
      "JOIN artifacts b ON b.pk = v.clip " +
      condition + "ORDER BY v.artifact");
  if (!clip_id.empty()) row.add(clip_id);
  std::vector<VolumeRow> volumes;
  while (row.step()) {
    volumes.push_back({.id = row.text(0),
                       .clip_id = row.text(1),
                       .source = row.text(2),
                       .dims = {row.number(3), row.number(4), row.number(5)},
                       .spacing_mm = matrixAt(row, 9).col(0).head<3>().norm(),
                       .observed_fraction = row.real(6),
                       .recipe_json = row.text(7),
                       .created_utc = row.text(8)});
  }
  return volumes;
}

std::vector<SurfaceRow> Store::surfaces(const std::string& clip_id) const {
  const std::string condition = clip_id.empty() ? "" : "WHERE b.id = ? ";
  Statement row = impl_->database.query(
      "SELECT a.id, w.id, b.id, u.label, u.volume_ml, u.area_mm2, a.created_utc "
      "FROM surfaces u JOIN artifacts a ON a.pk = u.artifact JOIN artifacts w ON w.pk = u.volume "
      "JOIN volumes v ON v.artifact = u.volume JOIN artifacts b ON b.pk = v.clip " +
      condition + "ORDER BY u.artifact");
  if (!clip_id.empty()) row.add(clip_id);
  std::vector<SurfaceRow> surfaces;
  while (row.step()) {
    surfaces.push_back({.id = row.text(0),
                        .volume_id = row.text(1),
                        .clip_id = row.text(2),
                        .label = row.text(3),
                        .volume_ml = row.real(4),
                        .area_mm2 = row.real(5),
                        .created_utc = row.text(6)});
  }
  return surfaces;
}

std::vector<ModelRow> Store::models() const {
  Statement row = impl_->database.query(
      "SELECT a.id, m.name, m.status, m.card_json, a.created_utc FROM models m "
      "JOIN artifacts a ON a.pk = m.artifact ORDER BY m.artifact");
  std::vector<ModelRow> models;
  while (row.step()) {
    models.push_back({.id = row.text(0),
                      .name = row.text(1),
                      .status = row.text(2),
                      .card_json = row.text(3),
                      .created_utc = row.text(4)});
  }
  return models;
}

}  // namespace sonotwin::store
