// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <stdlib.h>

#include "dicom_command_line.h"

namespace sonotwin {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class StoreCommands : public DicomCommandLine {
 protected:
  void SetUp() override {
    DicomCommandLine::SetUp();
    document("ingest " + writeObject("scan.dcm", {}));
  }
  std::string copy() const { return (folder_ / "copy").string(); }
  /// The program on another store.
  json documentOf(const std::string& store, const std::string& words) {
    const auto usual = std::exchange(store_, store);
    json answer = document(words);
    store_ = usual;
    return answer;
  }
};

TEST_F(StoreCommands, TheAuditLogNamesActsAndAuthors) {
  const auto clip = document("list clips")[0]["clip"].get<std::string>();
  document("--author anna set " + clip + " --region LIVER");
  ::setenv("SONOTWIN_AUTHOR", "bert", 1);
  document("set " + clip + " --region KIDNEY");
  document("--author carl set " + clip + " --region SPLEEN");
  ::unsetenv("SONOTWIN_AUTHOR");
  const json log = document("audit");
  ASSERT_GE(log.size(), 5U);
  EXPECT_EQ(log[0]["author"], "carl");
  EXPECT_EQ(log[1]["author"], "bert");
  EXPECT_EQ(log[2]["author"], "anna");
  EXPECT_EQ(log[2]["object"], clip);
  EXPECT_EQ(log.back()["author"], "sonotwin");
  EXPECT_EQ(log.back()["act"], "store made");
  EXPECT_EQ(log.back()["number"], 1);
  EXPECT_EQ(document("audit --limit 1 --offset 1"), json::array({log[1]}));
  EXPECT_THAT(run("audit").out, AllOf(HasSubstr("anna"), Not(HasSubstr("Qwertz"))));
}

TEST_F(StoreCommands, VerifyNamesTheChain) {
  const json verdict = document("verify");
  EXPECT_EQ(verdict["audit"]["entries"], document("audit").size());
  EXPECT_EQ(verdict["audit"]["last_sha256"], document("audit")[0]["sha256"]);
  EXPECT_THAT(run("verify").out, HasSubstr("unbroken chain of 2 entries"));
}

TEST_F(StoreCommands, WhatIsMadeBearsTheAuthorsName) {
  store_ = folder_ / "another";
  document("--author anna init");
  EXPECT_EQ(document("audit")[0]["author"], "anna");
  document("--author anna ingest " + writeObject("b.dcm", {}));
  const auto clip = document("list clips")[0]["clip"].get<std::string>();
  document("--author bert enhance --recipe speckle-contrast " + clip);
  const json last = document("audit --limit 1")[0];
  EXPECT_EQ(last["author"], "bert");
  EXPECT_NE(last["object"], clip);
  const auto shown = [&](const std::string& id) { return document("show " + id).dump(); };
  EXPECT_THAT(shown(last["object"]), HasSubstr("bert"));
  EXPECT_THAT(shown(clip), AllOf(HasSubstr("anna"), Not(HasSubstr("\"author\":\"sonotwin\""))));
}

TEST_F(StoreCommands, AChangedAuditLogIsSaidToBe) {
  const std::string database = (store_ / "sonotwin.sqlite").string();
  const auto change = [&](const std::string& sql) {
    return std::system(("sqlite3 " + database + " \"" + sql + "\"").c_str());
  };
  if (change("SELECT 1;") != 0) GTEST_SKIP() << "needs the program sqlite3";
  EXPECT_EQ(run("audit").code, 0);
  ASSERT_EQ(change("DROP TRIGGER audit_is_not_changed; "
                   "UPDATE audit SET author = 'me' WHERE number = 2;"),
            0);
  EXPECT_EQ(run("audit").code, 4);
  EXPECT_THAT(errors(), HasSubstr("audit 2"));
}

TEST_F(StoreCommands, ABackupIsCheckedAndSaysWhatItLeavesOut) {
  quarantine(writeObject("other.dcm", {.with_region = false}));
  const json made = document("backup " + copy());
  EXPECT_TRUE(made["ok"]);
  EXPECT_EQ(made["clips"], 1);
  EXPECT_EQ(made["with_key"], false);
  EXPECT_EQ(made["waiting_left_out"], 1);
  EXPECT_FALSE(fs::exists(copy() + ".key"));
  EXPECT_FALSE(fs::exists(copy() + ".quarantine"));
  EXPECT_EQ(documentOf(copy(), "list clips"), document("list clips"));
  EXPECT_EQ(run("backup " + copy()).code, 3);  // something is there
  const std::string text = run("backup --with-key " + copy() + "2").out;
  EXPECT_THAT(text, AllOf(HasSubstr("1 object that waits"), Not(HasSubstr("the key"))));
  EXPECT_TRUE(fs::exists(copy() + "2.key"));
  EXPECT_THAT(run("backup --link " + copy() + "3").out, HasSubstr("Not in it: the key"));
}

TEST_F(StoreCommands, ARestoredStoreIsTheOneThatWasBackedUp) {
  const json before = document("list clips");
  document("backup --with-key " + copy());
  const std::string again = (folder_ / "again").string();
  EXPECT_EQ(documentOf(again, "restore --with-key " + copy())["with_key"], true);
  EXPECT_EQ(documentOf(again, "list clips"), before);
  // With its key, a later exam of the same patient finds its place.
  const std::string later = writeObject("later.dcm", {.study_uid = "1.2.3.9", .date = "20240310"});
  documentOf(again, "ingest " + later);
  const json clips = documentOf(again, "list clips");
  ASSERT_EQ(clips.size(), 2U);
  EXPECT_EQ(clips[1]["patient"], before[0]["patient"]);
  EXPECT_EQ(clips[1]["day"], 10);
  store_ = again;
  EXPECT_EQ(run("restore " + copy()).code, 3);  // something is there
  store_ = again + "2";
  EXPECT_EQ(run("restore " + copy() + "/absent").code, 5);
}

TEST_F(StoreCommands, ABackupOfADamagedStoreSavesTheRest) {
  document("ingest " + writeObject("other.dcm", {.patient = "4712", .study_uid = "1.2.3.5"}));
  const json clips = document("list clips");
  ASSERT_EQ(clips.size(), 2U);
  const std::string whole = clips[1]["clip"];
  fs::path object;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "store/objects")) {
    if (entry.is_regular_file()) object = entry.path();
  }
  fs::resize_file(object, 10);
  const json damaged = document("verify", 4)["damages"];
  ASSERT_EQ(damaged.size(), 1U);
  const json made = document("backup " + copy(), 4);
  ASSERT_EQ(made["left_out"].size(), 1U);
  EXPECT_EQ(made["left_out"][0]["object"], damaged[0]["object"]);
  EXPECT_EQ(made["clips"], 2);
  EXPECT_EQ(made["damages"].size(), 1U) << made["damages"];
  for (const json& clip : clips) {
    const bool lost = clip["clip"] == damaged[0]["object"];
    EXPECT_EQ(
        run("frames " + clip["clip"].get<std::string>() + " --out " + (folder_ / "frames").string())
                .code == 0,
        !lost);
  }
  // Links are not read while they are made: the check that follows finds it.
  const Outcome linked = run("backup --link " + copy() + "2");
  EXPECT_EQ(linked.code, 4);
  EXPECT_THAT(linked.out, HasSubstr("is damaged in the copy"));
}
}  // namespace
}  // namespace sonotwin
