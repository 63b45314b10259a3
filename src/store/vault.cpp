// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "audit.h"
#include "envelope.h"
#include "impl.h"
#include "private_folder.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/store/identifying_text.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kCertificate = "certificate.pem";
constexpr std::uint64_t kLargestText = 1 << 20;

fs::path vaultFolder(const fs::path& store) {
  return store.string() + ".vault";
}

json identityJson(const std::string& pseudonym, const PatientIdentity& identity) {
  return {
      {"pseudonym", pseudonym}, {"patient_id", identity.patient_id}, {"issuer", identity.issuer},
      {"name", identity.name},  {"birth_date", identity.birth_date}, {"given", identity.given}};
}

// Names come in any character set: bytes that are no UTF-8 are replaced, not refused.
std::string textOf(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<SealedIdentity> identityOf(const std::string& text) {
  try {
    const json document = json::parse(text);
    SealedIdentity entry;
    document.at("pseudonym").get_to(entry.pseudonym);
    document.at("sealed").get_to(entry.sealed_utc);
    document.at("patient_id").get_to(entry.identity.patient_id);
    document.at("issuer").get_to(entry.identity.issuer);
    document.at("name").get_to(entry.identity.name);
    document.at("birth_date").get_to(entry.identity.birth_date);
    document.at("given").get_to(entry.identity.given);
    return entry;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

/// All pseudonyms of the person who has this one.
std::set<std::string> pseudonymsOf(const Database& database, const std::string& patient_id) {
  std::set<std::string> ids = {patient_id};  // what only waits in quarantine has no row yet
  Statement row = database.query(
      "SELECT o.id FROM patients p JOIN patients o ON o.person = p.person WHERE p.id = ?",
      patient_id);
  while (row.step()) ids.insert(row.text(0));
  return ids;
}

/// Sealed entries of some pseudonyms, in order of their names.
std::vector<fs::path> entriesOf(const fs::path& folder, const std::set<std::string>& pseudonyms) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".cms") && pseudonyms.contains(name.substr(0, name.find('.')))) {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

SealedIdentity opened(const fs::path& file, const PrivateKey& key) {
  const std::string name = file.filename().string();
  if (const auto text = key.open(readFile(file, kLargestText))) {
    const auto entry = identityOf(*text);
    // An entry under another patient's name would name the wrong person.
    if (entry && entry->pseudonym == name.substr(0, name.find('.'))) return *entry;
  } else if (!key.belongsTo(readTextFile(file.parent_path() / kCertificate, kLargestText))) {
    throwBadInput("The entry " + name +
                  " was sealed for another key than this, which is not the one of the vault's "
                  "certificate either.");
  }
  throw Error(ErrorKind::kDamaged, "The vault's entry " + name +
                                       " is damaged, or was sealed for the key of an earlier "
                                       "certificate. Put it back from a copy, or give that key.");
}

void requireReason(const std::string& why) {
  if (why.find_first_not_of(" \t\n") == std::string::npos) {
    throwBadInput("Say why: it is kept in the audit log.");
  }
  requireNamesNobody("reason", why);
}
}  // namespace

void Store::enableVault(const std::string& certificate_pem) {
  Database& database = impl_->writing();
  const std::string fingerprint = fingerprintOf(certificate_pem);
  const fs::path folder = vaultFolder(impl_->folder);
  requirePrivateFolder(folder, "vault");
  Transaction transaction(database, Transaction::Kind::kWrite);
  record(database, {.author = impl_->author,
                    .act = "vault enabled",
                    .object = {},
                    .detail = "certificate " + fingerprint});
  writePrivateFile(folder / kCertificate, std::as_bytes(std::span(certificate_pem)));
  transaction.commit();
}

bool Store::hasVault() const {
  std::error_code ignored;
  return fs::exists(vaultFolder(impl_->folder) / kCertificate, ignored);
}

void Store::sealIdentity(const Origin& origin, const PatientIdentity& identity) {
  const PseudonymKey& key = impl_->key.require();
  const fs::path folder = vaultFolder(impl_->folder);
  requirePrivateFolder(folder, "vault");
  const std::string certificate = readTextFile(folder / kCertificate, kLargestText);
  const std::string pseudonym = alias(origin).id;
  json document = identityJson(pseudonym, identity);
  // The workstation cannot look into what it sealed: the name tells that it did, and nothing else.
  const std::string told = fingerprintOf(certificate) + "|" + textOf(document);
  const fs::path file = folder / (pseudonym + "." + key.mac("vault", told).substr(0, 16) + ".cms");
  if (fs::exists(file)) return;
  document["sealed"] = nowUtc();
  writePrivateFile(file, sealed(textOf(document), certificate));
}

std::vector<SealedIdentity> Store::reidentify(const std::string& patient_id,
                                              const std::string& private_key_pem,
                                              const std::function<std::string()>& passphrase,
                                              const std::string& why) {
  Database& database = impl_->writing();
  requireReason(why);
  if (!hasVault()) throwNotFound("This store has no vault: nothing is sealed in one by default.");
  const auto files = entriesOf(vaultFolder(impl_->folder), pseudonymsOf(database, patient_id));
  if (files.empty()) {
    throwNotFound("The vault has no entry of " + patient_id +
                  ": the files may have come before it was enabled. Ingest them again.");
  }
  const auto note = [&](const std::string& act) {
    Transaction transaction(database, Transaction::Kind::kWrite);
    record(database, {.author = impl_->author, .act = act, .object = patient_id, .detail = why});
    transaction.commit();
  };
  std::vector<SealedIdentity> identities;
  try {
    const PrivateKey key(private_key_pem, passphrase);
    for (const fs::path& file : files) identities.push_back(opened(file, key));
  } catch (const Error&) {
    note("re-identification failed");
    throw;
  }
  note("re-identified");  // before anybody learns anything
  return identities;
}

}  // namespace sonotwin::store
