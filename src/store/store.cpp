// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/store/store.h"

#include "artifacts.h"
#include "impl.h"
#include "origins.h"
#include "seal.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/base/version.h"

namespace sonotwin::store {
namespace fs = std::filesystem;
namespace {
std::string keyCheckOf(const Database& database) {
  Statement row = database.query("SELECT key_check FROM store");
  return row.step() ? row.text(0) : std::string();
}
}  // namespace

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

bool Store::exists(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(canonicalFolder(folder) / kDatabaseName, ignored);
}

// The database appears under its name last and whole, so an interrupted call can be made again.
Store Store::create(const fs::path& folder) {
  const fs::path canonical = canonicalFolder(folder);
  layOut(canonical);
  const PseudonymKey key = PseudonymKey::createOrLoad(canonical);
  {
    const OpenMark mark(canonical);
    const fs::path file = canonical / "tmp" / (sha256Hex(randomBytes(16)).substr(0, 16) + ".new");
    Database::create(file, [&](Database& database) {
      database.run(
          "INSERT INTO store (pk, key_check, program_version, created_utc) VALUES (1, ?, ?, ?)",
          key.check(), programVersion(), nowUtc());
      seal(database, "schema", 1);
      seal(database, "store", 1);
    });
    publish(file, canonical / kDatabaseName);
  }
  return open(canonical);
}

Store Store::open(const fs::path& folder) {
  const fs::path canonical = canonicalFolder(folder);
  if (!exists(canonical)) {
    throwNotFound("There is no store in " + canonical.string() +
                  ". Make one with `sonotwin init`, or name another folder with --store.");
  }
  Database database = Database::open(canonical / kDatabaseName);
  KeyBeside key(canonical, keyCheckOf(database));
  return Store(std::make_unique<Impl>(Impl{canonical, std::move(key), OpenMark(canonical),
                                           ObjectFolder(canonical), std::move(database)}));
}

const fs::path& Store::folder() const noexcept {
  return impl_->folder;
}

fs::path Store::temporaryFolder() const {
  return impl_->folder / "tmp";
}

std::string Store::pseudonym(const std::string& patient_key) const {
  return pseudonymOf(impl_->database, impl_->key.require().mac("patient", patient_key));
}

bool Store::writable() const noexcept {
  return impl_->database.writable();
}

std::optional<std::string> Store::keyProblem() const {
  const std::optional<Error>& problem = impl_->key.problem();
  return problem ? std::optional<std::string>(problem->what()) : std::nullopt;
}

}  // namespace sonotwin::store
