// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "artifacts.h"
#include "audit.h"
#include "clip_rows.h"
#include "impl.h"
#include "search_rows.h"
#include "sonotwin/base/error.h"
#include "sonotwin/store/identifying_text.h"

namespace sonotwin::store {
namespace {
std::string capitals(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

std::string requireTerm(const std::string& orientation) {
  const std::vector<std::string>& terms = orientationTerms();
  const std::string term = capitals(orientation);
  if (term.empty() || std::ranges::find(terms, term) != terms.end()) return term;
  std::string choices;
  for (const std::string& one : terms) choices += (choices.empty() ? "" : ", ") + one;
  throwBadInput("\"" + orientation + "\" is no orientation. These are: " + choices + ".");
}

void revise(Database& database, std::int64_t clip, const std::string& clip_id,
            const Revision& revision, const media::ClipInfo& info) {
  insertRevision(database, clip, revision, info);
  refreshSearch(database, clip);
  record(database, {.author = revision.author, .act = "clip named", .object = clip_id});
}

/// Takes the next revision's value: whoever changed it last said it, unless it is the file's again.
void follow(ClipName& name, const std::string& value, bool from_header, const Statement& row) {
  if (from_header) {
    name.author.clear();
    name.said_utc.clear();
  } else if (name.author.empty() || value != name.value) {
    name.author = row.text(3);
    name.said_utc = row.text(4);
  }
  name.value = value;
}
}  // namespace

const std::vector<std::string>& orientationTerms() {
  static const std::vector<std::string> terms = {
      "TRANSVERSE", "LONGITUDINAL", "SAGITTAL", "PARASAGITTAL", "CORONAL",      "OBLIQUE",
      "LONG AXIS",  "SHORT AXIS",   "OFF AXIS", "TWO CHAMBER",  "FOUR CHAMBER", "FIVE CHAMBER"};
  return terms;
}

void Store::setView(const std::string& clip_id, const std::string& body_region,
                    const std::string& view_label) {
  Database& database = impl_->writing();
  Transaction transaction(database, Transaction::Kind::kWrite);
  const std::int64_t clip = requireArtifact(database, clip_id, "clip");
  media::ClipInfo info = readInfo(database, clip);
  Revision revision = nextRevision(database, clip, impl_->author);
  if (info.body_region != body_region || revision.view_label != view_label) {
    // Only what is said now: an older store may hold what is refused today.
    if (info.body_region != body_region) requireNamesNobody("body region", body_region);
    if (revision.view_label != view_label) requireNamesNobody("view", view_label);
    info.body_region = body_region;
    revision.view_label = view_label;
    revise(database, clip, clip_id, revision, info);
  }
  transaction.commit();
}

void Store::setOrientation(const std::string& clip_id,
                           const std::optional<std::string>& orientation) {
  const std::optional<std::string> term =
      orientation ? std::optional(requireTerm(*orientation)) : std::nullopt;
  Database& database = impl_->writing();
  Transaction transaction(database, Transaction::Kind::kWrite);
  const std::int64_t clip = requireArtifact(database, clip_id, "clip");
  Revision revision = nextRevision(database, clip, impl_->author);
  if (revision.orientation != term) {
    revision.orientation = term;
    revise(database, clip, clip_id, revision, readInfo(database, clip));
  }
  transaction.commit();
}

ClipNames Store::clipNames(const std::string& clip_id) const {
  const Database& database = impl_->database;
  const Transaction view(database, Transaction::Kind::kRead);
  Statement row = database.query(
      "SELECT r.body_region, r.view_label, r.orientation, r.author, r.created_utc, c.orientation "
      "FROM clips c JOIN clip_revisions r ON r.clip = c.artifact AND r.number <= c.revision "
      "WHERE c.artifact = ? ORDER BY r.number",
      requireArtifact(database, clip_id, "clip"));
  ClipNames names;
  for (bool first = true; row.step(); first = false) {
    if (first) {
      names.body_region.from_header = row.text(0);
      names.orientation.from_header = row.text(5);
    }
    follow(names.body_region, row.text(0), row.text(0) == names.body_region.from_header, row);
    follow(names.view_label, row.text(1), row.text(1).empty(), row);
    follow(names.orientation, row.text(row.isNull(2) ? 5 : 2), row.isNull(2), row);
  }
  return names;
}

}  // namespace sonotwin::store
