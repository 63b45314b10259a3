// SPDX-License-Identifier: Apache-2.0
#include "search_rows.h"

namespace sonotwin::store {
namespace {
const std::string kFirstDay =
    "(SELECT MIN(f.day + q.day_offset) FROM patients q JOIN studies f ON f.patient = q.pk "
    "WHERE q.person = p.person)";

const std::string kColumns =
    "clip, person, study, series, day, body_region, view_label, device_model, tracked, calibrated, "
    "annotated, mask_count, volume_count, surface_count, words, orientation";

// What a person drew is of that person and has no other model; stores of version 1 have it only so.
const std::string kRows =
    "SELECT c.artifact AS clip, p.person, s.pk, e.pk, s.day + p.day_offset - " + kFirstDay +
    ", r.body_region, r.view_label, c.device_model, c.tracked, "
    "CASE WHEN r.m00 IS NULL THEN 0 ELSE 1 END, "
    "CASE WHEN EXISTS (SELECT 1 FROM masks m JOIN artifacts d ON d.pk = m.artifact "
    "WHERE m.clip = c.artifact AND (EXISTS (SELECT 1 FROM annotations n WHERE n.mask = m.artifact) "
    "OR (m.model = d.author AND d.author <> 'sonotwin'))) THEN 1 ELSE 0 END, "
    "(SELECT COUNT(*) FROM masks m WHERE m.clip = c.artifact), "
    "(SELECT COUNT(*) FROM volumes v WHERE v.clip = c.artifact), "
    "(SELECT COUNT(*) FROM volumes v JOIN surfaces u ON u.volume = v.artifact "
    "WHERE v.clip = c.artifact), "
    "lower(a.id || ' ' || w.id || ' ' || p.id || ' ' || s.id || ' ' || e.id || ' ' || "
    "r.body_region || ' ' || r.view_label || ' ' || c.device_model || ' ' || c.probe_name || ' ' "
    "|| c.source_format || ' ' || COALESCE(r.orientation, c.orientation)), "
    "COALESCE(r.orientation, c.orientation) "
    "FROM clips c JOIN artifacts a ON a.pk = c.artifact JOIN series e ON e.pk = c.series "
    "JOIN studies s ON s.pk = e.study JOIN patients p ON p.pk = s.patient "
    "JOIN patients w ON w.pk = p.person "
    "JOIN clip_revisions r ON r.clip = c.artifact AND r.number = c.revision ";

const std::string kLabels =
    "SELECT DISTINCT l.name, m.clip FROM masks m JOIN labels l ON l.artifact = m.artifact ";
}  // namespace

void refreshSearch(Database& database, std::int64_t clip) {
  static const std::string insert =
      "INSERT INTO clip_search (" + kColumns + ") " + kRows + "WHERE c.artifact = ?";
  static const std::string label =
      "INSERT INTO clip_labels (name, clip) " + kLabels + "WHERE m.clip = ?";
  database.run("DELETE FROM clip_search WHERE clip = ?", clip);
  database.run(insert, clip);
  database.run("DELETE FROM clip_labels WHERE clip = ?", clip);
  database.run(label, clip);
}

void refreshSearch(Database& database) {
  database.run("DELETE FROM clip_search");
  database.run("INSERT INTO clip_search (" + kColumns + ") " + kRows);
  database.run("DELETE FROM clip_labels");
  database.run("INSERT INTO clip_labels (name, clip) " + kLabels);
}

void refreshDays(Database& database, std::int64_t person) {
  static const std::string update =
      "UPDATE clip_search SET day = (SELECT s.day + p.day_offset - " + kFirstDay +
      " FROM studies s JOIN patients p ON p.pk = s.patient WHERE s.pk = clip_search.study) "
      "WHERE person = ?";
  database.run(update, person);
}

std::string outdatedSearchRows() {
  const std::string there = "SELECT " + kColumns + " FROM clip_search";
  const auto difference = [](const std::string& a, const std::string& b) {
    return "SELECT * FROM (" + a + " EXCEPT " + b + ") x";
  };
  const std::string rows = "SELECT d.clip FROM (" + difference(kRows, there) + ") d";
  const std::string extra = "SELECT d.clip FROM (" + difference(there, kRows) + ") d";
  const std::string labels = "SELECT d.clip FROM (" +
                             difference(kLabels, "SELECT name, clip FROM clip_labels") +
                             ") d UNION SELECT d.clip FROM (" +
                             difference("SELECT name, clip FROM clip_labels", kLabels) + ") d";
  return "SELECT a.id FROM artifacts a WHERE a.pk IN (" + rows + " UNION " + extra + " UNION " +
         labels + ")";
}

}  // namespace sonotwin::store
