// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/store/search.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "artifacts.h"
#include "audit.h"
#include "impl.h"
#include "seal.h"
#include "sonotwin/base/error.h"
#include "sonotwin/store/identifying_text.h"

namespace sonotwin::store {
namespace {
using Json = nlohmann::json;

constexpr const char* kClipColumns =
    "SELECT a.id, w.id, s.id, e.id, t.day, c.frame_count, c.rows, c.cols, c.channels, "
    "r.spacing_x_mm, r.spacing_y_mm, t.tracked, t.calibrated, c.duration_s, t.body_region, "
    "t.view_label, t.device_model, t.annotated, c.source_format, c.transfer_syntax, t.mask_count, "
    "t.volume_count, t.surface_count, t.orientation, c.orientation, z.body_region ";

constexpr const char* kClipNeighbours =
    "CROSS JOIN clips c JOIN artifacts a ON a.pk = t.clip JOIN series e ON e.pk = t.series "
    "JOIN studies s ON s.pk = t.study JOIN patients w ON w.pk = t.person "
    "JOIN clip_revisions r ON r.clip = c.artifact AND r.number = c.revision "
    "JOIN clip_revisions z ON z.clip = c.artifact AND z.number = 0 ";

ClipRow clipRowAt(const Statement& row) {
  ClipRow clip;
  clip.id = row.text(0);
  clip.patient_id = row.text(1);
  clip.study_id = row.text(2);
  clip.series_id = row.text(3);
  clip.day = row.number(4);
  clip.day_known = !row.isNull(4);
  clip.frames = row.number(5);
  clip.rows = row.number(6);
  clip.cols = row.number(7);
  clip.channels = row.number(8);
  if (!row.isNull(9)) clip.spacing_mm = {row.real(9), row.real(10)};
  clip.tracked = row.integer(11) != 0;
  clip.calibrated = row.integer(12) != 0;
  clip.duration_s = row.real(13);
  clip.body_region = row.text(14);
  clip.view_label = row.text(15);
  clip.device_model = row.text(16);
  clip.annotated = row.integer(17) != 0;
  clip.source_format = row.text(18);
  clip.transfer_syntax = row.text(19);
  clip.mask_count = row.number(20);
  clip.volume_count = row.number(21);
  clip.surface_count = row.number(22);
  clip.orientation = row.text(23);
  clip.header_orientation = row.text(24);
  clip.header_region = row.text(25);
  return clip;
}

std::vector<std::string> wordPatterns(const std::string& text) {
  std::vector<std::string> patterns;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    std::string pattern = "%";
    for (const char c : word) {
      if (c == '%' || c == '_' || c == '!') pattern += '!';
      pattern += c;
    }
    patterns.push_back(pattern + "%");
  }
  return patterns;
}

/// Conditions on rows `t` of clip_search, and their values in order.
class Conditions {
 public:
  Conditions(const Database& database, const ClipQuery& query) {
    text(query.patient_id, "t.person = (SELECT q.person FROM patients q WHERE q.id = ?)");
    text(query.study_id, "t.study = (SELECT x.pk FROM studies x WHERE x.id = ?)");
    spelt(database, "body_region", query.body_region);
    text(query.view_label, "lower(t.view_label) = lower(?)");
    text(query.orientation, "lower(t.orientation) = lower(?)");
    spelt(database, "device_model", query.device_model);
    text(query.label,
         "t.clip IN (SELECT l.clip FROM clip_labels l WHERE lower(l.name) = lower(?))");
    for (const std::string& pattern : wordPatterns(query.text)) {
      text(pattern, "t.words LIKE lower(?) ESCAPE '!'");
    }
    number(query.tracked, "t.tracked = ?");
    number(query.annotated, "t.annotated = ?");
    number(query.from_day, "t.day >= ?");
    number(query.to_day, "t.day <= ?");
  }
  [[nodiscard]] const std::string& where() const { return where_; }
  void bind(Statement& statement) const {
    for (const auto& value : values_) value(statement);
  }

 private:
  void text(const std::string& value, const char* condition) {
    if (value.empty()) return;
    add(condition);
    values_.emplace_back([value](Statement& statement) { statement.add(value); });
  }
  // As the store spells it, because one exact value is what an index in the list's order serves.
  void spelt(const Database& database, const std::string& column, const std::string& value) {
    if (value.empty()) return;
    std::vector<std::string> spellings;
    Statement row = database.query(
        "SELECT DISTINCT " + column + " FROM clip_search WHERE lower(" + column + ") = lower(?)",
        value);
    while (row.step()) spellings.push_back(row.text(0));
    if (spellings.size() > 1) return text(value, ("lower(t." + column + ") = lower(?)").c_str());
    text(spellings.empty() ? value : spellings.front(), ("t." + column + " = ?").c_str());
  }
  template <class T>
  void number(const std::optional<T>& value, const char* condition) {
    if (!value) return;
    add(condition);
    values_.emplace_back([v = *value](Statement& statement) { statement.add(v); });
  }
  void add(const char* condition) {
    where_ += where_.empty() ? "WHERE " : "AND ";
    where_ += condition;
    where_ += ' ';
  }
  std::string where_;
  std::vector<std::function<void(Statement&)>> values_;
};

constexpr const char* kOrder = "ORDER BY t.person, t.day, t.study, t.series, t.clip ";

template <class T>
void put(Json& json, const char* name, const T& value, const T& unset) {
  if (value != unset) json[name] = value;
}
template <class T>
void put(Json& json, const char* name, const std::optional<T>& value) {
  if (value) json[name] = *value;
}
template <class T>
void take(const Json& json, const char* name, std::optional<T>& value) {
  if (json.contains(name)) value = json.at(name).get<T>();
}

// Only what is set, so that a condition that comes later needs no new form.
std::string textOf(const ClipQuery& query) {
  Json json = Json::object();
  const std::string none;
  put(json, "patient", query.patient_id, none);
  put(json, "study", query.study_id, none);
  put(json, "body_region", query.body_region, none);
  put(json, "view_label", query.view_label, none);
  put(json, "orientation", query.orientation, none);
  put(json, "device_model", query.device_model, none);
  put(json, "label", query.label, none);
  put(json, "text", query.text, none);
  put(json, "tracked", query.tracked);
  put(json, "annotated", query.annotated);
  put(json, "from_day", query.from_day);
  put(json, "to_day", query.to_day);
  return json.dump();
}

ClipQuery queryOf(const std::string& text) {
  ClipQuery query;
  try {
    const Json json = Json::parse(text);
    query.patient_id = json.value("patient", "");
    query.study_id = json.value("study", "");
    query.body_region = json.value("body_region", "");
    query.view_label = json.value("view_label", "");
    query.orientation = json.value("orientation", "");
    query.device_model = json.value("device_model", "");
    query.label = json.value("label", "");
    query.text = json.value("text", "");
    take(json, "tracked", query.tracked);
    take(json, "annotated", query.annotated);
    take(json, "from_day", query.from_day);
    take(json, "to_day", query.to_day);
  } catch (const Json::exception&) {
    throw Error(ErrorKind::kDamaged,
                "A saved search is damaged in the store. Remove it, and save it again.");
  }
  return query;
}
}  // namespace

// The page is found by walking one index in the list's own order, so that it ends with its last
// row, and the wide rows are made for this page only. Cross joins, because the planner keeps their
// order.
std::vector<ClipRow> Store::clips(const ClipQuery& query) const {
  const Conditions conditions(impl_->database, query);
  Statement row = impl_->database.query(
      std::string(kClipColumns) + "FROM (SELECT t.clip AS pk FROM clip_search t " +
      conditions.where() + kOrder + "LIMIT ? OFFSET ?) page CROSS JOIN clip_search t " +
      kClipNeighbours + "WHERE t.clip = page.pk AND c.artifact = page.pk " + kOrder);
  conditions.bind(row);
  row.add(std::max(query.limit, 0));
  row.add(std::max(query.offset, 0));
  std::vector<ClipRow> clips;
  while (row.step()) clips.push_back(clipRowAt(row));
  return clips;
}

int Store::count(const ClipQuery& query) const {
  const Conditions conditions(impl_->database, query);
  Statement row = impl_->database.query("SELECT COUNT(*) FROM clip_search t " + conditions.where());
  conditions.bind(row);
  return row.step() ? row.number(0) : 0;
}

SearchChoices Store::searchChoices() const {
  const auto values = [&](const std::string& column, const std::string& table) {
    std::vector<std::string> found;
    Statement row = impl_->database.query("SELECT DISTINCT " + column + " FROM " + table +
                                          " WHERE " + column + " <> '' ORDER BY " + column);
    while (row.step()) found.push_back(row.text(0));
    return found;
  };
  return {.body_regions = values("body_region", "clip_search"),
          .view_labels = values("view_label", "clip_search"),
          .orientations = values("orientation", "clip_search"),
          .device_models = values("device_model", "clip_search"),
          .labels = values("name", "clip_labels")};
}

ClipRow Store::clipRow(const std::string& clip_id) const {
  const std::int64_t clip = requireArtifact(impl_->database, clip_id, "clip");
  static const std::string sql = std::string(kClipColumns) + "FROM clip_search t " +
                                 kClipNeighbours + "WHERE t.clip = ? AND c.artifact = t.clip";
  Statement row = impl_->database.query(sql, clip);
  if (!row.step()) {
    throw Error(ErrorKind::kDamaged,
                "The rows of " + clip_id + " do not fit together. Run `sonotwin verify`.");
  }
  return clipRowAt(row);
}

void Store::saveSearch(const std::string& name, const ClipQuery& query) {
  if (name.empty()) throwBadInput("A search needs a name to be saved under.");
  requireNamesNobody("name of a search", name);
  requireNamesNobody("search's text", query.text);
  Database& database = impl_->writing();
  Transaction transaction(database, Transaction::Kind::kWrite);
  Statement row = database.query(
      "INSERT INTO searches (name, query_json, author, created_utc) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (name) DO UPDATE SET query_json = excluded.query_json, "
      "author = excluded.author, created_utc = excluded.created_utc RETURNING pk",
      name, textOf(query), impl_->author, nowUtc());
  row.step();
  const std::int64_t pk = row.integer(0);
  row.run();
  seal(database, "search", pk);
  record(database, {.author = impl_->author, .act = "search saved", .object = {}, .detail = name});
  transaction.commit();
}

void Store::removeSearch(const std::string& name) {
  Database& database = impl_->writing();
  Transaction transaction(database, Transaction::Kind::kWrite);
  Statement row = database.query("SELECT pk FROM searches WHERE name = ?", name);
  if (!row.step()) throwNotFound("There is no saved search \"" + name + "\".");
  const std::int64_t pk = row.integer(0);
  row.rewind();
  database.run("DELETE FROM searches WHERE pk = ?", pk);
  unseal(database, "search", pk);
  record(database,
         {.author = impl_->author, .act = "search removed", .object = {}, .detail = name});
  transaction.commit();
}

std::vector<SavedSearch> Store::savedSearches() const {
  std::vector<SavedSearch> searches;
  Statement row = impl_->database.query(
      "SELECT name, query_json, author, created_utc FROM searches ORDER BY name");
  while (row.step()) {
    searches.push_back({.name = row.text(0),
                        .query = queryOf(row.text(1)),
                        .author = row.text(2),
                        .created_utc = row.text(3)});
  }
  return searches;
}

}  // namespace sonotwin::store
