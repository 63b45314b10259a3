// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "artifacts.h"
#include "audit.h"
#include "impl.h"
#include "seal.h"
#include "sonotwin/base/error.h"
#include "sonotwin/store/identifying_text.h"

namespace sonotwin::store {
namespace {
void takeBack(Database& database, std::int64_t study) {
  database.run("DELETE FROM exam_protocols WHERE study = ?", study);
  unseal(database, "exam protocol", study);
}

void removeRows(Database& database, std::int64_t protocol) {
  std::vector<std::int64_t> held;
  {
    Statement row = database.query("SELECT study FROM exam_protocols WHERE protocol = ?", protocol);
    while (row.step()) held.push_back(row.integer(0));
  }
  for (const std::int64_t study : held) takeBack(database, study);
  database.run("DELETE FROM protocol_views WHERE protocol = ?", protocol);
  database.run("DELETE FROM protocols WHERE pk = ?", protocol);
  unseal(database, "protocol", protocol);
}

std::optional<std::int64_t> find(const Database& database, const std::string& name) {
  Statement row = database.query("SELECT pk FROM protocols WHERE name = ?", name);
  return row.step() ? std::optional(row.integer(0)) : std::nullopt;
}

std::int64_t require(const Database& database, const std::string& name) {
  const auto protocol = find(database, name);
  if (!protocol) throwNotFound("The store has no acquisition protocol \"" + name + "\".");
  return *protocol;
}

std::int64_t requireStudy(const Database& database, const std::string& id) {
  Statement row = database.query("SELECT pk FROM studies WHERE id = ?", id);
  if (!row.step()) throwNotFound("The store holds no study \"" + id + "\".");
  return row.integer(0);
}

/// The row of the protocol, without views: the one of `former`, where exams may be held to it, or a
/// new one.
std::int64_t takeName(Database& database, const std::string& name, const std::string& former,
                      const std::string& author) {
  const std::string& before = former.empty() ? name : former;
  const auto kept = former.empty() ? find(database, name) : require(database, former);
  if (before != name && find(database, name)) {
    throw Error(ErrorKind::kConflict, "The store has an acquisition protocol \"" + name +
                                          "\" already: give \"" + former + "\" another name.");
  }
  if (kept) {
    database.run("DELETE FROM protocol_views WHERE protocol = ?", *kept);
    database.run("UPDATE protocols SET name = ?, author = ?, created_utc = ? WHERE pk = ?", name,
                 author, nowUtc(), *kept);
    return *kept;
  }
  Statement insert = database.query(
      "INSERT INTO protocols (name, author, created_utc) VALUES (?, ?, ?) RETURNING pk", name,
      author, nowUtc());
  insert.step();
  const std::int64_t pk = insert.integer(0);
  insert.run();
  return pk;
}

void requireSound(const AcquisitionProtocol& protocol) {
  if (protocol.name.empty() || protocol.views.empty()) {
    throwBadInput("An acquisition protocol needs a name and at least one view.");
  }
  requireNamesNobody("protocol's name", protocol.name);
  for (const ProtocolView& view : protocol.views) {
    if (view.name.empty() || view.body_region.empty()) {
      throwBadInput("Each view of \"" + protocol.name + "\" needs a name and a body region.");
    }
    requireNamesNobody("view's name", view.name);
    requireNamesNobody("view's body region", view.body_region);
    requireNamesNobody("view", view.view_label);
  }
}

std::vector<ProtocolView> viewsOf(const Database& database, std::int64_t protocol) {
  std::vector<ProtocolView> views;
  Statement row = database.query(
      "SELECT name, body_region, view_label FROM protocol_views WHERE protocol = ? "
      "ORDER BY position",
      protocol);
  while (row.step()) views.push_back({row.text(0), row.text(1), row.text(2)});
  return views;
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// The view that a clip stands for: one that has no clip yet before another, one of its label
/// before one of any.
ProtocolStatus::View* placeOf(ProtocolStatus& status, const std::string& region,
                              const std::string& label) {
  const auto rank = [](const ProtocolStatus::View& view) {
    return std::pair(!view.clip_ids.empty(), view.view.view_label.empty());
  };
  ProtocolStatus::View* best = nullptr;
  for (ProtocolStatus::View& view : status.views) {
    const bool fits = lower(view.view.body_region) == region &&
                      (view.view.view_label.empty() || lower(view.view.view_label) == label);
    if (fits && (best == nullptr || rank(view) < rank(*best))) best = &view;
  }
  return best;
}
}  // namespace

void Store::saveProtocol(const AcquisitionProtocol& protocol, const std::string& former_name) {
  requireSound(protocol);
  Database& database = impl_->writing();
  Transaction transaction(database, Transaction::Kind::kWrite);
  const std::int64_t pk = takeName(database, protocol.name, former_name, impl_->author);
  Statement row = database.query(
      "INSERT INTO protocol_views (protocol, position, name, body_region, view_label) "
      "VALUES (?, ?, ?, ?, ?)");
  for (int position = 0; const ProtocolView& view : protocol.views) {
    row.bind(pk, position++, view.name, view.body_region, view.view_label).run();
  }
  seal(database, "protocol", pk);
  const bool renamed = !former_name.empty() && former_name != protocol.name;
  record(database, {.author = impl_->author,
                    .act = "protocol saved",
                    .object = {},
                    .detail = protocol.name + (renamed ? ", before: " + former_name : "")});
  transaction.commit();
}

void Store::removeProtocol(const std::string& name) {
  Database& database = impl_->writing();
  Transaction transaction(database, Transaction::Kind::kWrite);
  removeRows(database, require(database, name));
  record(database,
         {.author = impl_->author, .act = "protocol removed", .object = {}, .detail = name});
  transaction.commit();
}

void Store::holdToProtocol(const std::string& study_id, const std::optional<std::string>& name) {
  Database& database = impl_->writing();
  Transaction transaction(database, Transaction::Kind::kWrite);
  const std::int64_t study = requireStudy(database, study_id);
  takeBack(database, study);
  if (name) {
    const auto protocol = name->empty() ? std::nullopt : std::optional(require(database, *name));
    database.run(
        "INSERT INTO exam_protocols (study, protocol, author, created_utc) VALUES (?, ?, ?, ?)",
        study, protocol, impl_->author, nowUtc());
    seal(database, "exam protocol", study);
  }
  record(database, {.author = impl_->author,
                    .act = !name           ? "exam's protocol taken back"
                           : name->empty() ? "exam held to no protocol"
                                           : "exam held to protocol",
                    .object = study_id,
                    .detail = name.value_or("")});
  transaction.commit();
}

std::vector<AcquisitionProtocol> Store::protocols() const {
  std::vector<AcquisitionProtocol> protocols;
  Statement row = impl_->database.query("SELECT pk, name FROM protocols ORDER BY name");
  while (row.step()) {
    protocols.push_back({row.text(1), viewsOf(impl_->database, row.integer(0))});
  }
  return protocols;
}

ProtocolStatus Store::protocolStatus(const std::string& study_id,
                                     const std::string& protocol_name) const {
  const Database& database = impl_->database;
  const Transaction view_of_store(database, Transaction::Kind::kRead);
  const std::int64_t study = requireStudy(database, study_id);
  ProtocolStatus status;
  for (ProtocolView& view : viewsOf(database, require(database, protocol_name))) {
    status.views.push_back({.view = std::move(view), .clip_ids = {}});
  }
  Statement clip = database.query(
      "SELECT a.id, lower(t.body_region), lower(t.view_label) FROM clip_search t "
      "JOIN artifacts a ON a.pk = t.clip WHERE t.study = ? ORDER BY t.series, t.clip",
      study);
  while (clip.step()) {
    ProtocolStatus::View* const view = placeOf(status, clip.text(1), clip.text(2));
    if (view != nullptr) view->clip_ids.push_back(clip.text(0));
  }
  status.missing = static_cast<int>(std::ranges::count_if(
      status.views, [](const ProtocolStatus::View& view) { return view.clip_ids.empty(); }));
  return status;
}

}  // namespace sonotwin::store
