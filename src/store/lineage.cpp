// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>
#include <vector>

#include "artifacts.h"
#include "impl.h"
#include "sonotwin/base/error.h"

namespace sonotwin::store {
namespace {
constexpr const char* kParents =
    "SELECT l.parent, a.id FROM lineage l JOIN artifacts a ON a.pk = l.parent WHERE l.child = ? "
    "ORDER BY l.position";
constexpr const char* kChildren =
    "SELECT l.child, a.id FROM lineage l JOIN artifacts a ON a.pk = l.child WHERE l.parent = ? "
    "ORDER BY l.child";

std::vector<std::string> idsOf(const Database& database, const char* sql, std::int64_t artifact) {
  std::vector<std::string> ids;
  for (Statement row = database.query(sql, artifact); row.step();) ids.push_back(row.text(1));
  return ids;
}

LineageNode nodeOf(const Database& database, std::int64_t artifact) {
  Statement row = database.query(
      "SELECT id, kind, recipe_json, program_version, author, created_utc FROM artifacts "
      "WHERE pk = ?",
      artifact);
  if (!row.step()) {
    throw Error(ErrorKind::kDamaged,
                "The lineage does not fit together in the store. Run `sonotwin verify`.");
  }
  return {.id = row.text(0),
          .kind = row.text(1),
          .recipe_json = row.text(2),
          .program_version = row.text(3),
          .author = row.text(4),
          .created_utc = row.text(5),
          .made_from = idsOf(database, kParents, artifact),
          .used_for = idsOf(database, kChildren, artifact)};
}

// Adds all that is reached from `start` in one sense.
void follow(const Database& database, const char* sql, std::int64_t start,
            std::set<std::int64_t>& reached) {
  std::set<std::int64_t> seen = {start};
  std::vector<std::int64_t> waiting = {start};
  while (!waiting.empty()) {
    Statement row = database.query(sql, waiting.back());
    waiting.pop_back();
    while (row.step()) {
      if (seen.insert(row.integer(0)).second) waiting.push_back(row.integer(0));
    }
  }
  reached.merge(seen);
}
}  // namespace

LineageNode Store::lineage(const std::string& id) const {
  const Transaction view(impl_->database, Transaction::Kind::kRead);
  return nodeOf(impl_->database, requireArtifact(impl_->database, id, ""));
}

LineageGraph Store::lineageGraph(const std::string& id) const {
  const Database& database = impl_->database;
  const Transaction view(database, Transaction::Kind::kRead);
  const std::int64_t artifact = requireArtifact(database, id, "");
  std::set<std::int64_t> reached;
  follow(database, kParents, artifact, reached);
  follow(database, kChildren, artifact, reached);
  LineageGraph graph;
  std::set<std::string> ids;
  for (const std::int64_t pk : reached) {  // a parent's key is smaller than its child's
    graph.nodes.push_back(nodeOf(database, pk));
    const LineageNode& node = graph.nodes.back();
    ids.insert(node.id);
    for (const std::string& parent : node.made_from) {
      if (ids.contains(parent)) graph.edges.push_back({node.id, parent});
    }
  }
  return graph;
}

}  // namespace sonotwin::store
