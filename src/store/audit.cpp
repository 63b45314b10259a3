// SPDX-License-Identifier: Apache-2.0
#include "audit.h"

#include <algorithm>

#include "identity.h"
#include "impl.h"
#include "seal.h"
#include "sonotwin/base/version.h"

namespace sonotwin::store {
namespace {
constexpr const char* kColumns =
    "SELECT number, at_utc, author, act, object, detail, program_version, sha256, previous_sha256 "
    "FROM audit ";

AuditEntry entryAt(const Statement& row) {
  return {.number = row.integer(0),
          .at_utc = row.text(1),
          .author = row.text(2),
          .act = row.text(3),
          .object = row.text(4),
          .detail = row.text(5),
          .program_version = row.text(6),
          .sha256 = row.text(7)};
}

std::string hashOf(const AuditEntry& entry, const std::string& previous) {
  Sha256 hash;
  const std::string number = std::to_string(entry.number);
  for (const std::string* const part :
       {&number, &entry.at_utc, &entry.author, &entry.act, &entry.object, &entry.detail,
        &entry.program_version, &previous}) {
    hash.update(std::to_string(part->size()) + ":");
    hash.update(*part);
  }
  return hash.finishHex();
}
}  // namespace

void record(Database& database, const Act& act, const std::string& at_utc) {
  AuditEntry entry{.number = 1,
                   .at_utc = at_utc,
                   .author = act.author,
                   .act = act.act,
                   .object = act.object,
                   .detail = act.detail,
                   .program_version = std::string(programVersion()),
                   .sha256 = {}};
  std::string previous;
  {
    Statement last =
        database.query("SELECT number, sha256 FROM audit ORDER BY number DESC LIMIT 1");
    if (last.step()) {
      entry.number = last.integer(0) + 1;
      previous = last.text(1);
    }
  }
  database.run(
      "INSERT INTO audit (number, at_utc, author, act, object, detail, program_version, "
      "previous_sha256, sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      entry.number, entry.at_utc, entry.author, entry.act, entry.object, entry.detail,
      entry.program_version, previous, hashOf(entry, previous));
  seal(database, "audit", 1);
}

std::vector<Damage> chainProblems(const Database& database) {
  std::vector<Damage> problems;
  std::string previous;
  std::int64_t expected = 1;
  for (Statement row = database.query(std::string(kColumns) + "ORDER BY number"); row.step();) {
    const AuditEntry entry = entryAt(row);
    const std::string name = "audit " + std::to_string(entry.number);
    if (entry.number != expected) problems.push_back({name, "entries before it are missing"});
    if (row.text(8) != previous || hashOf(entry, row.text(8)) != entry.sha256) {
      problems.push_back({name, "the entry is not what was written, or not after the one before"});
    }
    previous = entry.sha256;
    expected = entry.number + 1;
  }
  return problems;
}

std::vector<AuditEntry> Store::audit(int limit, int offset) const {
  std::vector<AuditEntry> entries;
  Statement row =
      impl_->database.query(std::string(kColumns) + "ORDER BY number DESC LIMIT ? OFFSET ?",
                            std::max(limit, 0), std::max(offset, 0));
  while (row.step()) entries.push_back(entryAt(row));
  return entries;
}

std::string Store::decidedBy(const std::string& mask_id) const {
  Statement row = impl_->database.query(
      "SELECT author FROM audit WHERE object = ? AND act = 'annotation decided' "
      "ORDER BY number DESC LIMIT 1",
      mask_id);
  return row.step() ? row.text(0) : std::string();
}

std::int64_t Store::changeMark() const {
  return impl_->database.changeMark();
}

std::vector<Damage> Store::auditProblems() const {
  const Database& database = impl_->database;
  const Transaction view(database, Transaction::Kind::kRead);
  std::vector<Damage> problems = chainProblems(database);
  const auto subjects = sealedSubjects();
  const auto log = std::ranges::find(subjects, std::string_view("audit"), &SealedSubject::name);
  Statement seal = database.query("SELECT sha256 FROM seals WHERE subject = 'audit'");
  if (!seal.step() || seal.text(0) != sealOf(database, *log, 1)) {
    problems.push_back({"audit", "its last entries are not those that were written"});
  }
  return problems;
}

void Store::setAuthor(const std::string& author) {
  impl_->author = author;
}

}  // namespace sonotwin::store
