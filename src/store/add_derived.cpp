// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bitset>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "artifacts.h"
#include "audit.h"
#include "clip_rows.h"
#include "identity.h"
#include "impl.h"
#include "mask_blob.h"
#include "seal.h"
#include "search_rows.h"
#include "sonotwin/base/error.h"
#include "surface_bytes.h"

namespace sonotwin::store {
namespace {
// What all derived things have in their id; the kind's own content follows.
Identity identityOf(std::vector<std::string> parents, const Provenance& provenance) {
  std::ranges::sort(parents);
  Identity identity;
  identity.add(parents.size());
  for (const std::string& parent : parents) identity.add(parent);
  identity.add(provenance.recipe_json);
  return identity;
}

void add(Identity& identity, const std::vector<media::Label>& labels) {
  identity.add(labels.size());
  for (const media::Label& label : labels) {
    identity.add(label.value);
    identity.add(label.name);
  }
}

std::optional<std::int64_t> clipOf(const Database& database, std::int64_t artifact) {
  Statement row = database.query(
      "SELECT clip FROM masks WHERE artifact = ? UNION ALL "
      "SELECT clip FROM volumes WHERE artifact = ? UNION ALL "
      "SELECT v.clip FROM surfaces u JOIN volumes v ON v.artifact = u.volume WHERE u.artifact = ?",
      artifact, artifact, artifact);
  return row.step() ? std::optional(row.integer(0)) : std::nullopt;
}

// Everything about one derived thing in one transaction; a known id adds nothing.
void insertOnce(Database& database, const std::string& id, const std::string& kind,
                const Provenance& provenance, const std::vector<std::string>& parents,
                const std::function<void(std::int64_t artifact)>& insert_rows,
                const std::string& sealed_as = {}) {
  Transaction transaction(database, Transaction::Kind::kWrite);
  if (findArtifact(database, id)) return;
  const std::int64_t artifact = insertArtifact(database, id, kind, provenance, parents);
  insert_rows(artifact);
  seal(database, sealed_as.empty() ? kind : sealed_as, artifact);
  if (const auto clip = clipOf(database, artifact)) refreshSearch(database, *clip);
  record(database, {.author = provenance.author, .act = kind + " added", .object = id});
  transaction.commit();
}

void requireLabels(const std::vector<media::Label>& labels) {
  std::bitset<256> used;
  for (const media::Label& label : labels) {
    if (label.value < 1 || label.value > 255 || used.test(static_cast<std::size_t>(label.value))) {
      throwBadInput("Label \"" + label.name + "\" has the value " + std::to_string(label.value) +
                    ": values must be 1 to 255 and each used once.");
    }
    used.set(static_cast<std::size_t>(label.value));
  }
}

void requireLabelled(const media::FrameMask& frame, const std::vector<media::Label>& labels) {
  std::bitset<256> named;
  named.set(0);
  for (const media::Label& label : labels) named.set(static_cast<std::size_t>(label.value));
  for (const std::uint8_t value : frame.labels) {
    if (named.test(value)) continue;
    throwBadInput("The mask of frame " + std::to_string(frame.frame_index) + " has the value " +
                  std::to_string(value) + ", which none of its labels names.");
  }
}

void requireFit(const Database& database, std::int64_t clip, const media::ClipMask& mask) {
  requireLabels(mask.labels);
  Statement row =
      database.query("SELECT frame_count, rows, cols FROM clips WHERE artifact = ?", clip);
  row.step();
  const int count = row.number(0), rows = row.number(1), cols = row.number(2);
  int previous = -1;
  for (const media::FrameMask& frame : mask.frames) {
    const bool placed = frame.frame_index > previous && frame.frame_index < count;
    const bool sized =
        frame.rows == rows && frame.cols == cols &&
        frame.labels.size() == static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
    if (!placed || !sized) {
      throwBadInput("The mask of frame " + std::to_string(frame.frame_index) + " (" +
                    std::to_string(frame.cols) + " x " + std::to_string(frame.rows) +
                    ") does not fit its clip of " + std::to_string(count) + " frames (" +
                    std::to_string(cols) + " x " + std::to_string(rows) + "), or is out of order.");
    }
    requireLabelled(frame, mask.labels);
    previous = frame.frame_index;
  }
}

std::string maskId(const media::ClipMask& mask, const std::string& model, Identity identity) {
  identity.add(model);
  add(identity, mask.labels);
  for (const media::FrameMask& frame : mask.frames) {
    identity.add(frame.frame_index);
    identity.add(static_cast<double>(frame.confidence));
    identity.add(
        std::string_view(reinterpret_cast<const char*>(frame.labels.data()), frame.labels.size()));
  }
  return identity.finish("mask");
}

void insertMask(Database& database, std::int64_t artifact, std::int64_t clip,
                const std::string& model, const media::ClipMask& mask,
                const std::vector<std::vector<std::byte>>& packed) {
  double confidence = 0.0;
  for (const media::FrameMask& frame : mask.frames) confidence += frame.confidence;
  const auto count = static_cast<std::int64_t>(mask.frames.size());
  database.run(
      "INSERT INTO masks (artifact, clip, model, frame_count, mean_confidence) "
      "VALUES (?, ?, ?, ?, ?)",
      artifact, clip, model, count, count > 0 ? confidence / static_cast<double>(count) : 0.0);
  insertLabels(database, artifact, mask.labels);
  Statement insert = database.query(
      "INSERT INTO mask_frames (mask, number, rows, cols, confidence, labels) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  for (std::size_t i = 0; i < mask.frames.size(); ++i) {
    const media::FrameMask& frame = mask.frames[i];
    insert
        .bind(artifact, frame.frame_index, frame.rows, frame.cols,
              static_cast<double>(frame.confidence), std::span(std::as_const(packed[i])))
        .run();
  }
}

std::string storeMask(Database& database, const std::string& clip_id, const media::ClipMask& mask,
                      const std::string& model, const Provenance& provenance,
                      const std::function<void(std::int64_t artifact)>& insert_more) {
  requireJson("mask's recipe", provenance.recipe_json, true);
  const std::int64_t clip = requireArtifact(database, clip_id, "clip");
  requireFit(database, clip, mask);
  const std::vector<std::string> parents = parentsOf(clip_id, provenance);
  const std::string id = maskId(mask, model, identityOf(parents, provenance));
  if (findArtifact(database, id)) return id;
  std::vector<std::vector<std::byte>> packed;  // before the transaction: others wait for it
  for (const media::FrameMask& frame : mask.frames) packed.push_back(packLabels(frame.labels));
  insertOnce(database, id, "mask", provenance, parents, [&](std::int64_t artifact) {
    insertMask(database, artifact, clip, model, mask, packed);
    insert_more(artifact);
  });
  return id;
}

bool isAnnotation(const Database& database, std::int64_t mask) {
  return database.query("SELECT 1 FROM annotations WHERE mask = ?", mask).step();
}

std::int64_t requireMaskOf(const Database& database, const std::string& clip_id,
                           const std::string& mask_id) {
  const std::int64_t mask = requireArtifact(database, mask_id, "mask");
  Statement row = database.query(
      "SELECT a.id FROM masks m JOIN artifacts a ON a.pk = m.clip WHERE m.artifact = ?", mask);
  row.step();
  if (row.text(0) != clip_id) throwBadInput("\"" + mask_id + "\" is of another clip.");
  return mask;
}

void insertAnnotation(Database& database, std::int64_t mask, std::optional<std::int64_t> parent) {
  std::int64_t first = mask, version = 1;
  if (parent) {
    Statement row =
        database.query("SELECT first, version + 1 FROM annotations WHERE mask = ?", *parent);
    row.step();
    first = row.integer(0);
    version = row.integer(1);
  }
  database.run(
      "INSERT INTO annotations (mask, first, parent, version, state) VALUES (?, ?, ?, ?, 'draft')",
      mask, first, parent, version);
  seal(database, "annotation", mask);
}

void requireVolume(const media::Volume& volume, const media::VoxelMaps& maps,
                   const std::string& source) {
  if (source != "bmode" && source != "mask") {
    throwBadInput("A volume's source is \"bmode\" or \"mask\", not \"" + source + "\".");
  }
  if (std::ranges::min(volume.dims) < 1 ||
      volume.data.size() != volume.voxelCount() * media::bytesPerSample(volume.type)) {
    throwBadInput("The volume cannot be stored: its voxels do not fill its dimensions.");
  }
  const auto fits = [&](const std::vector<std::uint8_t>& map) {
    return map.empty() || map.size() == volume.voxelCount();
  };
  if (!fits(maps.distance) || !fits(maps.uncertainty) ||
      (maps.distance.empty() && !maps.uncertainty.empty())) {
    throwBadInput("The volume cannot be stored: what is known of its voxels does not fit them.");
  }
  requireLabels(volume.labels);
}

std::string volumeId(const media::Volume& volume, const std::string& source,
                     const std::string& sha256, Identity identity) {
  identity.add(source);
  identity.add(sha256);
  for (const int side : volume.dims) identity.add(side);
  identity.add(nameOf(volume.type));
  identity.add(volume.world);
  const Eigen::Matrix4d& matrix = volume.world_from_voxel.matrix();
  for (int k = 0; k < 12; ++k) identity.add(matrix(k / 4, k % 4));
  add(identity, volume.labels);
  return identity.finish("volume");
}

void insertVolume(Database& database, std::int64_t artifact, std::int64_t clip,
                  const media::Volume& volume, const std::string& source, double observed_fraction,
                  const ObjectRef& object) {
  Statement insert = database.query(
      "INSERT INTO volumes (artifact, clip, object, source, dim_i, dim_j, dim_k, pixel_type, "
      "world, observed_fraction, m00, m01, m02, m03, m10, m11, m12, m13, m20, m21, m22, m23) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      artifact, clip, insertObject(database, object), source, volume.dims[0], volume.dims[1],
      volume.dims[2], nameOf(volume.type), volume.world, observed_fraction);
  addMatrix(insert, volume.world_from_voxel.matrix());
  insert.run();
  insertLabels(database, artifact, volume.labels);
}
}  // namespace

std::string Store::addMask(const std::string& clip_id, const media::ClipMask& mask,
                           const std::string& model, const Provenance& given) {
  const Provenance provenance = signedBy(impl_->author, given);
  return storeMask(impl_->writing(), clip_id, mask, model, provenance, [](std::int64_t) {});
}

std::string Store::addAnnotation(const std::string& clip_id, const media::ClipMask& mask,
                                 const std::string& author, const std::string& parent_id) {
  Database& database = impl_->writing();
  if (author.empty() || author == Provenance{}.author) {
    throwBadInput("An annotation needs the name of the person who drew it.");
  }
  Provenance provenance{.recipe_json = R"({"operation":"annotate"})", .author = author};
  std::optional<std::int64_t> parent;
  if (!parent_id.empty()) {
    const std::int64_t mask = requireMaskOf(database, clip_id, parent_id);
    if (isAnnotation(database, mask)) parent = mask;
    provenance.made_from = {parent_id};
  }
  return storeMask(database, clip_id, mask, author, provenance,
                   [&](std::int64_t artifact) { insertAnnotation(database, artifact, parent); });
}

void Store::setAnnotationState(const std::string& mask_id, const std::string& state) {
  Database& database = impl_->writing();
  if (state != "draft" && state != "final" && state != "rejected") {
    throwBadInput("An annotation is \"draft\", \"final\" or \"rejected\", not \"" + state + "\".");
  }
  Transaction transaction(database, Transaction::Kind::kWrite);
  const std::int64_t mask = requireArtifact(database, mask_id, "mask");
  if (!isAnnotation(database, mask)) {
    throwNotFound("\"" + mask_id + "\" was not drawn by a person.");
  }
  database.run("UPDATE annotations SET state = ? WHERE mask = ?", state, mask);
  seal(database, "annotation", mask);
  record(
      database,
      {.author = impl_->author, .act = "annotation decided", .object = mask_id, .detail = state});
  transaction.commit();
}

std::string Store::addVolume(const std::string& clip_id, const media::Volume& volume,
                             const std::string& source, double observed_fraction,
                             const Provenance& given, const media::VoxelMaps& maps) {
  const Provenance provenance = signedBy(impl_->author, given);
  Database& database = impl_->writing();
  requireJson("volume's recipe", provenance.recipe_json, true);
  requireVolume(volume, maps, source);
  const std::int64_t clip = requireArtifact(database, clip_id, "clip");
  NewObject object = impl_->objects.begin();
  object.write(volume.data);
  object.write(std::as_bytes(std::span(maps.distance)));
  object.write(std::as_bytes(std::span(maps.uncertainty)));
  const ObjectRef stored = object.finish();
  impl_->objects.keep(std::move(object));
  const std::vector<std::string> parents = parentsOf(clip_id, provenance);
  const std::string id = volumeId(volume, source, stored.sha256, identityOf(parents, provenance));
  insertOnce(database, id, "volume", provenance, parents, [&](std::int64_t artifact) {
    insertVolume(database, artifact, clip, volume, source, observed_fraction, stored);
  });
  return id;
}

std::string Store::addSurface(const std::string& volume_id, const media::Surface& surface,
                              double volume_ml, double area_mm2, const Provenance& given) {
  const Provenance provenance = signedBy(impl_->author, given);
  Database& database = impl_->writing();
  requireJson("surface's recipe", provenance.recipe_json, true);
  const std::int64_t volume = requireArtifact(database, volume_id, "volume");
  NewObject object = impl_->objects.begin();
  writeSurface(surface, object);
  const ObjectRef stored = object.finish();
  impl_->objects.keep(std::move(object));
  const std::vector<std::string> parents = parentsOf(volume_id, provenance);
  Identity identity = identityOf(parents, provenance);
  for (const std::string& text : {stored.sha256, surface.label, surface.world}) identity.add(text);
  identity.add(volume_ml);
  identity.add(area_mm2);
  const std::string id = identity.finish("surface");
  insertOnce(database, id, "surface", provenance, parents, [&](std::int64_t artifact) {
    database.run(
        "INSERT INTO surfaces (artifact, volume, object, label, world, volume_ml, area_mm2) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        artifact, volume, insertObject(database, stored), surface.label, surface.world, volume_ml,
        area_mm2);
  });
  return id;
}

std::string Store::addModel(const std::string& name, const std::string& card_json,
                            const Provenance& given) {
  const Provenance provenance = signedBy(impl_->author, given);
  Database& database = impl_->writing();
  requireJson("model's recipe", provenance.recipe_json, true);
  requireJson("card of model \"" + name + "\"", card_json, false);
  const std::vector<std::string> parents = parentsOf("", provenance);
  Identity identity = identityOf(parents, provenance);
  identity.add(name);
  identity.add(card_json);
  const std::string id = identity.finish("model");
  insertOnce(database, id, "model", provenance, parents, [&](std::int64_t artifact) {
    database.run(
        "INSERT INTO models (artifact, name, status, card_json) VALUES (?, ?, 'candidate', ?)",
        artifact, name, card_json);
  });
  return id;
}

std::string Store::addRecord(const std::string& kind, const std::string& name,
                             const std::string& json, const Provenance& given) {
  const Provenance provenance = signedBy(impl_->author, given);
  Database& database = impl_->writing();
  constexpr std::array kKinds = {"dataset", "training", "registration", "measurement"};
  if (std::ranges::find(kKinds, kind) == kKinds.end()) {
    throwBadInput("\"" + kind + "\" is not a kind of record.");
  }
  requireJson(kind + "'s recipe", provenance.recipe_json, true);
  requireJson(kind + " \"" + name + "\"", json, false);
  const std::vector<std::string> parents = parentsOf("", provenance);
  Identity identity = identityOf(parents, provenance);
  identity.add(name);
  identity.add(json);
  const std::string id = identity.finish(kind);
  insertOnce(
      database, id, kind, provenance, parents,
      [&](std::int64_t artifact) {
        database.run("INSERT INTO records (artifact, name, json) VALUES (?, ?, ?)", artifact, name,
                     json);
      },
      "record");
  return id;
}

}  // namespace sonotwin::store
