// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "database.h"
#include "objects.h"
#include "sonotwin/store/store.h"

namespace sonotwin::store {

/// Now, as in 2031-05-04T09:12:33Z.
[[nodiscard]] std::string nowUtc();

[[nodiscard]] std::optional<std::int64_t> findArtifact(const Database& database,
                                                       const std::string& id);
/// @param kind  "clip", ...; empty: any. @throws Error(kNotFound) naming the id
[[nodiscard]] std::int64_t requireArtifact(const Database& database, const std::string& id,
                                           const std::string& kind);

/// In the author's name, unless it has a name of its own.
[[nodiscard]] Provenance signedBy(const std::string& author, Provenance provenance);

/// A derived thing's parents, the one it belongs to first, each once.
[[nodiscard]] std::vector<std::string> parentsOf(const std::string& owner,
                                                 const Provenance& provenance);
[[nodiscard]] bool isJson(const std::string& text);
/// @throws Error(kBadInput) unless `text` is JSON or, if it may be, empty
void requireJson(const std::string& what, const std::string& text, bool may_be_empty);

[[nodiscard]] std::int64_t insertArtifact(Database& database, const std::string& id,
                                          const std::string& kind, const Provenance& provenance,
                                          const std::vector<std::string>& parents);
/// A problem of an object, said of everything that uses it; else of the object.
[[nodiscard]] std::vector<Damage> damagesOf(const Database& database, const ObjectRef& object,
                                            const std::string& problem);
[[nodiscard]] std::int64_t insertObject(Database& database, const ObjectRef& object);
void insertLabels(Database& database, std::int64_t artifact,
                  const std::vector<media::Label>& labels);
[[nodiscard]] Statement labelQuery(const Database& database);
[[nodiscard]] std::vector<media::Label> readLabels(Statement& label_query, std::int64_t artifact);

}  // namespace sonotwin::store
