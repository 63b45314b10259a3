// SPDX-License-Identifier: Apache-2.0
#include "reports.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "artifacts.h"
#include "audit.h"
#include "impl.h"
#include "seal.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/base/version.h"
#include "utf8.h"

namespace sonotwin::store {
namespace {
using Json = nlohmann::json;

std::string textOf(const std::vector<AttributeActions>& actions) {
  Json list = Json::array();
  for (const AttributeActions& a : actions) {
    for (const std::string& text : {a.path, a.keyword, a.action}) requireText(text);
    list.push_back({a.path, a.keyword, a.action, a.count});
  }
  return list.dump();
}

std::vector<AttributeActions> actionsOf(const std::string& text) {
  std::vector<AttributeActions> actions;
  try {
    for (const Json& item : Json::parse(text)) {
      actions.push_back({item.at(0), item.at(1), item.at(2), item.at(3)});
    }
  } catch (const Json::exception&) {
    throw Error(ErrorKind::kDamaged,
                "A report of an ingest is damaged in the store. Run `sonotwin verify`.");
  }
  return actions;
}
}  // namespace

std::int64_t placeActions(Database& database, const std::vector<AttributeActions>& actions) {
  const std::string text = textOf(actions);
  const std::string sha256 = sha256Hex(text);
  {
    Statement known = database.query("SELECT pk FROM action_lists WHERE sha256 = ?", sha256);
    if (known.step()) return known.integer(0);
  }
  Statement insert = database.query(
      "INSERT INTO action_lists (sha256, actions_json) VALUES (?, ?) RETURNING pk", sha256, text);
  insert.step();
  const std::int64_t pk = insert.integer(0);
  insert.run();
  seal(database, "actions", pk);
  return pk;
}
std::vector<AttributeActions> actionsAt(const Database& database, std::int64_t pk) {
  Statement row = database.query("SELECT actions_json FROM action_lists WHERE pk = ?", pk);
  return row.step() ? actionsOf(row.text(0)) : std::vector<AttributeActions>();
}

std::string detailOf(const std::vector<IngestReport>& reports) {
  const auto vouched = [](const AttributeActions& act) { return act.action == kVouchedFor; };
  const bool any = std::ranges::any_of(reports, [&](const IngestReport& report) {
    return std::ranges::any_of(report.actions, vouched);
  });
  return any ? "a person vouched for the pixels" : "";
}

void insertReport(Database& database, std::int64_t clip, const IngestReport& report,
                  const std::string& author) {
  Statement insert = database.query(
      "INSERT INTO ingest_reports (clip, actions, method, program_version, author, created_utc) "
      "VALUES (?, ?, ?, ?, ?, ?) RETURNING pk",
      clip, placeActions(database, report.actions), report.method, programVersion(), author,
      nowUtc());
  insert.step();
  const std::int64_t pk = insert.integer(0);
  insert.run();
  seal(database, "report", pk);
}

void Store::addIngestReport(const std::string& clip_id, const IngestReport& report) {
  Database& database = impl_->writing();
  Transaction transaction(database, Transaction::Kind::kWrite);
  insertReport(database, requireArtifact(database, clip_id, "clip"), report, impl_->author);
  record(database, {.author = impl_->author,
                    .act = "ingest reported",
                    .object = clip_id,
                    .detail = detailOf({report})});
  transaction.commit();
}

std::vector<IngestReport> Store::ingestReports(const std::string& clip_id) const {
  const Database& database = impl_->database;
  const std::int64_t clip = requireArtifact(database, clip_id, "clip");
  std::vector<IngestReport> reports;
  Statement row = database.query(
      "SELECT l.actions_json, r.method, r.program_version, r.author, r.created_utc "
      "FROM ingest_reports r JOIN action_lists l ON l.pk = r.actions WHERE r.clip = ? "
      "ORDER BY r.pk",
      clip);
  while (row.step()) {
    reports.push_back({.actions = actionsOf(row.text(0)),
                       .method = row.text(1),
                       .program_version = row.text(2),
                       .author = row.text(3),
                       .created_utc = row.text(4)});
  }
  return reports;
}

}  // namespace sonotwin::store
