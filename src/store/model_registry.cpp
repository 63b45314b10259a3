// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/store/model_registry.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <utility>

#include "artifacts.h"
#include "audit.h"
#include "database.h"
#include "folder.h"
#include "key.h"
#include "migrate.h"
#include "objects.h"
#include "seal.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/store/identifying_text.h"

namespace sonotwin::store {
namespace fs = std::filesystem;
namespace {
constexpr const char* kKept = "model kept";
constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

/// As the card names them; empty: it names none.
std::string weightsOf(const std::string& card_json) {
  const auto card = nlohmann::json::parse(card_json, nullptr, false);
  const nlohmann::json::json_pointer place("/weights/sha256");
  if (!card.is_object() || !card.contains(place) || !card[place].is_string()) return {};
  return card[place].get<std::string>();
}

struct CardRow {
  std::int64_t pk = 0;
  std::string card_json;
  std::string weights_sha256;
};

CardRow requireModel(const Database& database, const std::string& id) {
  const std::int64_t pk = requireArtifact(database, id, "model");
  Statement row = database.query("SELECT card_json FROM models WHERE artifact = ?", pk);
  row.step();
  return {pk, row.text(0), weightsOf(row.text(0))};
}

std::optional<ObjectRef> objectOf(const Database& database, const std::string& sha256) {
  Statement row = database.query("SELECT size_bytes FROM objects WHERE sha256 = ?", sha256);
  if (sha256.empty() || !row.step()) return std::nullopt;
  return ObjectRef{sha256, static_cast<std::uint64_t>(row.integer(0))};
}

std::set<std::string> activeIds(const Database& database) {
  std::set<std::string> ids;
  Statement row = database.query(
      "SELECT a.id FROM models m JOIN artifacts a ON a.pk = m.artifact "
      "WHERE m.status = 'promoted'");
  while (row.step()) ids.insert(row.text(0));
  return ids;
}

void setStatus(Database& database, const std::string& id, const char* status) {
  const std::int64_t pk = requireArtifact(database, id, "model");
  database.run("UPDATE models SET status = ? WHERE artifact = ?", status, pk);
  seal(database, "model", pk);
}

[[noreturn]] void throwOtherWeights(const fs::path& file) {
  throwBadInput(file.string() +
                " is not the file that its card describes (SHA-256 differs): it was changed or "
                "only half copied. Train or copy the model again.");
}

/// @throws Error(kBadInput) where the file is another than the card's
ObjectRef takeWeights(const ObjectFolder& objects, const fs::path& file,
                      const std::string& expected_sha256, const Progress& progress) {
  NewObject object = objects.begin();
  const ObjectFile source(file);
  if (!source.absence().empty()) {
    throwBadInput("The weights " + file.string() + " cannot be read: " + source.absence() + ".");
  }
  std::error_code unreadable;
  const std::uint64_t size = fs::file_size(file, unreadable);
  std::vector<std::byte> block(kBlockBytes);
  for (std::uint64_t done = 0; !unreadable && done < size;) {
    progress.report(static_cast<double>(done) / static_cast<double>(size), "Keeping weights");
    const std::span part(
        block.data(), static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), size - done)));
    if (!source.read(done, part)) break;
    object.write(part);
    done += part.size();
  }
  if (object.finish().sha256 != expected_sha256) throwOtherWeights(file);
  const ObjectRef stored = object.finish();
  objects.keep(std::move(object));
  return stored;
}
}  // namespace

struct ModelRegistry::Impl {
  fs::path folder;
  std::string author;
  Database database;
  ObjectFolder objects;
  KeyBeside key;

  Database& writing() {
    database.requireWritable();
    key.requireNoWrongOne();
    return database;
  }
};

ModelRegistry::ModelRegistry(const fs::path& store_folder, std::string author) {
  const fs::path folder = canonicalFolder(store_folder);
  Database database = openPresent(folder);
  KeyBeside key(folder, keyCheckOf(database));
  impl_ = std::make_unique<Impl>(Impl{folder, author.empty() ? "sonotwin" : std::move(author),
                                      std::move(database), ObjectFolder(folder), std::move(key)});
}
ModelRegistry::~ModelRegistry() = default;
ModelRegistry::ModelRegistry(ModelRegistry&&) noexcept = default;

void ModelRegistry::keepWeights(const std::string& model_id, const fs::path& file,
                                const Progress& progress) {
  Database& database = impl_->writing();
  const CardRow model = requireModel(database, model_id);
  if (model.weights_sha256.empty()) {
    throwBadInput("The card of " + model_id + " does not say which weights it describes.");
  }
  if (const auto kept = objectOf(database, model.weights_sha256)) {
    if (hashOfFile(file, kept->size_bytes, progress) != kept->sha256) throwOtherWeights(file);
    return;
  }
  const ObjectRef stored = takeWeights(impl_->objects, file, model.weights_sha256, progress);
  Transaction transaction(database, Transaction::Kind::kWrite);
  std::ignore = insertObject(database, stored);
  record(database, {.author = impl_->author,
                    .act = kKept,
                    .object = model_id,
                    .detail = "weights " + stored.sha256});
  transaction.commit();
}

std::vector<KeptModelRow> ModelRegistry::models() const {
  const Transaction view(impl_->database, Transaction::Kind::kRead);
  std::set<std::string> once_active;
  for (const ModelAct& act : acts()) once_active.insert(act.model_id);
  std::vector<KeptModelRow> kept;
  Statement row = impl_->database.query(
      "SELECT a.id, m.name, m.status, m.card_json, a.created_utc FROM models m "
      "JOIN artifacts a ON a.pk = m.artifact ORDER BY m.artifact");
  while (row.step()) {
    KeptModelRow model{.id = row.text(0),
                       .name = row.text(1),
                       .status = row.text(2) == "promoted" ? "active" : "candidate",
                       .card_json = row.text(3),
                       .weights_sha256 = weightsOf(row.text(3)),
                       .created_utc = row.text(4)};
    if (!objectOf(impl_->database, model.weights_sha256)) continue;
    if (model.status == "candidate" && once_active.contains(model.id)) model.status = "retired";
    kept.push_back(std::move(model));
  }
  return kept;
}

fs::path ModelRegistry::folderOf(const std::string& model_id, const Progress& progress) const {
  const CardRow model = requireModel(impl_->database, model_id);
  const auto object = objectOf(impl_->database, model.weights_sha256);
  if (!object) throwNotFound("The store does not keep the weights of " + model_id + ".");
  const fs::path folder = impl_->folder / "registry" / model_id;
  const fs::path weights = folder / "weights.safetensors", card = folder / "card.json";
  std::error_code absent;
  const bool sized = fs::file_size(weights, absent) == object->size_bytes && !absent;
  const bool whole = sized && hashOfFile(weights, object->size_bytes, progress) == object->sha256;
  if (!whole) {
    const auto bytes = impl_->objects.read(*object, "model " + model_id);
    makeFolder(folder);
    writeFileAtomically(weights, std::span(bytes));
  }
  if (!fs::exists(card, absent) || readTextFile(card) != model.card_json) {
    writeFileAtomically(card, std::string_view(model.card_json));
  }
  return folder;
}

void ModelRegistry::change(const ModelChange& change) {
  Database& database = impl_->writing();
  requireNamesNobody("reason", change.why);
  requireJson("reason", change.detail_json, false);
  Transaction transaction(database, Transaction::Kind::kWrite);
  const std::set<std::string> expected(change.expected_active.begin(),
                                       change.expected_active.end());
  if (activeIds(database) != expected) {
    throw Error(ErrorKind::kConflict,
                "Another network was put in force meanwhile. Look at `sonotwin models list`, then "
                "try again.");
  }
  for (const std::string& id : change.retired) setStatus(database, id, "candidate");
  if (!change.activated.empty()) {
    if (!objectOf(database, requireModel(database, change.activated).weights_sha256)) {
      throwNotFound("The store does not keep the weights of " + change.activated + ".");
    }
    setStatus(database, change.activated, "promoted");
  }
  const std::string& subject = change.activated.empty() && !change.retired.empty()
                                   ? change.retired.front()
                                   : change.activated;
  record(database, {.author = impl_->author,
                    .act = change.act,
                    .object = subject,
                    .detail = change.detail_json});
  transaction.commit();
}

std::vector<ModelAct> ModelRegistry::acts() const {
  std::vector<ModelAct> acts;
  Statement row = impl_->database.query(
      "SELECT number, at_utc, author, act, object, detail FROM audit "
      "WHERE act IN ('model promoted', 'model rolled back') ORDER BY number");
  while (row.step()) {
    acts.push_back({.number = row.integer(0),
                    .at_utc = row.text(1),
                    .author = row.text(2),
                    .act = row.text(3),
                    .model_id = row.text(4),
                    .detail_json = row.text(5)});
  }
  return acts;
}

}  // namespace sonotwin::store
