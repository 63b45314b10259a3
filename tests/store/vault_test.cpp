// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "key_pair.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/store/store.h"
#include "temporary_folder.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using test::KeyPair;

const PatientIdentity kWho{"4711-Plan", "Ward Seven", "Qwertz^Planted", "19570823", {}};
const Origin kOrigin{.patient_key = "id|Ward Seven|4711-Plan", .study_key = "1.2"};

class Vault : public ::testing::Test {
 protected:
  std::string seal(const KeyPair& pair) {
    store_.enableVault(readTextFile(pair.certificate));
    store_.sealIdentity(kOrigin, kWho);
    return store_.alias(kOrigin).id;
  }
  std::vector<SealedIdentity> ask(const std::string& id, const KeyPair& pair,
                                  const std::string& passphrase = {}) {
    return store_.reidentify(
        id, readTextFile(pair.key), [&] { return passphrase; }, "an incidental finding");
  }
  std::vector<fs::path> entries() const {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(vault_)) {
      if (entry.path().extension() == ".cms") files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
  }
  ErrorKind failureOf(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.kind();
    }
    ADD_FAILURE() << "no failure";
    return ErrorKind::kInternal;
  }

  test::TemporaryFolder folder_;
  Store store_ = Store::create(folder_ / "store");
  fs::path vault_ = folder_ / "store.vault";
};

TEST_F(Vault, IsOffUnlessEnabled) {
  const KeyPair pair(folder_.path(), "officer");
  EXPECT_FALSE(store_.hasVault());
  EXPECT_FALSE(fs::exists(vault_));
  EXPECT_EQ(failureOf([&] { ask("P-0000-0000", pair); }), ErrorKind::kNotFound);
  EXPECT_FALSE(fs::exists(vault_));
}

TEST_F(Vault, GivesBackWhoItIsToTheHolderOfTheKey) {
  for (const auto& [name, kind] :
       {std::pair{"rsa", "rsa:2048"}, std::pair{"curve", test::kCurve}}) {
    const KeyPair pair(folder_.path(), name, kind);
    const std::string id = seal(pair);
    const auto found = ask(id, pair);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].pseudonym, id);
    EXPECT_EQ(found[0].identity.patient_id, kWho.patient_id);
    EXPECT_EQ(found[0].identity.issuer, kWho.issuer);
    EXPECT_EQ(found[0].identity.name, kWho.name);
    EXPECT_EQ(found[0].identity.birth_date, kWho.birth_date);
    for (const fs::path& entry : entries()) fs::remove(entry);
  }
}

// Another program than ours opens what was sealed.
TEST_F(Vault, OpensslOpensItsEntries) {
  for (const char* kind : {"rsa:2048", test::kCurve}) {
    const KeyPair pair(folder_.path(), "officer", kind);
    const std::string id = seal(pair);
    const fs::path out = folder_ / "out.json";
    int opened = 0;
    for (const fs::path& entry : entries()) {
      const std::string command = "openssl cms -decrypt -inform DER -in " + entry.string() +
                                  " -inkey " + pair.key.string() + " -out " + out.string() +
                                  " 2>/dev/null";
      if (std::system(command.c_str()) != 0) continue;
      ++opened;
      const auto document = nlohmann::json::parse(readTextFile(out));
      EXPECT_EQ(document["pseudonym"], id);
      EXPECT_EQ(document["name"], kWho.name);
      EXPECT_EQ(document["patient_id"], kWho.patient_id);
    }
    EXPECT_EQ(opened, 1) << kind;
  }
}

TEST_F(Vault, SaysNothingWithoutTheKey) {
  const KeyPair pair(folder_.path(), "officer"), other(folder_.path(), "other");
  const std::string id = seal(pair);
  EXPECT_EQ(failureOf([&] { ask(id, other); }), ErrorKind::kBadInput);
  for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = readTextFile(entry.path());
    for (const char* secret : {"Qwertz", "4711-Plan", "Ward Seven", "19570823"}) {
      EXPECT_EQ(bytes.find(secret), std::string::npos) << entry.path() << " " << secret;
    }
  }
  struct stat status {};
  ASSERT_EQ(::stat(vault_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  for (const fs::path& entry : entries()) {
    ASSERT_EQ(::stat(entry.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
  }
}

TEST_F(Vault, WritesInTheAuditLogThatItWasAskedAndWhyButNotWhoItIs) {
  const KeyPair pair(folder_.path(), "officer"), other(folder_.path(), "other");
  const std::string id = seal(pair);
  store_.setAuthor("officer");
  EXPECT_EQ(ask(id, pair).size(), 1U);
  const AuditEntry entry = store_.audit(1).at(0);
  EXPECT_EQ(entry.act, "re-identified");
  EXPECT_EQ(entry.object, id);
  EXPECT_EQ(entry.detail, "an incidental finding");
  EXPECT_EQ(entry.author, "officer");
  EXPECT_THROW(ask(id, other), Error);
  EXPECT_EQ(store_.audit(1).at(0).act, "re-identification failed");
  EXPECT_EQ(
      failureOf([&] { std::ignore = store_.reidentify(id, readTextFile(pair.key), {}, "  "); }),
      ErrorKind::kBadInput);
  EXPECT_TRUE(store_.verify(VerifyDepth::kBytes, {}).empty());
}

TEST_F(Vault, NamesADamagedEntryAndOneUnderAnotherName) {
  const KeyPair pair(folder_.path(), "officer");
  const std::string id = seal(pair);
  const fs::path entry = entries().at(0);
  const std::string whole = readTextFile(entry);
  for (std::size_t at = 0; at < whole.size(); at += 37) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    std::ofstream(entry, std::ios::binary) << bytes;
    try {
      const auto found = ask(id, pair);
      EXPECT_EQ(found.at(0).identity.name, kWho.name);  // in what says how, not in what is said
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kDamaged) << at;
      EXPECT_NE(std::string(error.what()).find(entry.filename()), std::string::npos);
    }
  }
  std::ofstream(entry, std::ios::binary) << whole.substr(0, whole.size() - 1);
  EXPECT_EQ(failureOf([&] { ask(id, pair); }), ErrorKind::kDamaged);
  std::ofstream(entry, std::ios::binary) << whole;
  fs::rename(entry, vault_ / "P-1234-5678.0123456789abcdef.cms");
  EXPECT_EQ(failureOf([&] { ask("P-1234-5678", pair); }), ErrorKind::kDamaged);
}

TEST_F(Vault, KeepsEachIdentityOnceAndAllOfAPerson) {
  const KeyPair pair(folder_.path(), "officer");
  const std::string id = seal(pair);
  store_.sealIdentity(kOrigin, kWho);
  EXPECT_EQ(entries().size(), 1U);
  PatientIdentity married = kWho;
  married.name = "Asdf^Planted";
  store_.sealIdentity(kOrigin, married);
  EXPECT_EQ(ask(id, pair).size(), 2U);
}

TEST_F(Vault, AsksForThePassphraseOfAKeyThatHasOne) {
  const KeyPair pair(folder_.path(), "officer", "rsa:2048", "a long secret");
  const std::string id = seal(pair);
  EXPECT_EQ(ask(id, pair, "a long secret").size(), 1U);
  EXPECT_EQ(failureOf([&] { ask(id, pair, "a wrong one"); }), ErrorKind::kBadInput);
}

TEST_F(Vault, RefusesWhatIsNoGoodCertificate) {
  const KeyPair pair(folder_.path(), "officer"), weak(folder_.path(), "weak", "rsa:1024");
  for (const std::string& text :
       {std::string("rubbish"), readTextFile(pair.key), readTextFile(weak.certificate)}) {
    EXPECT_EQ(failureOf([&] { store_.enableVault(text); }), ErrorKind::kBadInput);
  }
  EXPECT_FALSE(store_.hasVault());
}

TEST_F(Vault, RefusesAFolderThatOthersCanOpen) {
  const KeyPair pair(folder_.path(), "officer");
  fs::create_directory(vault_);
  ::chmod(vault_.c_str(), 0755);
  EXPECT_EQ(failureOf([&] { seal(pair); }), ErrorKind::kConflict);
}
}  // namespace
}  // namespace sonotwin::store
