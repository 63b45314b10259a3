// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "database.h"
#include "sonotwin/base/error.h"

namespace sonotwin::store {

/// The secret that turns identifiers into pseudonyms: 32 random bytes, kept beside the store's
/// folder in `FOLDER.key` as hexadecimal text that only its owner can read. Immutable.
class PseudonymKey {
 public:
  static std::filesystem::path fileFor(const std::filesystem::path& folder);
  /// Makes the key, or reads the one that is there: it may belong to a store that is elsewhere now.
  static PseudonymKey createOrLoad(const std::filesystem::path& folder);
  /// @throws Error(kNotFound) if it is gone or another person's, Error(kConflict) if others can
  ///         read it, Error(kDamaged) if it is not a key; each with the remedy
  static PseudonymKey load(const std::filesystem::path& folder);
  /// Lays the key of one store beside another; one that is there already stays. @returns that
  static PseudonymKey copy(const std::filesystem::path& from_folder,
                           const std::filesystem::path& to_folder);

  /// HMAC-SHA-256 of an identifier; `purpose` keeps equal texts of different meaning apart.
  [[nodiscard]] std::string mac(std::string_view purpose, std::string_view identifier) const;
  /// Tells this key from another without giving it away.
  [[nodiscard]] std::string check() const { return mac("check", "sonotwin-store-check"); }

 private:
  explicit PseudonymKey(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  std::vector<std::byte> bytes_;
};

/// What a store remembers of its key, to know it by.
[[nodiscard]] std::string keyCheckOf(const Database& database);

/// The key beside an open store, or why there is none to use: reading does without.
class KeyBeside {
 public:
  /// @param key_check  what the store remembers of its key
  KeyBeside(const std::filesystem::path& folder, const std::string& key_check);

  /// @throws Error as `PseudonymKey::load`; Error(kConflict) for the key of another store
  [[nodiscard]] const PseudonymKey& require() const;
  /// For writing that needs no pseudonym: does without a key that is gone, not with a wrong one.
  /// @throws Error(kConflict), Error(kDamaged)
  void requireNoWrongOne() const;
  [[nodiscard]] const std::optional<Error>& problem() const noexcept { return problem_; }

 private:
  std::optional<PseudonymKey> key_;
  std::optional<Error> problem_;
};

}  // namespace sonotwin::store
