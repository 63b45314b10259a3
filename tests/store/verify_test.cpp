// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <cstdlib>
#include <random>
#include <stop_token>

#include "account.h"
#include "database.h"
#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Verify : public testing::Test {
 protected:
  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "store";
  fs::path database_ = folder_ / "sonotwin.sqlite";
  Family ids_;

  Verify() {
    Store store = Store::create(folder_);
    ids_ = addFamily(store);
    Origin origin = originOf("patient", std::nullopt);
    origin.source_sha256 = "file";
    media::Clip clip = noiseClip(9);
    clip.info.assumptions = {"none"};
    clip.info.regions.resize(1);
    clip.info.regions[0].delta_x = 0.1;
    store.addClip(clip, origin, {});
    addRecords(store);
  }
  // One row in each table that holds what people do.
  void addRecords(Store& store) {
    store.addRecord("dataset", "set", R"({"cases":3})", {});
    const media::ClipMask drawn = halfMask(store.clip(ids_.clip).info);
    const std::string first = store.addAnnotation(ids_.clip, drawn, "anna");
    store.addAnnotation(ids_.clip, drawn, "ben", first);
    store.saveSearch("nerves", {.label = "nerve"});
    store.saveProtocol({"neck", {{"left", "neck", "long"}, {"right", "neck", ""}}});
    store.addIngestReport(ids_.clip, {.actions = {{"(0010,0010)", "PatientName", "Z", 1}},
                                      .method = "basic profile"});
    const fs::path file = scratch_.path() / "with text";
    writeBytes(file, "pixels that name a patient");
    store.quarantineAdd(file, originOf("patient"), {{1, 2, 3, 4}}, "text found");
  }
  [[nodiscard]] std::vector<Damage> damages(VerifyDepth depth) const {
    return Store::open(folder_).verify(depth, {});
  }
  [[nodiscard]] fs::path objectOf(std::uintmax_t size) const {
    for (const fs::path& file : filesUnder(folder_ / "objects")) {
      if (fs::file_size(file) == size) return file;
    }
    return {};
  }
};

TEST_F(Verify, FindsNothingInAWholeStore) {
  EXPECT_THAT(damages(VerifyDepth::kRows), IsEmpty());
  EXPECT_THAT(damages(VerifyDepth::kBytes), IsEmpty());
}

TEST_F(Verify, NamesTheClipTheVolumeAndTheSurfaceOfAFlippedByte) {
  const std::vector<std::pair<std::uintmax_t, std::string>> objects = {
      {4 * 3 * 2 * 2, ids_.volume}, {24 + 12 * 4 + 12 * 4, ids_.surface}};
  for (const auto& [size, id] : objects) {
    const fs::path object = objectOf(size);
    const std::string original = bytesOf(object);
    std::string changed = original;
    changed[size / 2] = static_cast<char>(changed[size / 2] ^ 0x10);
    writeBytes(object, changed);
    EXPECT_THAT(damages(VerifyDepth::kRows), IsEmpty());
    const std::vector<Damage> found = damages(VerifyDepth::kBytes);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].object, id);
    EXPECT_THAT(found[0].problem, HasSubstr(object.filename().string()));
    const Store store = Store::open(folder_);
    EXPECT_EQ(failureOf([&] {
                id == ids_.volume ? std::ignore = store.volume(id)
                                  : std::ignore = store.surface(id);
              }).kind,
              ErrorKind::kDamaged);
    writeBytes(object, original);
  }
  EXPECT_THAT(damages(VerifyDepth::kBytes), IsEmpty());
}

TEST_F(Verify, NamesWhoseObjectIsMissingOrCutShort) {
  const fs::path object = objectOf(4 * 3 * 2 * 2);
  fs::resize_file(object, 47);
  std::vector<Damage> found = damages(VerifyDepth::kRows);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].object, ids_.volume);
  EXPECT_THAT(found[0].problem, HasSubstr("47 bytes, not 48"));
  fs::remove(object);
  found = damages(VerifyDepth::kRows);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].problem, HasSubstr("missing"));
}

TEST_F(Verify, AnObjectWithoutARowIsNoDamage) {
  writeBytes(folder_ / "objects" / "00" / std::string(64, '0'), "left by a killed program");
  EXPECT_THAT(damages(VerifyDepth::kBytes), IsEmpty());
}

// Each change is one that the database engine itself finds nothing wrong with.
TEST_F(Verify, FindsEveryChangedRow) {
  const std::string original = bytesOf(database_);
  for (const char* const change : {
           "UPDATE frame_tables SET times_s = zeroblob(length(times_s))",
           "UPDATE frame_tables SET poses = substr(poses, 1, length(poses) - 1)",
           "UPDATE frame_tables SET places = zeroblob(16)",
           "UPDATE frame_tables SET recipe = zeroblob(1)",
           "DELETE FROM frame_tables",
           "UPDATE clips SET device_model = 'other'",
           "UPDATE clips SET revision = 1",
           "UPDATE clip_revisions SET body_region = 'liver'",
           "UPDATE assumptions SET words = 'some'",
           "UPDATE regions SET delta_x = -delta_x",
           "UPDATE patients SET mac = upper(mac)",
           "UPDATE patients SET id = 'P-0000-0000'",
           "UPDATE studies SET day = 1 WHERE day IS NULL",
           "UPDATE studies SET mac = upper(mac)",
           "UPDATE series SET id = id || '0'",
           "UPDATE sources SET source_mac = upper(source_mac)",
           "UPDATE artifacts SET author = 'me' WHERE kind = 'surface'",
           "UPDATE artifacts SET recipe_json = '{' WHERE kind = 'mask'",
           "DELETE FROM lineage WHERE position = 1",
           "UPDATE labels SET name = 'artery' WHERE value = 2",
           "UPDATE masks SET model = ''",
           "DELETE FROM mask_frames WHERE number = 2",
           "UPDATE mask_frames SET labels = zeroblob(9) WHERE number = 0",
           "UPDATE volumes SET m03 = m03 + 1e-9",
           "UPDATE volumes SET dim_i = 3",
           "UPDATE surfaces SET volume_ml = volume_ml * 2",
           "DELETE FROM surfaces",
           "UPDATE models SET card_json = '{}'",
           "UPDATE objects SET size_bytes = size_bytes + 1",
           "UPDATE records SET json = '{}'",
           "UPDATE records SET name = ''",
           "UPDATE annotations SET state = 'rejected'",
           "UPDATE annotations SET version = 3 WHERE version = 2",
           "UPDATE clip_search SET day = 3",
           "UPDATE clip_search SET annotated = 1 - annotated",
           "UPDATE clip_search SET words = ''",
           "DELETE FROM clip_search WHERE tracked = 1",
           "UPDATE clip_labels SET name = 'artery' WHERE name = 'nerve'",
           "UPDATE searches SET query_json = '{}'",
           "DELETE FROM searches",
           "UPDATE protocols SET name = 'other'",
           "DELETE FROM protocol_views WHERE position = 1",
           "UPDATE quarantine SET state = 'released'",
           "UPDATE quarantine_boxes SET x1 = 9",
           "UPDATE action_lists SET actions_json = '[]'",
           "UPDATE ingest_reports SET method = ''",
           "DELETE FROM ingest_reports",
           "DROP TRIGGER audit_is_not_changed; UPDATE audit SET author = 'me' WHERE number = 2",
           "DROP TRIGGER audit_is_not_removed; DELETE FROM audit WHERE number = 2",
           "UPDATE seals SET sha256 = upper(sha256) WHERE subject = 'mask'",
           "DELETE FROM seals WHERE subject = 'clip'",
           "DELETE FROM sources",
           "CREATE INDEX x ON clips (rows)",
       }) {
    Database::open(database_).execute(change);
    EXPECT_THAT(damages(VerifyDepth::kRows), Not(IsEmpty())) << change;
    writeBytes(database_, original);
  }
  EXPECT_THAT(damages(VerifyDepth::kBytes), IsEmpty());
}

TEST_F(Verify, NamesTheObjectOfAChangedRow) {
  Database::open(database_).execute("UPDATE masks SET model = '' WHERE model = 'phantom'");
  const std::vector<Damage> found = damages(VerifyDepth::kRows);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].object, ids_.mask);
}

TEST_F(Verify, CanBeCancelled) {
  std::stop_source stop;
  stop.request_stop();
  const Store store = Store::open(folder_);
  EXPECT_EQ(failureOf([&] {
              std::ignore = store.verify(VerifyDepth::kBytes, Progress({}, stop.get_token()));
            }).kind,
            ErrorKind::kCancelled);
}

// Any one byte of the database: either it is refused or named, or it was a byte without meaning
// and all that the store tells is unchanged. SONOTWIN_LONG_TRIALS flips that many more.
TEST_F(Verify, AFlippedByteOfTheDatabaseIsNamedOrMeansNothing) {
  const std::string original = bytesOf(database_);
  const auto account = [](const Store& store) {
    return Account(store).whole() + store.clipOfSource("file").value_or("none");
  };
  const std::string told = account(Store::open(folder_));
  const char* const wanted = std::getenv("SONOTWIN_LONG_TRIALS");
  const int trials = 400 + (wanted != nullptr ? std::atoi(wanted) : 0);
  std::vector<std::size_t> used;  // most of a small database is empty pages
  for (std::size_t i = 0; i < original.size(); ++i) {
    if (original[i] != 0) used.push_back(i);
  }
  std::mt19937 random(20260101);
  int found = 0;
  for (int trial = 0; trial < trials; ++trial) {
    const std::size_t at = used[random() % used.size()];
    std::string changed = original;
    changed[at] = static_cast<char>(changed[at] ^ (1 << random() % 8));
    writeBytes(database_, changed);
    try {
      const Store store = Store::open(folder_);
      if (!store.verify(VerifyDepth::kBytes, {}).empty()) {
        ++found;
      } else {
        EXPECT_TRUE(account(store) == told) << "byte " << at << " changed what the store tells";
      }
    } catch (const Error&) {
      ++found;
    }
    fs::remove(folder_ / "sonotwin.sqlite-wal");
    fs::remove(folder_ / "sonotwin.sqlite-shm");
  }
  EXPECT_GT(found, trials * 9 / 10);
  writeBytes(database_, original);
  EXPECT_THAT(damages(VerifyDepth::kBytes), IsEmpty());
}
}  // namespace
}  // namespace sonotwin::store
