// SPDX-License-Identifier: Apache-2.0
#include "artifacts.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

#include "sonotwin/base/error.h"
#include "sonotwin/base/version.h"

namespace sonotwin::store {

std::string nowUtc() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), length};
}

std::optional<std::int64_t> findArtifact(const Database& database, const std::string& id) {
  Statement row = database.query("SELECT pk FROM artifacts WHERE id = ?", id);
  return row.step() ? std::optional(row.integer(0)) : std::nullopt;
}

std::int64_t requireArtifact(const Database& database, const std::string& id,
                             const std::string& kind) {
  Statement row = database.query("SELECT pk, kind FROM artifacts WHERE id = ?", id);
  if (!row.step()) {
    throwNotFound("The store holds no " + (kind.empty() ? "object" : kind) + " \"" + id + "\".");
  }
  if (!kind.empty() && row.text(1) != kind) {
    throwNotFound("\"" + id + "\" is a " + row.text(1) + ", not a " + kind + ".");
  }
  return row.integer(0);
}

std::vector<std::string> parentsOf(const std::string& owner, const Provenance& provenance) {
  std::vector<std::string> parents;
  if (!owner.empty()) parents.push_back(owner);
  for (const std::string& id : provenance.made_from) {
    if (std::ranges::find(parents, id) == parents.end()) parents.push_back(id);
  }
  return parents;
}

Provenance signedBy(const std::string& author, Provenance provenance) {
  if (provenance.author == Provenance{}.author) provenance.author = author;
  return provenance;
}

bool isJson(const std::string& text) {
  return nlohmann::json::accept(text);
}

void requireJson(const std::string& what, const std::string& text, bool may_be_empty) {
  if ((may_be_empty && text.empty()) || isJson(text)) return;
  throwBadInput("The " + what + " cannot be stored: it is not valid JSON.");
}

std::int64_t insertArtifact(Database& database, const std::string& id, const std::string& kind,
                            const Provenance& provenance, const std::vector<std::string>& parents) {
  Statement insert = database.query(
      "INSERT INTO artifacts (id, kind, recipe_json, program_version, author, created_utc) "
      "VALUES (?, ?, ?, ?, ?, ?) RETURNING pk",
      id, kind, provenance.recipe_json, programVersion(), provenance.author, nowUtc());
  insert.step();
  const std::int64_t pk = insert.integer(0);
  insert.run();
  Statement link = database.query("INSERT INTO lineage (child, parent, position) VALUES (?, ?, ?)");
  for (int position = 0; const std::string& parent : parents) {
    link.bind(pk, requireArtifact(database, parent, ""), position++).run();
  }
  return pk;
}

std::int64_t insertObject(Database& database, const ObjectRef& object) {
  database.run(
      "INSERT INTO objects (sha256, size_bytes) VALUES (?, ?) ON CONFLICT (sha256) DO NOTHING",
      object.sha256, static_cast<std::int64_t>(object.size_bytes));
  Statement row = database.query("SELECT pk FROM objects WHERE sha256 = ?", object.sha256);
  row.step();
  return row.integer(0);
}

std::vector<Damage> damagesOf(const Database& database, const ObjectRef& object,
                              const std::string& problem) {
  const std::string words =
      problem + " (objects/" + object.sha256.substr(0, 2) + "/" + object.sha256 + ")";
  std::vector<Damage> damages;
  Statement row = database.query(
      "SELECT a.id FROM objects o JOIN (SELECT artifact, object FROM clips UNION ALL "
      "SELECT artifact, object FROM volumes UNION ALL SELECT artifact, object FROM surfaces) u "
      "ON u.object = o.pk JOIN artifacts a ON a.pk = u.artifact WHERE o.sha256 = ? ORDER BY a.pk",
      object.sha256);
  while (row.step()) damages.push_back({row.text(0), words});
  if (damages.empty()) damages.push_back({object.sha256, words});
  return damages;
}

void insertLabels(Database& database, std::int64_t artifact,
                  const std::vector<media::Label>& labels) {
  Statement insert =
      database.query("INSERT INTO labels (artifact, position, value, name) VALUES (?, ?, ?, ?)");
  for (int position = 0; const media::Label& label : labels) {
    insert.bind(artifact, position++, label.value, label.name).run();
  }
}

Statement labelQuery(const Database& database) {
  return database.query("SELECT value, name FROM labels WHERE artifact = ? ORDER BY position");
}

std::vector<media::Label> readLabels(Statement& label_query, std::int64_t artifact) {
  std::vector<media::Label> labels;
  label_query.bind(artifact);
  while (label_query.step()) {
    labels.push_back({label_query.number(0), label_query.text(1)});
  }
  return labels;
}

}  // namespace sonotwin::store
