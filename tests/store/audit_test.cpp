// SPDX-License-Identifier: Apache-2.0
#include "audit.h"

#include <gmock/gmock.h>

#include <set>

#include "sonotwin/base/hash.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Audit : public testing::Test {
 protected:
  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "store";
  fs::path database_ = folder_ / "sonotwin.sqlite";
};

TEST_F(Audit, NamesEveryChange) {
  Store store = Store::create(folder_);
  store.setAuthor("anna");
  const Family ids = addFamily(store);
  media::ClipInfo info = store.clip(ids.clip).info;
  info.body_region = "neck";
  store.setCalibration(ids.clip, info);
  store.setView(ids.clip, "neck", "long");
  std::vector<std::string> told;
  for (const AuditEntry& entry : store.audit()) told.push_back(entry.act + " " + entry.object);
  EXPECT_THAT(told, ElementsAre("clip named " + ids.clip, "clip corrected " + ids.clip,
                                "surface added " + ids.surface, "volume added " + ids.volume,
                                "mask added " + ids.mask, "model added " + ids.model,
                                "clip added " + ids.clip, "store made "));
  EXPECT_EQ(store.audit(1).at(0).author, "anna");
  EXPECT_EQ(store.audit(1, 2).at(0).act, "surface added");
  EXPECT_EQ(store.audit(1).at(0).number, 8);
}

TEST_F(Audit, WhatAddsNothingIsNotNamed) {
  Store store = Store::create(folder_);
  const Family ids = addFamily(store);
  const std::size_t entries = store.audit().size();
  addFamily(store);
  store.setCalibration(ids.clip, store.clip(ids.clip).info);
  failureOf([&] { store.addVolume(ids.clip, rampVolume(), "mask", 1, {.made_from = {"x"}}); });
  EXPECT_EQ(store.audit().size(), entries);
}

// Oracle: the rule written out, SHA-256 over each part with its length.
TEST_F(Audit, IsChainedByHash) {
  Store store = Store::create(folder_);
  addFamily(store);
  std::vector<AuditEntry> entries = store.audit();
  std::string previous;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    std::string text;
    for (const std::string& part :
         {std::to_string(entry->number), entry->at_utc, entry->author, entry->act, entry->object,
          entry->detail, entry->program_version, previous}) {
      text += std::to_string(part.size()) + ":" + part;
    }
    EXPECT_EQ(entry->sha256, sha256Hex(text));
    previous = entry->sha256;
  }
}

TEST_F(Audit, CannotBeChangedOrShortened) {
  { Store store = Store::create(folder_); }
  Database database = Database::open(database_);
  for (const char* const change :
       {"UPDATE audit SET author = 'me'", "DELETE FROM audit", "DELETE FROM audit WHERE number = 1",
        "UPDATE audit SET number = 7"}) {
    EXPECT_THAT(failureOf([&] { database.run(change); }).text, HasSubstr("only ever added to"));
  }
}

// Even by one who knows how to remove the triggers, and how a hash is made of a single entry.
TEST_F(Audit, VerifyFindsATornChain) {
  {
    Store store = Store::create(folder_);
    addFamily(store);
    EXPECT_THAT(store.auditProblems(), IsEmpty());
  }
  const std::string original = bytesOf(database_);
  const std::string trigger_free =
      "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_removed; "
      "DELETE FROM seals WHERE subject IN ('schema', 'audit'); ";
  for (const char* const change :
       {"UPDATE audit SET detail = 'x' WHERE number = 3", "DELETE FROM audit WHERE number = 3",
        "DELETE FROM audit WHERE number = 1",
        "UPDATE audit SET previous_sha256 = sha256 WHERE number = 4",
        "UPDATE audit SET at_utc = '2001-01-01T00:00:00Z' WHERE number = 2"}) {
    { Database::open(database_).execute(trigger_free + change); }
    const Database database = Database::open(database_);
    EXPECT_THAT(chainProblems(database), Not(IsEmpty())) << change;
    EXPECT_THAT(Store::open(folder_).auditProblems(), Not(IsEmpty())) << change;
    writeBytes(database_, original);
  }
  // Entries cut off at the end leave a whole chain: the seal on its end tells.
  Database::open(database_).execute(
      "DROP TRIGGER audit_is_not_removed; DELETE FROM audit WHERE number = 6");
  EXPECT_THAT(Store::open(folder_).auditProblems(), Not(IsEmpty()));
  std::set<std::string> objects;
  for (const Damage& damage : Store::open(folder_).verify(VerifyDepth::kRows, {})) {
    objects.insert(damage.object);
  }
  EXPECT_TRUE(objects.contains("audit 1"));
}

TEST_F(Audit, AClockThatGoesBackDoesNotBreakIt) {
  { const Store store = Store::create(folder_); }
  {
    Database database = Database::open(database_);
    Transaction transaction(database, Transaction::Kind::kWrite);
    record(database, {.author = "anna", .act = "later"}, "2099-01-01T00:00:00Z");
    record(database, {.author = "anna", .act = "earlier"}, "1999-01-01T00:00:00Z");
    transaction.commit();
  }
  Store store = Store::open(folder_);
  addFamily(store);
  EXPECT_THAT(store.verify(VerifyDepth::kRows, {}), IsEmpty());
  const std::vector<AuditEntry> entries = store.audit(1000);
  EXPECT_EQ(entries[entries.size() - 2].act, "later");
  EXPECT_EQ(entries[entries.size() - 3].act, "earlier");
}
}  // namespace
}  // namespace sonotwin::store
