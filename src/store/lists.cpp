// SPDX-License-Identifier: Apache-2.0
#include "lists.h"

#include <algorithm>
#include <array>
#include <string>

#include "artifacts.h"
#include "clip_rows.h"
#include "impl.h"

namespace sonotwin::store {
namespace {
// Those found to be one person stand under one pseudonym.
constexpr const char* kPerson = "(SELECT q.person FROM patients q WHERE q.id = ?) ";

std::vector<std::string> mergedInto(const Database& database, std::int64_t person) {
  std::vector<std::string> ids;
  Statement row = database.query(
      "SELECT id FROM patients WHERE person = ? AND merged_into IS NOT NULL ORDER BY pk", person);
  while (row.step()) ids.push_back(row.text(0));
  return ids;
}

std::vector<MeasurementRow> listMeasurements(const Database& database, const std::string& condition,
                                             const std::string& id) {
  Statement row = database.query(
      "SELECT a.id, o.id, o.kind, b.id, w.id, s.id, t.day, r.name, r.json, a.author, a.created_utc "
      "FROM artifacts a JOIN records r ON r.artifact = a.pk "
      "LEFT JOIN lineage l ON l.child = a.pk AND l.position = 0 "
      "LEFT JOIN artifacts o ON o.pk = l.parent "
      "LEFT JOIN clip_search t ON t.clip = COALESCE("
      "(SELECT m.clip FROM masks m WHERE m.artifact = o.pk), "
      "(SELECT v.clip FROM volumes v WHERE v.artifact = o.pk), "
      "(SELECT v.clip FROM surfaces u JOIN volumes v ON v.artifact = u.volume "
      "WHERE u.artifact = o.pk), o.pk) "
      "LEFT JOIN artifacts b ON b.pk = t.clip LEFT JOIN patients w ON w.pk = t.person "
      "LEFT JOIN studies s ON s.pk = t.study WHERE a.kind = 'measurement' " +
      condition + "ORDER BY t.person, t.day IS NULL, t.day, a.pk");
  if (!condition.empty()) row.add(id);
  std::vector<MeasurementRow> measurements;
  while (row.step()) {
    measurements.push_back({.id = row.text(0),
                            .of_id = row.text(1),
                            .of_kind = row.text(2),
                            .clip_id = row.text(3),
                            .patient_id = row.text(4),
                            .study_id = row.text(5),
                            .day = row.number(6),
                            .day_known = !row.isNull(6),
                            .name = row.text(7),
                            .json = row.text(8),
                            .author = row.text(9),
                            .created_utc = row.text(10)});
  }
  return measurements;
}
}  // namespace

std::vector<PatientRow> listPatients(const Database& database, const std::string& patient_id,
                                     int limit, int offset) {
  const std::string condition =
      patient_id.empty() ? "p.person = p.pk " : "p.pk = " + std::string(kPerson);
  Statement row = database.query(
      "SELECT p.id, (SELECT COUNT(*) FROM patients q JOIN studies s ON s.patient = q.pk "
      "WHERE q.person = p.pk), "
      "(SELECT COUNT(*) FROM clip_search t WHERE t.person = p.pk), "
      "(SELECT COALESCE(SUM(t.surface_count), 0) FROM clip_search t WHERE t.person = p.pk), "
      "(SELECT MAX(s.day + q.day_offset) - MIN(s.day + q.day_offset) "
      "FROM patients q JOIN studies s ON s.patient = q.pk WHERE q.person = p.pk), "
      "(SELECT t.body_region FROM clip_search t WHERE t.person = p.pk AND t.body_region <> '' "
      "ORDER BY t.person DESC, t.day DESC, t.study DESC, t.series DESC, t.clip DESC LIMIT 1), "
      "p.pk FROM patients p WHERE " +
      condition + "ORDER BY p.pk LIMIT ? OFFSET ?");
  if (!patient_id.empty()) row.add(patient_id);
  row.add(std::max(limit, 0));
  row.add(std::max(offset, 0));
  std::vector<PatientRow> patients;
  while (row.step()) {
    patients.push_back(
        {.id = row.text(0),
         .exam_count = row.number(1),
         .clip_count = row.number(2),
         .surface_count = row.number(3),
         .last_exam_day = row.isNull(4) ? std::nullopt : std::optional(row.number(4)),
         .body_region = row.text(5),
         .merged = mergedInto(database, row.integer(6))});
  }
  return patients;
}

// Numbers and days are the person's, so all exams of the persons are looked at, whichever is asked.
std::vector<StudyRow> listStudies(const Database& database, const std::string& patient_id,
                                  const std::string& study_id) {
  std::string persons;
  if (!patient_id.empty()) persons = "WHERE p.person = " + std::string(kPerson);
  if (!study_id.empty()) {
    persons =
        "WHERE p.person = (SELECT q.person FROM studies x JOIN patients q "
        "ON q.pk = x.patient WHERE x.id = ?) ";
  }
  Statement row = database.query(
      "SELECT s.id, w.id, ROW_NUMBER() OVER (PARTITION BY p.person "
      "ORDER BY s.day IS NULL, s.day + p.day_offset, s.pk), "
      "s.day + p.day_offset - MIN(s.day + p.day_offset) OVER (PARTITION BY p.person), "
      "(SELECT COUNT(*) FROM clip_search t WHERE t.study = s.pk), h.study, a.name "
      "FROM patients p JOIN patients w ON w.pk = p.person JOIN studies s ON s.patient = p.pk "
      "LEFT JOIN exam_protocols h ON h.study = s.pk LEFT JOIN protocols a ON a.pk = h.protocol " +
      persons + "ORDER BY p.person, s.day IS NULL, s.day + p.day_offset, s.pk");
  for (const std::string& id : {patient_id, study_id}) {
    if (!id.empty()) row.add(id);
  }
  std::vector<StudyRow> studies;
  while (row.step()) {
    if (!study_id.empty() && row.text(0) != study_id) continue;
    studies.push_back({.id = row.text(0),
                       .patient_id = row.text(1),
                       .number = row.number(2),
                       .day = row.number(3),
                       .day_known = !row.isNull(3),
                       .clip_count = row.number(4),
                       .protocol = row.isNull(5) ? std::nullopt : std::optional(row.text(6))});
  }
  return studies;
}

std::vector<PatientRow> Store::patients(int limit, int offset) const {
  return listPatients(impl_->database, {}, limit, offset);
}

std::vector<StudyRow> Store::studies(const std::string& patient_id) const {
  return listStudies(impl_->database, patient_id, {});
}

std::vector<RecordRow> Store::records(const std::string& kind) const {
  const std::string condition = kind.empty() ? "" : "WHERE a.kind = ? ";
  Statement row = impl_->database.query(
      "SELECT a.id, a.kind, r.name, r.json, a.created_utc FROM records r "
      "JOIN artifacts a ON a.pk = r.artifact " +
      condition + "ORDER BY r.artifact");
  if (!kind.empty()) row.add(kind);
  std::vector<RecordRow> records;
  while (row.step()) {
    records.push_back({.id = row.text(0),
                       .kind = row.text(1),
                       .name = row.text(2),
                       .json = row.text(3),
                       .created_utc = row.text(4)});
  }
  return records;
}

std::vector<MeasurementRow> Store::measurements(const std::string& clip_id) const {
  return listMeasurements(impl_->database, clip_id.empty() ? "" : "AND b.id = ? ", clip_id);
}

std::vector<MeasurementRow> Store::measurementsOf(const std::string& patient_id) const {
  return listMeasurements(impl_->database, "AND t.person = " + std::string(kPerson), patient_id);
}

std::vector<AnnotationRow> Store::annotations(const std::string& clip_id) const {
  const std::string condition = clip_id.empty() ? "" : "WHERE b.id = ? ";
  Statement row = impl_->database.query(
      "SELECT a.id, b.id, p.id, n.version, n.state, a.author, a.created_utc FROM annotations n "
      "JOIN masks m ON m.artifact = n.mask JOIN artifacts a ON a.pk = n.mask "
      "JOIN artifacts b ON b.pk = m.clip LEFT JOIN artifacts p ON p.pk = n.parent " +
      condition + "ORDER BY n.mask");
  if (!clip_id.empty()) row.add(clip_id);
  std::vector<AnnotationRow> annotations;
  while (row.step()) {
    annotations.push_back({.id = row.text(0),
                           .clip_id = row.text(1),
                           .parent_id = row.text(2),
                           .version = row.number(3),
                           .state = row.text(4),
                           .author = row.text(5),
                           .created_utc = row.text(6)});
  }
  return annotations;
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

std::string Store::newestMask(const std::string& clip_id) const {
  Statement row = impl_->database.query(
      "SELECT a.id FROM masks m JOIN artifacts a ON a.pk = m.artifact "
      "JOIN artifacts b ON b.pk = m.clip LEFT JOIN annotations n ON n.mask = m.artifact "
      "WHERE b.id = ? AND COALESCE(n.state, '') <> 'rejected' "
      "ORDER BY a.created_utc DESC, m.artifact DESC LIMIT 1",
      clip_id);
  return row.step() ? row.text(0) : std::string();
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
