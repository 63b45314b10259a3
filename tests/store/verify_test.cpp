// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <random>
#include <stop_token>

#include "account.h"
#include "child_process.h"
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
  fs::path database_ = folder_ / "sonotwin.sqlite", waiting_;
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
    store.holdToProtocol(store.clipRow(ids_.clip).study_id, "neck");
    store.addIngestReport(ids_.clip, {.actions = {{"(0010,0010)", "PatientName", "Z", 1}},
                                      .method = "basic profile"});
    const fs::path file = scratch_.path() / "with text";
    writeBytes(file, "pixels that name a patient");
    waiting_ = scratch_.path() / "store.quarantine" /
               store.quarantineAdd(file, originOf("patient"), {{1, 2, 3, 4}}, "text found");
  }
  // With the file in quarantine: a changed database may have said that nothing waits.
  void putBack(const std::string& database) const {
    writeBytes(database_, database);
    writeBytes(waiting_, "pixels that name a patient");
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

// Of every object, those of clips too: cut, longer, gone, or one byte of it another.
TEST_F(Verify, NamesWhoseObjectIsDamagedInAnyWay) {
  for (const fs::path& object : filesUnder(folder_ / "objects")) {
    const std::string original = bytesOf(object);
    std::vector<std::string> damaged = {original.substr(1), original + "0", ""};
    for (const std::size_t at : {std::size_t{0}, original.size() / 3, original.size() - 1}) {
      damaged.push_back(original);
      damaged.back()[at] = static_cast<char>(original[at] ^ 1);
    }
    for (const std::string& bytes : damaged) {
      writeBytes(object, bytes);
      const std::vector<Damage> found = damages(VerifyDepth::kBytes);
      ASSERT_FALSE(found.empty());
      for (const Damage& damage : found) {
        EXPECT_THAT(damage.problem, HasSubstr(object.filename().string()));
        EXPECT_NO_THROW(std::ignore = Store::open(folder_).kindOf(damage.object));
      }
    }
    fs::remove(object);
    EXPECT_THAT(damages(VerifyDepth::kRows), Not(IsEmpty()));
    writeBytes(object, original);
  }
  EXPECT_THAT(damages(VerifyDepth::kBytes), IsEmpty());
}

TEST_F(Verify, NamesWhatWaitsInQuarantineAndIsNotWhatWasPutThere) {
  const std::string original = bytesOf(waiting_), id = waiting_.filename().string();
  writeBytes(waiting_, "p" + original.substr(1) + " ");
  ASSERT_EQ(damages(VerifyDepth::kRows).size(), 1U);
  EXPECT_EQ(damages(VerifyDepth::kRows)[0].object, id);
  writeBytes(waiting_, "P" + original.substr(1));
  EXPECT_THAT(damages(VerifyDepth::kRows), IsEmpty());
  ASSERT_EQ(damages(VerifyDepth::kBytes).size(), 1U);
  EXPECT_EQ(damages(VerifyDepth::kBytes)[0].object, id);
  fs::remove(waiting_);
  ASSERT_EQ(damages(VerifyDepth::kRows).size(), 1U);
  EXPECT_THAT(damages(VerifyDepth::kRows)[0].problem, HasSubstr("missing"));
  writeBytes(waiting_, original);
  EXPECT_THAT(damages(VerifyDepth::kBytes), IsEmpty());
  const fs::path copy = scratch_.path() / "copy";
  std::ignore = Store::open(folder_).backup(copy, {}, {});
  EXPECT_THAT(Store::open(copy).verify(VerifyDepth::kBytes, {}), IsEmpty());
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
           "UPDATE clip_revisions SET orientation = 'SAGITTAL'",
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
           "UPDATE models SET status = 'promoted'",
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
    putBack(original);
  }
  EXPECT_THAT(damages(VerifyDepth::kBytes), IsEmpty());
}

// Each is a row that the database engine takes, and that no act ever wrote.
TEST_F(Verify, FindsEveryRowTooMany) {
  const std::string original = bytesOf(database_);
  for (const char* const insertion : {
           "INSERT INTO patients VALUES (99, 'P-0', hex(zeroblob(32)), NULL, 99, 0)",
           "INSERT INTO studies VALUES (99, 'study-0', hex(zeroblob(32)), 1, NULL)",
           "INSERT INTO series VALUES (99, 'series-0', hex(zeroblob(32)), 1)",
           "INSERT INTO objects VALUES (99, hex(zeroblob(32)), 0)",
           "INSERT INTO artifacts VALUES (99, 'model-0', 'model', '', '', 'me', '');"
           "INSERT INTO models VALUES (99, 'm', 'candidate', '{}')",
           "INSERT INTO lineage SELECT MAX(pk), (SELECT pk FROM artifacts WHERE kind = 'model'), 9 "
           "FROM artifacts",
           "INSERT INTO seals VALUES ('mask', 99, hex(zeroblob(32)))",
           "INSERT INTO clip_revisions SELECT 99, clip, 99, NULL, NULL, '', '', '', NULL, NULL, "
           "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "
           "NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', 'me', '', NULL FROM clip_revisions "
           "LIMIT 1",
           "INSERT INTO assumptions SELECT MIN(pk), 9, 'some' FROM clip_revisions",
           "INSERT INTO regions SELECT clip, 9, 0, 0, 1, 1, 0, 0, 0, 0, 0.0, 0.0 FROM regions",
           "INSERT INTO sources SELECT 99, hex(zeroblob(32)), '', clip FROM sources",
           "INSERT INTO labels SELECT artifact, 9, 9, 'artery' FROM masks LIMIT 1",
           "INSERT INTO mask_frames SELECT mask, 1, rows, cols, 0.0, labels FROM mask_frames "
           "LIMIT 1",
           "INSERT INTO clip_labels SELECT 'artery', clip FROM clip_search LIMIT 1",
           "INSERT INTO searches VALUES (99, 'other', '{}', 'me', '')",
           "INSERT INTO protocols VALUES (99, 'other', 'me', '')",
           "INSERT INTO protocol_views SELECT pk, 9, '', 'neck', '' FROM protocols",
           "INSERT INTO quarantine_boxes SELECT pk, 9, 0, 0, 1, 1 FROM quarantine",
           "INSERT INTO action_lists VALUES (99, hex(zeroblob(32)), '[]')",
           "INSERT INTO ingest_reports SELECT 99, clip, actions, '', '', 'me', '' "
           "FROM ingest_reports",
           "INSERT INTO audit SELECT MAX(number) + 1, '', 'me', 'nothing', '', '', '', '', "
           "hex(zeroblob(32)) FROM audit",
       }) {
    Database::open(database_).execute(insertion);
    EXPECT_THAT(damages(VerifyDepth::kRows), Not(IsEmpty())) << insertion;
    putBack(original);
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
  const int flips = trials(400);
  std::vector<std::size_t> used;  // most of a small database is empty pages
  for (std::size_t i = 0; i < original.size(); ++i) {
    if (original[i] != 0) used.push_back(i);
  }
  std::mt19937 random(20260101);
  int found = 0;
  for (int trial = 0; trial < flips; ++trial) {
    const std::size_t at = used[random() % used.size()];
    std::string changed = original;
    changed[at] = static_cast<char>(changed[at] ^ (1 << random() % 8));
    putBack(changed);
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
  EXPECT_GT(found, flips * 9 / 10);
  putBack(original);
  EXPECT_THAT(damages(VerifyDepth::kBytes), IsEmpty());
}
}  // namespace
}  // namespace sonotwin::store
