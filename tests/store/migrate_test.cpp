// SPDX-License-Identifier: Apache-2.0
// A store that an older version wrote (data/store_v1.sql, data/store_v2.sql) is read and brought to
// this version. Forks
// before it opens a store.
#include "migrate.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <regex>

#include "child_process.h"
#include "connection.h"
#include "schema.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kKey = std::string(32, 'a') + std::string(32, '5');

std::string bytesOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
std::string pixelsOf(const media::Clip& clip) {
  std::string bytes;
  for (int i = 0; i < clip.info.frame_count; ++i) bytes += bytesOf(clip.pixels->frame(i).data);
  return bytes;
}

/// A schema without comments and blanks.
std::string withoutWords(const std::string& schema) {
  return std::regex_replace(schema, std::regex("--[^\\n]*|[ \\n]+"), "");
}

/// The clips of the fixture, in the order in which they were added.
std::vector<media::Clip> clipsOf1() {
  std::vector<media::Clip> clips = {
      noiseClip(7),           noiseClip(9, 4, 6, 8, 1, media::PixelType::kUint16),
      noiseClip(10, 4, 6, 8), noiseClip(11),
      noiseClip(12),          noiseClip(13)};
  clips[1].frames[1].pose_status = media::PoseStatus::kMissing;
  clips[1].frames[2].pose_status = media::PoseStatus::kInvalid;
  return clips;
}

/// A store of the version that is the parameter.
class OldStore : public testing::TestWithParam<int> {
 protected:
  OldStore() : OldStore(GetParam()) {}
  explicit OldStore(int version) : version_(version) {
    fs::permissions(scratch_.path(), fs::perms::others_exec | fs::perms::others_read,
                    fs::perm_options::add);
    fs::create_directories(folder_ / "tmp");
    writeBytes(key_, kKey + "\n");
    fs::permissions(key_, fs::perms::owner_read | fs::perms::owner_write);
    for (const media::Clip& clip : clipsOf1()) addObject(pixelsOf(clip));
    addObject(bytesOf(rampVolume().data));
    const media::Surface surface = tetrahedron();
    const std::uint64_t counts[2] = {surface.vertices_mm.size(), surface.triangles.size()};
    addObject("SNTWSRF1" + bytesOf(std::as_bytes(std::span(counts))) +
              bytesOf(std::as_bytes(std::span(surface.vertices_mm))) +
              bytesOf(std::as_bytes(std::span(surface.triangles))));
    makeDatabase(version_);
  }
  ~OldStore() override { setWritable(folder_, true); }

  void addObject(const std::string& bytes) const {
    const std::string hash = sha256Hex(bytes);
    fs::create_directories(folder_ / "objects" / hash.substr(0, 2));
    writeBytes(folder_ / "objects" / hash.substr(0, 2) / hash, bytes);
  }
  void makeDatabase(int version) const {
    fs::remove(database_);
    Connection connection;
    connection.open(database_.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    const std::string script = "/store_v" + std::to_string(version_) + ".sql";
    connection.execute(store::bytesOf(SONOTWIN_STORE_TEST_DATA + script).c_str());
    connection.execute(("PRAGMA application_id = 1397642327; PRAGMA journal_mode = WAL;"
                        "PRAGMA user_version = " +
                        std::to_string(version))
                           .c_str());
  }
  // Anything that the database engine takes, in the old store.
  void change(const std::string& sql) const {
    Connection connection;
    connection.open(database_.string(), SQLITE_OPEN_READWRITE);
    connection.execute(sql.c_str());
  }
  [[nodiscard]] int versionOnDisk() const { return Database::open(database_).version(); }
  [[nodiscard]] std::string text(const std::string& sql) const {
    const Database database = Database::open(database_);
    Statement row = database.query(sql);
    std::string all;
    while (row.step()) all += row.text(0) + "|";
    return all;
  }

  int version_;
  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "store";
  fs::path key_ = scratch_.path() / "store.key";
  fs::path database_ = folder_ / "sonotwin.sqlite";
};
INSTANTIATE_TEST_SUITE_P(OfVersion, OldStore, testing::Values(1, 2));

class StoreOf1 : public OldStore {
 protected:
  StoreOf1() : OldStore(1) {}
};

class StoreOf2 : public OldStore {
 protected:
  StoreOf2() : OldStore(2) {}
};

// The ids are those that version 1 gave; pixels, poses and days are the fixture's.
void expectWhole(const Store& store) {
  EXPECT_THAT(store.verify(VerifyDepth::kBytes, {}), IsEmpty());
  const std::vector<PatientRow> patients = store.patients();
  ASSERT_EQ(patients.size(), 2U);
  EXPECT_EQ(patients[0].id, "P-0790-1AB8");
  EXPECT_EQ(patients[0].last_exam_day, 37);
  EXPECT_EQ(patients[1].id, "P-8D33-0A78");
  std::vector<int> days;
  for (const StudyRow& study : store.studies("P-8D33-0A78")) {
    days.push_back(study.day_known ? study.day : -1);
  }
  EXPECT_THAT(days, ElementsAre(0, 365, -1));
  EXPECT_EQ(store.studies("P-8D33-0A78").at(0).id, "study-634650387e1930c9");

  const std::vector<ClipRow> rows = store.clips();
  ASSERT_EQ(rows.size(), 6U);
  std::map<std::string, const media::Clip*> expected;
  const std::vector<media::Clip> clips = clipsOf1();
  for (const media::Clip& clip : clips) expected[pixelsOf(clip)] = &clip;
  for (const ClipRow& row : rows) {
    const media::Clip clip = store.clip(row.id);
    const auto found = expected.find(pixelsOf(clip));
    ASSERT_NE(found, expected.end()) << row.id;
    for (std::size_t i = 0; i < clip.frames.size(); ++i) {
      EXPECT_EQ(clip.frames[i].time_s, found->second->frames[i].time_s);
      EXPECT_EQ(clip.frames[i].pose_status, found->second->frames[i].pose_status);
      if (clip.frames[i].pose_status != media::PoseStatus::kValid) continue;
      EXPECT_EQ(clip.frames[i].world_from_probe.matrix(),
                found->second->frames[i].world_from_probe.matrix());
    }
  }
  EXPECT_EQ(store.masks().size(), 2U);
  EXPECT_EQ(store.surface(store.surfaces().at(0).id).triangles.size(), 4U);
  EXPECT_EQ(store.count({.body_region = "neck", .annotated = true}), 1);
  EXPECT_EQ(store.count({.label = "nerve"}), 2);
  const std::vector<ClipRow> neck = store.clips({.body_region = "neck", .annotated = true});
  ASSERT_EQ(neck.size(), 1U);
  EXPECT_EQ(neck[0].spacing_mm->at(1), 1.0 / 3.0);
  EXPECT_TRUE(neck[0].calibrated);
}

TEST_P(OldStore, IsBroughtToThisVersionWithAllItHolds) {
  {
    Store store = Store::open(folder_);
    expectWhole(store);
    EXPECT_EQ(store.audit().front().act, "store migrated");
    // The same files give the same clips as before.
    EXPECT_FALSE(store.addClip(noiseClip(7), originOf("Ada"), {}).added);
    EXPECT_FALSE(store.addClip(noiseClip(12), originOf("Bo", 18365), {}).added);
    EXPECT_TRUE(store.clipOfSource("file").has_value());
    store.addClip(noiseClip(60), originOf("Ada", 19990), {});
    EXPECT_EQ(store.studies("P-0790-1AB8").at(2).day, 47);
  }
  EXPECT_EQ(versionOnDisk(), kSchemaVersion);
  EXPECT_THAT(Store::open(folder_).verify(VerifyDepth::kBytes, {}), IsEmpty());
}

TEST_P(OldStore, EndsUpWithTheSchemaOfANewStore) {
  { const Store store = Store::open(folder_); }
  { const Store store = Store::create(scratch_.path() / "new"); }
  const auto schema = [this] {
    return withoutWords(
        text("SELECT type || name || tbl_name || sql FROM sqlite_schema ORDER BY type, name"));
  };
  const std::string migrated = schema();
  database_ = scratch_.path() / "new" / "sonotwin.sqlite";
  EXPECT_EQ(migrated, schema());
}

// Version 1 held the shift beside the shifted day, so that anybody could undo it.
TEST_F(StoreOf1, KeepsNoDayThatCanBeUndoneWithoutTheKey) {
  const std::string before = text("SELECT day FROM studies ORDER BY pk");
  { const Store store = Store::open(folder_); }
  EXPECT_NE(text("SELECT day FROM studies ORDER BY pk"), before);
  // -31142 as SQLite writes an integer of two bytes; with its neighbour, the 64 digits of the hash.
  const std::string row = "dd2dadeacbcc95ad6598a2dfe8e531529eb\x86\x5A";
  EXPECT_EQ(store::bytesOf(database_).find(row), std::string::npos);
  makeDatabase(1);
  EXPECT_NE(store::bytesOf(database_).find(row), std::string::npos) << "the oracle looks wrongly";
}

TEST_F(StoreOf1, WhatWasDamagedStaysNamed) {
  change(
      "UPDATE frames SET time_s = 7 WHERE clip = 1 AND number = 1;"
      "UPDATE patients SET day_shift = -400 WHERE pk = 2");
  const Store store = Store::open(folder_);
  std::vector<std::string> objects;
  for (const Damage& damage : store.verify(VerifyDepth::kRows, {})) {
    objects.push_back(damage.object);
  }
  EXPECT_THAT(objects, testing::UnorderedElementsAre(store.clips().at(0).id, "patient 2"));
}

TEST_F(StoreOf2, KeepsWhatPeopleSaidAndTakesOrientations) {
  const std::string id = "clip-ebd37626ed747571";
  {
    Store store = Store::open(folder_);
    EXPECT_EQ(store.clipRow(id).body_region, "LIVER");
    EXPECT_EQ(store.clipRow(id).view_label, "subcostal");
    EXPECT_EQ(store.clipNames(id).body_region.from_header, "");
    EXPECT_EQ(store.savedSearches().at(0).query.body_region, "LIVER");
    EXPECT_EQ(store.protocols().at(0).name, "liver");
    store.setOrientation(id, "sagittal");
    store.holdToProtocol(store.clipRow(id).study_id, "liver");
  }
  const Store store = Store::open(folder_);
  EXPECT_EQ(store.study(store.clipRow(id).study_id).study.protocol, "liver");
  EXPECT_EQ(store.clipRow(id).orientation, "SAGITTAL");
  EXPECT_THAT(store.verify(VerifyDepth::kBytes, {}), IsEmpty());
}

TEST_F(StoreOf2, WhatWasDamagedStaysNamed) {
  change("UPDATE clip_revisions SET body_region = 'x' WHERE clip = 1 AND number = 1");
  const std::vector<Damage> damages = Store::open(folder_).verify(VerifyDepth::kRows, {});
  ASSERT_EQ(damages.size(), 1U);
  EXPECT_EQ(damages[0].object, "revision 8");
}

TEST_P(OldStore, IsReadWhereItCannotBeWritten) {
  setWritable(folder_, false);
  giveToNobody(scratch_.path());
  Child child([&](int to) {
    becomeNobody();
    Store store = Store::open(folder_);
    expectWhole(store);
    acknowledge(to, testing::Test::HasFailure() ? "not whole" : "whole");
    acknowledge(to, failureOf([&] { store.addModel("m", "{}", {}); }).text);
  });
  EXPECT_THAT(child.finish(), ElementsAre("whole", testing::AllOf(HasSubstr("older version"),
                                                                  HasSubstr("cannot be written"))));
  setWritable(folder_, true);
  EXPECT_EQ(versionOnDisk(), version_);
}

TEST_P(OldStore, IsReadWithoutItsKey) {
  fs::remove(key_);
  Store store = Store::open(folder_);
  expectWhole(store);
  const Failure failure = failureOf([&] { store.addModel("m", "{}", {}); });
  EXPECT_EQ(failure.kind, ErrorKind::kNotFound);
  EXPECT_THAT(failure.text, HasSubstr("Put it back"));
  EXPECT_EQ(versionOnDisk(), version_);
}

TEST_P(OldStore, KilledOnTheWayIsStillOfTheOldVersion) {
  // Instants within what an undisturbed migration takes on this machine.
  const auto start = std::chrono::steady_clock::now();
  Child([&](int) { const Store store = Store::open(folder_); }).finish();
  const std::chrono::microseconds whole = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  makeDatabase(version_);
  std::mt19937 random(5);
  int stayed = 0;
  for (int trial = 0; trial < trials(30); ++trial) {
    const long microseconds =
        1 + static_cast<long>(random() % static_cast<unsigned long>(whole.count()));
    Child child([&](int) {
      dieAfter(microseconds);
      const Store store = Store::open(folder_);
    });
    child.finish();
    const int version = versionOnDisk();
    if (version == version_) {
      ++stayed;
      EXPECT_EQ(text("SELECT COUNT(*) FROM clip_revisions"), version_ == 1 ? "7|" : "8|");
    }
    if (version == version_ && trial % 3 != 0) continue;
    expectWhole(Store::open(folder_));
    makeDatabase(version_);
  }
  EXPECT_GT(stayed, 3);
}

TEST_P(OldStore, SeveralProgramsOpenItAtOnce) {
  const auto open = [&](int to) {
    const Store store = Store::open(folder_);
    expectWhole(store);
    acknowledge(to, testing::Test::HasFailure() ? "not whole" : "whole");
  };
  Child one(open), two(open), three(open);
  for (Child* child : {&one, &two, &three}) EXPECT_THAT(child->finish(), ElementsAre("whole"));
  const std::vector<AuditEntry> log = Store::open(folder_).audit();
  const std::string now = "from version " + std::to_string(version_) + " to 3";
  EXPECT_EQ(std::ranges::count(log, now, &AuditEntry::detail), 1) << "it must be done once";
}

TEST_P(OldStore, OfANewerVersionIsRefusedUnharmed) {
  makeDatabase(kSchemaVersion + 1);
  const std::string before = store::bytesOf(database_);
  EXPECT_EQ(failureOf([&] { Store::open(folder_); }).kind, ErrorKind::kDamaged);
  EXPECT_EQ(store::bytesOf(database_), before);
}
}  // namespace
}  // namespace sonotwin::store
