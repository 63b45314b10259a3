// SPDX-License-Identifier: Apache-2.0
#include "migrate.h"

#include <array>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "audit.h"
#include "clip_rows.h"
#include "folder.h"
#include "frame_table.h"
#include "origins.h"
#include "schema.h"
#include "seal.h"
#include "search_rows.h"
#include "sonotwin/base/error.h"

namespace sonotwin::store {
namespace {
constexpr std::array kTablesOf1 = {
    "store",  "patients", "studies",        "series",      "objects",  "artifacts", "lineage",
    "seals",  "clips",    "clip_revisions", "assumptions", "regions",  "frames",    "sources",
    "labels", "masks",    "mask_frames",    "volumes",     "surfaces", "models"};

// The seals of version 1 whose rows change: they are checked once more before that.
constexpr std::array kSchemaItself = {Database::kSchemaQuery};
constexpr std::array kPatientOf1 = {"SELECT id, mac, day_shift FROM patients WHERE pk = ?"};
constexpr std::array kStudyOf1 = {
    "SELECT s.id, s.mac, p.mac, s.day FROM studies s JOIN patients p ON p.pk = s.patient "
    "WHERE s.pk = ?"};
constexpr const char* kArtifactOf1 =
    "SELECT id, kind, recipe_json, program_version, author, created_utc FROM artifacts "
    "WHERE pk = ?";
constexpr const char* kParentsOf1 =
    "SELECT a.id FROM lineage l JOIN artifacts a ON a.pk = l.parent WHERE l.child = ? "
    "ORDER BY l.position";
constexpr std::array kModelOf1 = {kArtifactOf1, kParentsOf1,
                                  "SELECT name, card_json FROM models WHERE artifact = ?"};
constexpr std::array kClipOf1 = {
    kArtifactOf1, kParentsOf1,
    "SELECT e.mac, o.sha256, o.size_bytes, c.frame_count, c.rows, c.cols, c.channels, "
    "c.pixel_type, c.tracked, c.world, c.orientation, c.times_known, c.duration_s, c.modality, "
    "c.probe_name, c.device_model, c.depth_mm, c.frequency_mhz, c.source_format, "
    "c.transfer_syntax FROM clips c JOIN series e ON e.pk = c.series "
    "JOIN objects o ON o.pk = c.object WHERE c.artifact = ?",
    "SELECT position, x0, y0, x1, y1, spatial_format, data_type, units_x, units_y, delta_x, "
    "delta_y FROM regions WHERE clip = ? ORDER BY position",
    "SELECT number, byte_offset, time_s, pose_status, m00, m01, m02, m03, m10, m11, m12, m13, "
    "m20, m21, m22, m23 FROM frames WHERE clip = ? ORDER BY number"};
constexpr std::array kRevisionOf1 = {
    "SELECT a.id, r.number, r.spacing_x_mm, r.spacing_y_mm, r.spacing_source, r.body_region, "
    "r.sector_x0, r.sector_y0, r.sector_x1, r.sector_y1, r.fan_apex_x_px, r.fan_apex_y_px, "
    "r.fan_start_radius_px, r.fan_end_radius_px, r.fan_left_rad, r.fan_right_rad, "
    "r.fan_rows_per_col, r.m00, r.m01, r.m02, r.m03, r.m10, r.m11, r.m12, r.m13, r.m20, r.m21, "
    "r.m22, r.m23, r.program_version, r.author, r.created_utc FROM clip_revisions r "
    "JOIN artifacts a ON a.pk = r.clip WHERE r.pk = ?",
    "SELECT position, words FROM assumptions WHERE revision = ? ORDER BY position"};
const std::array kChangedSince1 = {
    SealedSubject{"schema", "SELECT 1", kSchemaItself},
    SealedSubject{"patient", "SELECT pk FROM patients", kPatientOf1},
    SealedSubject{"study", "SELECT pk FROM studies", kStudyOf1},
    SealedSubject{"clip", "SELECT pk FROM artifacts WHERE kind = 'clip'", kClipOf1},
    SealedSubject{"revision", "SELECT pk FROM clip_revisions", kRevisionOf1},
    SealedSubject{"model", "SELECT pk FROM artifacts WHERE kind = 'model'", kModelOf1}};

// The same of version 2.
constexpr std::array kRevisionOf2 = {
    "SELECT a.id, r.number, r.spacing_x_mm, r.spacing_y_mm, r.spacing_source, r.body_region, "
    "r.view_label, r.sector_x0, r.sector_y0, r.sector_x1, r.sector_y1, r.fan_apex_x_px, "
    "r.fan_apex_y_px, r.fan_start_radius_px, r.fan_end_radius_px, r.fan_left_rad, r.fan_right_rad, "
    "r.fan_rows_per_col, r.m00, r.m01, r.m02, r.m03, r.m10, r.m11, r.m12, r.m13, r.m20, r.m21, "
    "r.m22, r.m23, r.program_version, r.author, r.created_utc FROM clip_revisions r "
    "JOIN artifacts a ON a.pk = r.clip WHERE r.pk = ?",
    "SELECT position, words FROM assumptions WHERE revision = ? ORDER BY position"};
const std::array kChangedSince2 = {
    SealedSubject{"schema", "SELECT 1", kSchemaItself},
    SealedSubject{"revision", "SELECT pk FROM clip_revisions", kRevisionOf2}};

using Subjects = std::set<std::pair<std::string, std::int64_t>>;

Subjects intactSubjects(const Database& database, std::span<const SealedSubject> changed) {
  Subjects intact;
  Statement seal = database.query("SELECT sha256 FROM seals WHERE subject = ? AND subject_pk = ?");
  for (const SealedSubject& subject : changed) {
    for (Statement row = database.query(subject.primary_keys); row.step(); seal.rewind()) {
      const std::int64_t pk = row.integer(0);
      seal.bind(subject.name, pk);
      if (seal.step() && seal.text(0) == sealOf(database, subject, pk)) {
        intact.emplace(subject.name, pk);
      }
    }
  }
  return intact;
}

media::FrameInfo frameAt(const Statement& row) {
  media::FrameInfo frame;
  frame.time_s = row.real(0);
  frame.pose_status = static_cast<media::PoseStatus>(row.integer(1));
  if (!row.isNull(2)) frame.world_from_probe = media::WorldFromProbe(matrixAt(row, 2));
  return frame;
}

// In version 1 each frame was a row.
void moveFrames(Database& database) {
  Statement rows = database.query(
      "SELECT time_s, pose_status, m00, m01, m02, m03, m10, m11, m12, m13, m20, m21, m22, m23 "
      "FROM v1_frames WHERE clip = ? ORDER BY number");
  Statement insert = database.query(
      "INSERT INTO frame_tables (clip, places, times_s, poses, recipe) VALUES (?, ?, ?, ?, ?)");
  for (Statement clip = database.query("SELECT artifact FROM clips"); clip.step();) {
    std::vector<media::FrameInfo> frames;
    for (rows.bind(clip.integer(0)); rows.step();) frames.push_back(frameAt(rows));
    const FrameTable table = packFrames(frames);
    insert
        .bind(clip.integer(0), std::span(table.places), std::span(table.times_s),
              std::span(table.poses), std::span(table.recipe))
        .run();
  }
}

// Version 1 kept each shift beside the days it hid. Now the key alone gives it.
void shiftAnew(Database& database, const PseudonymKey& key) {
  Statement update =
      database.query("UPDATE studies SET day = day + ? WHERE patient = ? AND day IS NOT NULL");
  Statement row = database.query("SELECT pk, mac, day_shift FROM v1_patients");
  while (row.step()) {
    const std::int64_t change = dayShift(key, row.text(1)) - row.integer(2);
    update.bind(change, row.integer(0)).run();
  }
}

// What was damaged before keeps a seal that fits nothing, and is named by `verify` as before.
void sealAnew(Database& database, std::span<const SealedSubject> changed, const Subjects& intact) {
  const std::string broken(64, '0');
  for (const SealedSubject& subject : changed) {
    std::vector<std::int64_t> keys;
    for (Statement row = database.query(subject.primary_keys); row.step();) {
      keys.push_back(row.integer(0));
    }
    for (const std::int64_t pk : keys) {
      seal(database, subject.name, pk);
      if (intact.contains({subject.name, pk})) continue;
      database.run("UPDATE seals SET sha256 = ? WHERE subject = ? AND subject_pk = ?", broken,
                   subject.name, pk);
    }
  }
}

void finish(Database& database, int from) {
  record(database, {.author = "sonotwin",
                    .act = "store migrated",
                    .object = {},
                    .detail = "from version " + std::to_string(from) + " to " +
                              std::to_string(kSchemaVersion)});
  database.setVersion(kSchemaVersion);
}

void migrateFrom1(Database& database, Database::SchemaChange& change, const PseudonymKey* key) {
  const Subjects intact = intactSubjects(database, kChangedSince1);
  for (const char* const table : kTablesOf1) change.setAside(table, "v1_");
  database.execute(kSchema);
  database.execute(kSchemaFrom1);
  moveFrames(database);
  if (key != nullptr) shiftAnew(database, *key);
  refreshSearch(database);
  for (const char* const table : kTablesOf1) {
    database.execute("DROP TABLE v1_" + std::string(table));
  }
  sealAnew(database, kChangedSince1, intact);
  finish(database, 1);
}

void migrateFrom2(Database& database) {
  const Subjects intact = intactSubjects(database, kChangedSince2);
  database.execute(kSchemaFrom2);
  refreshSearch(database);
  sealAnew(database, kChangedSince2, intact);
  finish(database, 2);
}

Error whyNotMigrated(const Database& database, const KeyBeside& key) {
  const std::string what =
      "This store was made by an older version of Sonotwin and could not be "
      "brought to this one: it can only be read. ";
  if (key.problem()) return {key.problem()->kind(), what + key.problem()->what()};
  try {
    database.requireWritable();
  } catch (const Error& reason) {
    return {reason.kind(), what + reason.what()};
  }
  return {ErrorKind::kInternal, what};
}
}  // namespace

void migrate(Database& database, const PseudonymKey* key) {
  Database::SchemaChange change(database);
  Transaction transaction(database, Transaction::Kind::kWrite);
  // Another program may have done it while this one waited.
  if (database.version() == 1) migrateFrom1(database, change, key);
  if (database.version() == 2) migrateFrom2(database);
  transaction.commit();
}

Database openPresent(const std::filesystem::path& folder) {
  Database database = Database::open(folder / kDatabaseName);
  if (database.version() == kSchemaVersion) return database;
  const KeyBeside key(folder, keyCheckOf(database));
  if (database.writable() && !key.problem()) {
    migrate(database, &key.require());
    return database;
  }
  Database copy = database.copyInMemory();
  migrate(copy, nullptr);
  copy.makeReadOnly(whyNotMigrated(database, key));
  return copy;
}

}  // namespace sonotwin::store
