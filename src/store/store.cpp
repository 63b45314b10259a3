// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/store/store.h"

#include "artifacts.h"
#include "audit.h"
#include "impl.h"
#include "migrate.h"
#include "origins.h"
#include "quarantine_folder.h"
#include "seal.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/base/version.h"

namespace sonotwin::store {
namespace fs = std::filesystem;
namespace {
// What a killed program left there names patients and must not wait for the next decision.
void sweepAtOpening(const Database& database, const fs::path& folder) {
  if (!database.writable()) return;
  try {
    sweepQuarantine(database, quarantineFolder(folder));
  } catch (const Error&) {  // whoever opens it next tries again
  }
}

// A UUID of version 8 (free form) as one decimal number. Source: ITU-T X.667, RFC 9562.
std::string uidOf(const std::string& mac) {
  std::string hex = mac.substr(0, 32);
  hex[12] = '8';
  hex[16] = "89ab"[std::stoi(hex.substr(16, 1), nullptr, 16) % 4];
  std::string digits = "0";  // most significant last
  for (const char c : hex) {
    int carry = c <= '9' ? c - '0' : c - 'a' + 10;
    for (char& digit : digits) {
      carry += 16 * (digit - '0');
      digit = static_cast<char>('0' + carry % 10);
      carry /= 10;
    }
    for (; carry > 0; carry /= 10) digits += static_cast<char>('0' + carry % 10);
  }
  while (digits.size() > 1 && digits.back() == '0') digits.pop_back();
  return "2.25." + std::string(digits.rbegin(), digits.rend());
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
  return createBy(Provenance{}.author, folder);
}

Store Store::createBy(const std::string& author, const fs::path& folder) {
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
      record(database, {.author = author, .act = "store made"});
    });
    publish(file, canonical / kDatabaseName);
  }
  Store made = open(canonical);
  made.setAuthor(author);
  return made;
}

Store Store::open(const fs::path& folder) {
  const fs::path canonical = canonicalFolder(folder);
  if (!exists(canonical)) {
    throwNotFound("There is no store in " + canonical.string() +
                  ". Make one with `sonotwin init`, or name another folder with --store.");
  }
  Database database = openPresent(canonical);
  sweepAtOpening(database, canonical);
  KeyBeside key(canonical, keyCheckOf(database));
  return Store(std::make_unique<Impl>(Impl{.folder = canonical,
                                           .key = std::move(key),
                                           .mark = OpenMark(canonical),
                                           .objects = ObjectFolder(canonical),
                                           .database = std::move(database)}));
}

const fs::path& Store::folder() const noexcept {
  return impl_->folder;
}

fs::path Store::temporaryFolder() const {
  return impl_->folder / "tmp";
}

std::string Store::pseudonym(const std::string& patient_key) const {
  const std::string mac = impl_->key.require().mac("patient", patient_key);
  Statement person = impl_->database.query(
      "SELECT w.id FROM patients p JOIN patients w ON w.pk = p.person WHERE p.mac = ?", mac);
  return person.step() ? person.text(0) : pseudonymOf(impl_->database, mac);
}

PatientAlias Store::alias(const Origin& origin) const {
  const KeyedOrigin keyed = store::keyed(impl_->key.require(), origin);
  return {.id = pseudonymOf(impl_->database, keyed.patient_mac), .day_shift = keyed.day_shift};
}

std::string Store::keyedUid(const std::string& uid) const {
  if (uid.empty()) throwBadInput("An empty UID stands for nothing and cannot be replaced.");
  return uidOf(impl_->key.require().mac("uid", uid));
}

bool Store::writable() const noexcept {
  return impl_->database.writable();
}

std::optional<std::string> Store::keyProblem() const {
  const std::optional<Error>& problem = impl_->key.problem();
  return problem ? std::optional<std::string>(problem->what()) : std::nullopt;
}

}  // namespace sonotwin::store
