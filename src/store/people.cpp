// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "audit.h"
#include "impl.h"
#include "lists.h"
#include "origins.h"
#include "seal.h"
#include "search_rows.h"
#include "sonotwin/base/error.h"

namespace sonotwin::store {
namespace {
struct Alias {
  std::int64_t pk = 0;
  std::string id, mac;
  std::optional<std::int64_t> merged_into;
  std::int64_t person = 0;
};

Alias requireAlias(const Database& database, const std::string& id) {
  Statement row =
      database.query("SELECT pk, id, mac, merged_into, person FROM patients WHERE id = ?", id);
  if (!row.step()) throwNotFound("The store holds no patient \"" + id + "\".");
  Alias alias{.pk = row.integer(0),
              .id = row.text(1),
              .mac = row.text(2),
              .merged_into = std::nullopt,
              .person = row.integer(4)};
  if (!row.isNull(3)) alias.merged_into = row.integer(3);
  return alias;
}

Alias personOf(const Database& database, const Alias& alias) {
  Statement row = database.query("SELECT id FROM patients WHERE pk = ?", alias.person);
  row.step();
  return requireAlias(database, row.text(0));
}

std::vector<Alias> mergedInto(const Database& database, std::int64_t patient) {
  std::vector<Alias> aliases;
  Statement row = database.query("SELECT id FROM patients WHERE merged_into = ?", patient);
  while (row.step()) aliases.push_back(requireAlias(database, row.text(0)));
  return aliases;
}

// Puts a pseudonym, and all merged into it, under a person and on that person's time line. Each day
// is the real one plus its own pseudonym's shift, so what the shifts differ by makes them one.
void placeUnder(Database& database, const PseudonymKey& key, const Alias& alias,
                const Alias& person) {
  const int offset = dayShift(key, person.mac) - dayShift(key, alias.mac);
  database.run("UPDATE patients SET person = ?, day_offset = ? WHERE pk = ?", person.pk, offset,
               alias.pk);
  seal(database, "patient", alias.pk);
  for (const Alias& merged : mergedInto(database, alias.pk)) {
    placeUnder(database, key, merged, person);
  }
}

void refreshClipsOf(Database& database, std::int64_t person) {
  std::vector<std::int64_t> clips;
  {
    Statement row = database.query(
        "SELECT c.artifact FROM patients p JOIN studies s ON s.patient = p.pk "
        "JOIN series e ON e.study = s.pk JOIN clips c ON c.series = e.pk WHERE p.person = ?",
        person);
    while (row.step()) clips.push_back(row.integer(0));
  }
  for (const std::int64_t clip : clips) refreshSearch(database, clip);
}
}  // namespace

void Store::mergePatients(const std::string& into_id, const std::string& from_id) {
  Database& database = impl_->writing();
  const PseudonymKey& key = impl_->key.require();
  Transaction transaction(database, Transaction::Kind::kWrite);
  const Alias into = personOf(database, requireAlias(database, into_id));
  const Alias from = personOf(database, requireAlias(database, from_id));
  if (into.pk == from.pk) {
    throw Error(ErrorKind::kConflict, into_id + " and " + from_id + " are one person already.");
  }
  // All in one statement: a half of it would break the table's own rules.
  database.run("UPDATE patients SET merged_into = ?, person = ? WHERE pk = ?", into.pk, into.pk,
               from.pk);
  placeUnder(database, key, from, into);
  refreshClipsOf(database, into.pk);
  record(database,
         {.author = impl_->author, .act = "patients merged", .object = into.id, .detail = from.id});
  transaction.commit();
}

void Store::unmergePatient(const std::string& patient_id) {
  Database& database = impl_->writing();
  const PseudonymKey& key = impl_->key.require();
  Transaction transaction(database, Transaction::Kind::kWrite);
  const Alias alias = requireAlias(database, patient_id);
  if (!alias.merged_into) {
    throw Error(ErrorKind::kConflict, patient_id + " is not merged into another patient.");
  }
  const Alias former = personOf(database, alias);
  database.run("UPDATE patients SET merged_into = NULL, person = pk, day_offset = 0 WHERE pk = ?",
               alias.pk);
  placeUnder(database, key, alias, alias);
  refreshClipsOf(database, alias.pk);
  refreshClipsOf(database, former.pk);
  record(database, {.author = impl_->author,
                    .act = "patients unmerged",
                    .object = former.id,
                    .detail = alias.id});
  transaction.commit();
}

PatientDetail Store::patient(const std::string& patient_id) const {
  const Transaction view(impl_->database, Transaction::Kind::kRead);
  std::vector<PatientRow> rows = listPatients(impl_->database, patient_id, 1, 0);
  if (rows.empty()) throwNotFound("The store holds no patient \"" + patient_id + "\".");
  return {std::move(rows.front()), listStudies(impl_->database, patient_id, {})};
}

StudyDetail Store::study(const std::string& study_id) const {
  const Transaction view(impl_->database, Transaction::Kind::kRead);
  std::vector<StudyRow> rows = listStudies(impl_->database, {}, study_id);
  if (rows.empty()) throwNotFound("The store holds no study \"" + study_id + "\".");
  StudyDetail detail{.study = std::move(rows.front()), .series_ids = {}, .clips = {}};
  Statement row = impl_->database.query(
      "SELECT e.id FROM series e JOIN studies s ON s.pk = e.study WHERE s.id = ? ORDER BY e.pk",
      study_id);
  while (row.step()) detail.series_ids.push_back(row.text(0));
  detail.clips = clips({.study_id = study_id, .limit = 1000000});
  return detail;
}

std::string Store::kindOf(const std::string& id) const {
  Statement artifact = impl_->database.query("SELECT kind FROM artifacts WHERE id = ?", id);
  if (artifact.step()) return artifact.text(0);
  constexpr std::array kOthers = {
      std::array{"SELECT pk FROM patients WHERE id = ?", "patient"},
      std::array{"SELECT pk FROM studies WHERE id = ?", "study"},
      std::array{"SELECT pk FROM series WHERE id = ?", "series"},
      std::array{"SELECT pk FROM quarantine WHERE id = ?", "quarantine"}};
  for (const auto& [sql, kind] : kOthers) {
    Statement row = impl_->database.query(sql, id);
    if (row.step()) return kind;
  }
  throwNotFound("The store holds no object \"" + id + "\".");
}

}  // namespace sonotwin::store
