// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/store/store.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "sonotwin/base/hash.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class StoreTest : public testing::Test {
 protected:
  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "store";
  fs::path key_ = scratch_.path() / "store.key";
};

TEST_F(StoreTest, IsMadeEmptyAndOpensAgain) {
  EXPECT_FALSE(Store::exists(folder_));
  { const Store store = Store::create(folder_); }
  EXPECT_TRUE(Store::exists(folder_));
  const Store store = Store::open(folder_);
  EXPECT_THAT(store.patients(), IsEmpty());
  EXPECT_THAT(store.clips(), IsEmpty());
  EXPECT_THAT(store.verify(VerifyDepth::kBytes, {}), IsEmpty());
  EXPECT_TRUE(fs::is_directory(store.temporaryFolder()));
}

TEST_F(StoreTest, TheChangeMarkTellsWhatOthersDo) {
  Store store = Store::create(folder_);
  Store other = Store::open(folder_);
  const std::int64_t before = store.changeMark();
  const std::int64_t others = other.changeMark();
  EXPECT_EQ(store.changeMark(), before);
  store.saveSearch("mine", {.text = "x"});
  EXPECT_EQ(store.changeMark(), before);
  EXPECT_NE(other.changeMark(), others);
  other.saveSearch("theirs", {.text = "x"});
  EXPECT_NE(store.changeMark(), before);
}

TEST_F(StoreTest, RefusesToBeMadeOverAnything) {
  fs::create_directory(folder_);
  writeBytes(folder_ / "thesis.txt", "mine");
  EXPECT_EQ(failureOf([&] { Store::create(folder_); }).kind, ErrorKind::kConflict);
  EXPECT_EQ(bytesOf(folder_ / "thesis.txt"), "mine");
  fs::remove(folder_ / "thesis.txt");
  { const Store store = Store::create(folder_); }
  const std::string key = bytesOf(key_);
  EXPECT_EQ(failureOf([&] { Store::create(folder_); }).kind, ErrorKind::kConflict);
  EXPECT_EQ(bytesOf(key_), key);
}

TEST_F(StoreTest, CanBeMadeAgainAfterAnInterruptedAttempt) {
  fs::create_directories(folder_ / "objects" / "00");
  fs::create_directories(folder_ / "tmp");
  writeBytes(folder_ / "tmp" / "0123456789abcdef.new", "half a database");
  EXPECT_FALSE(Store::exists(folder_));
  const Store store = Store::create(folder_);
  EXPECT_TRUE(fs::is_empty(store.temporaryFolder()));
}

TEST_F(StoreTest, SaysHowToMakeOneWhereThereIsNone) {
  const Failure failure = failureOf([&] { Store::open(folder_); });
  EXPECT_EQ(failure.kind, ErrorKind::kNotFound);
  EXPECT_THAT(failure.text, HasSubstr("sonotwin init"));
}

TEST_F(StoreTest, KeyIsForItsOwnerOnly) {
  { const Store store = Store::create(folder_); }
  struct stat status {};
  ASSERT_EQ(::stat(key_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_THAT(bytesOf(key_), testing::MatchesRegex("[0-9a-f]{64}\n"));
}

TEST_F(StoreTest, RefusesABrokenKey) {
  Store store = Store::create(folder_);
  writeBytes(key_, bytesOf(key_).substr(0, 40));
  store = Store::open(folder_);
  EXPECT_EQ(failureOf([&] { std::ignore = store.pseudonym("a"); }).kind, ErrorKind::kDamaged);
  EXPECT_EQ(failureOf([&] { store.addModel("m", "{}", {}); }).kind, ErrorKind::kDamaged);
}

TEST_F(StoreTest, KeyIsTheSameThroughALinkToTheFolder) {
  { const Store store = Store::create(folder_); }
  fs::create_directory_symlink(folder_, scratch_.path() / "link");
  EXPECT_NO_THROW(Store::open(scratch_.path() / "link"));
  EXPECT_NO_THROW(Store::open(folder_ / ""));
}

// SQLite's file format: user version at byte 60, application id at 68, big-endian.
TEST_F(StoreTest, RefusesANewerOrForeignDatabaseUnharmed) {
  { const Store store = Store::create(folder_); }
  const fs::path file = folder_ / "sonotwin.sqlite";
  const std::string original = bytesOf(file);
  ASSERT_EQ(original.substr(60, 4), std::string("\0\0\0\3", 4));
  for (const std::size_t at : {std::size_t{63}, std::size_t{68}}) {
    std::string changed = original;
    changed[at] = static_cast<char>(changed[at] + 1);
    writeBytes(file, changed);
    const Failure failure = failureOf([&] { Store::open(folder_); });
    EXPECT_EQ(failure.kind, ErrorKind::kDamaged);
    EXPECT_THAT(failure.text, HasSubstr(at == 63 ? "newer version" : "not a store"));
    EXPECT_EQ(bytesOf(file), changed);
    EXPECT_FALSE(fs::exists(folder_ / "sonotwin.sqlite-wal"));
  }
  writeBytes(file, "");
  EXPECT_EQ(failureOf([&] { Store::open(folder_); }).kind, ErrorKind::kDamaged);
}

// Oracle: RFC 2104 computed here from the key's text; the store must not invent its own.
TEST_F(StoreTest, PseudonymIsAKeyedHash) {
  Store store = Store::create(folder_);
  std::vector<std::byte> key;
  const std::string hex = bytesOf(key_);
  for (std::size_t i = 0; i < 64; i += 2) {
    key.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  std::string digits = hmacSha256Hex(key, "patient|Doe^Jane").substr(0, 8);
  for (char& c : digits) c = static_cast<char>(std::toupper(c));
  const std::string expected = "P-" + digits.substr(0, 4) + "-" + digits.substr(4);
  EXPECT_EQ(store.pseudonym("Doe^Jane"), expected);
  store.addClip(noiseClip(1), originOf("Doe^Jane"), {});
  EXPECT_EQ(store.patients().at(0).id, expected);
  EXPECT_NE(store.pseudonym("Doe^John"), expected);
}

// The key differs from store to store, so the same person cannot be matched across them.
TEST_F(StoreTest, PseudonymsOfTwoStoresDiffer) {
  const Store store = Store::create(folder_);
  const Store other = Store::create(scratch_.path() / "other");
  EXPECT_NE(store.pseudonym("Doe^Jane"), other.pseudonym("Doe^Jane"));
}

TEST_F(StoreTest, IntervalsBetweenExamsSurviveAndDatesDoNot) {
  Store store = Store::create(folder_);
  store.addClip(noiseClip(1), originOf("a", 19037), {});
  store.addClip(noiseClip(2), originOf("a", 19000), {});
  store.addClip(noiseClip(3), originOf("a", 19410), {});
  store.addClip(noiseClip(4), originOf("b", 19410), {});
  const std::string a = store.pseudonym("a");
  std::vector<int> days, numbers;
  for (const StudyRow& study : store.studies(a)) {
    days.push_back(study.day);
    numbers.push_back(study.number);
    EXPECT_TRUE(study.day_known);
  }
  EXPECT_THAT(days, ElementsAre(0, 37, 410));
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3));
  EXPECT_EQ(store.studies(store.pseudonym("b")).at(0).day, 0);
  EXPECT_EQ(store.studies().size(), 4U);
  const PatientRow row = store.patients().at(0);
  EXPECT_EQ(row.id, a);
  EXPECT_EQ(row.exam_count, 3);
  EXPECT_EQ(row.last_exam_day, 410);
}

TEST_F(StoreTest, ExamOfUnknownDayStandsApart) {
  Store store = Store::create(folder_);
  const auto clip = store.addClip(noiseClip(1), originOf("a", std::nullopt), {});
  store.addClip(noiseClip(2), originOf("a", 19000), {});
  store.addClip(noiseClip(3), originOf("a", 19009), {});
  const auto studies = store.studies();
  ASSERT_EQ(studies.size(), 3U);
  EXPECT_EQ(studies[2].number, 3);
  EXPECT_EQ(studies[2].day, 0);
  EXPECT_FALSE(studies[2].day_known);
  EXPECT_FALSE(store.clipRow(clip.id).day_known);
  EXPECT_EQ(studies[1].day, 9);
  EXPECT_EQ(store.patients().at(0).last_exam_day, 9);
}

TEST_F(StoreTest, KnownExamLearnsItsDay) {
  Store store = Store::create(folder_);
  store.addClip(noiseClip(1), originOf("a", std::nullopt, "1.2.3"), {});
  EXPECT_FALSE(store.studies().at(0).day_known);
  EXPECT_EQ(store.patients().at(0).last_exam_day, std::nullopt);
  store.addClip(noiseClip(2), originOf("a", 19000, "1.2.3"), {});
  EXPECT_EQ(store.patients().at(0).last_exam_day, 0);
  ASSERT_EQ(store.studies().size(), 1U);
  EXPECT_TRUE(store.studies().at(0).day_known);
  EXPECT_THAT(store.verify(VerifyDepth::kRows, {}), IsEmpty());
}

TEST_F(StoreTest, ListsFilterAndPage) {
  Store store = Store::create(folder_);
  std::vector<std::string> of_a;
  for (std::uint32_t i = 0; i < 6; ++i) {
    media::Clip clip = noiseClip(i);
    clip.info.body_region = i < 3 ? "liver" : "neck";
    const int day = 19000 + 10 * static_cast<int>(i);
    of_a.push_back(store.addClip(clip, originOf("a", day), {}).id);
    store.addClip(clip, originOf("b", day), {});
  }
  const auto ids = [&](const ClipFilter& filter) {
    std::vector<std::string> found;
    for (const ClipRow& row : store.clips(filter)) found.push_back(row.id);
    return found;
  };
  const std::string a = store.pseudonym("a");
  EXPECT_EQ(ids({.patient_id = a}), of_a);
  EXPECT_THAT(ids({.patient_id = a, .body_region = "liver"}),
              ElementsAre(of_a[0], of_a[1], of_a[2]));
  EXPECT_THAT(ids({.patient_id = a, .from_day = 20, .to_day = 30}), ElementsAre(of_a[2], of_a[3]));
  EXPECT_THAT(ids({.patient_id = a, .limit = 2, .offset = 4}), ElementsAre(of_a[4], of_a[5]));
  EXPECT_THAT(ids({.study_id = store.studies(a).at(1).id}), ElementsAre(of_a[1]));
  EXPECT_EQ(store.clips().size(), 12U);
  EXPECT_THAT(ids({.patient_id = "P-0000-0000"}), IsEmpty());
  EXPECT_EQ(store.patients(1, 1).at(0).id, store.pseudonym("b"));
  EXPECT_EQ(store.patients().at(0).body_region, "neck");
  EXPECT_EQ(store.clipRow(of_a[3]).day, 30);
}

TEST_F(StoreTest, CountsWhatWasMadeOfEachClipAndPatient) {
  Store store = Store::create(folder_);
  const Family ids = addFamily(store);
  store.addClip(noiseClip(8), originOf("patient"), {});
  const ClipRow row = store.clipRow(ids.clip);
  EXPECT_EQ(row.mask_count, 1);
  EXPECT_EQ(row.volume_count, 1);
  EXPECT_EQ(row.surface_count, 1);
  const PatientRow patient = store.patients().at(0);
  EXPECT_EQ(patient.clip_count, 2);
  EXPECT_EQ(patient.exam_count, 1);
  EXPECT_EQ(patient.surface_count, 1);
  EXPECT_EQ(store.studies().at(0).clip_count, 2);
}

// Nothing that names a person, a place or a file may be in any byte of the folder, even while the
// write-ahead log is there.
TEST_F(StoreTest, HoldsNoPlantedIdentifier) {
  Store store = Store::create(folder_);
  const std::vector<std::string> planted = {"Muster^Maria^19700203", "1.2.840.99999.1.777",
                                            "1.2.840.99999.2.888", sha256Hex("the file"),
                                            sha256Hex("the calibration")};
  media::Clip clip = noiseClip(1);
  store.addClip(clip,
                {.patient_key = planted[0],
                 .study_key = planted[1],
                 .series_key = planted[2],
                 .exam_day_number = 19000,
                 .source_sha256 = planted[3],
                 .calibration_sha256 = planted[4]},
                {});
  ASSERT_EQ(store.clips().size(), 1U);
  const auto search = [&] {
    for (const fs::path& file : filesUnder(folder_)) {
      const std::string bytes = bytesOf(file);
      for (const std::string& text : planted) {
        EXPECT_EQ(bytes.find(text), std::string::npos) << text << " is in " << file.filename();
      }
    }
  };
  search();
  { const Store closing = std::move(store); }
  search();
}

TEST_F(StoreTest, FilesLeftInTmpGoWhenItIsOpenedAlone) {
  { const Store store = Store::create(folder_); }
  writeBytes(folder_ / "tmp" / "left-by-a-killed-program", "half");
  const Store first = Store::open(folder_);
  EXPECT_FALSE(fs::exists(folder_ / "tmp" / "left-by-a-killed-program"));
  writeBytes(first.temporaryFolder() / "in-use", "half");
  { const Store second = Store::open(folder_); }
  EXPECT_TRUE(fs::exists(folder_ / "tmp" / "in-use"));
}
}  // namespace
}  // namespace sonotwin::store
