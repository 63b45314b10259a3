// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class Quarantine : public testing::Test {
 protected:
  Quarantine() { writeBytes(file_, std::string(3000000, 'x') + "MUSTER^MARIA"); }
  [[nodiscard]] mode_t modeOf(const fs::path& path) const {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 0777U;
  }
  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "store";
  fs::path beside_ = scratch_.path() / "store.quarantine";
  fs::path file_ = scratch_.path() / "with text.dcm";
  Store store_ = Store::create(folder_);
  const std::vector<media::PixelRectangle> boxes_ = {{0, 0, 100, 20}, {5, 300, 60, 320}};
};

TEST_F(Quarantine, KeepsTheFileBesideTheStoreForItsOwnerOnly) {
  const std::string id = store_.quarantineAdd(file_, originOf("a", 20000, "1.2"), boxes_, "text");
  EXPECT_EQ(modeOf(beside_), 0700U);
  EXPECT_EQ(modeOf(store_.quarantineFile(id)), 0600U);
  EXPECT_EQ(bytesOf(store_.quarantineFile(id)), bytesOf(file_));
  for (const fs::path& file : filesUnder(folder_)) {
    EXPECT_THAT(bytesOf(file), testing::Not(HasSubstr("MUSTER"))) << file.filename();
  }
  const QuarantineRow row = store_.quarantined().at(0);
  EXPECT_EQ(row.id, id);
  EXPECT_EQ(row.patient_id, store_.pseudonym("a"));
  EXPECT_EQ(row.boxes, boxes_);
  EXPECT_EQ(row.state, "waiting");
  EXPECT_EQ(row.size_bytes, 3000012U);
  EXPECT_TRUE(row.file_present);
  // Where it would be once it is let in.
  const std::string clip = store_.addClip(noiseClip(1), originOf("a", 20000, "1.2"), {}).id;
  EXPECT_EQ(store_.clipRow(clip).study_id, row.study_id);
  EXPECT_EQ(store_.kindOf(id), "quarantine");
}

TEST_F(Quarantine, ADecisionIsKeptAndTheFileGoes) {
  const std::string id = store_.quarantineAdd(file_, originOf("a"), boxes_, "text");
  writeBytes(file_, "another");
  const std::string other = store_.quarantineAdd(file_, originOf("a"), {}, "no region");
  store_.setAuthor("anna");
  store_.quarantineRelease(id, "two boxes");
  EXPECT_EQ(store_.quarantined().size(), 1U);
  EXPECT_EQ(store_.quarantineRow(id).state, "released");
  EXPECT_EQ(store_.quarantineRow(id).author, "anna");
  EXPECT_EQ(failureOf([&] { std::ignore = store_.quarantineFile(id); }).kind, ErrorKind::kNotFound);
  EXPECT_EQ(filesUnder(beside_).size(), 1U);
  store_.quarantineReject(other, "a face");
  EXPECT_EQ(store_.quarantined("rejected").at(0).reason, "a face");
  EXPECT_THAT(filesUnder(beside_), IsEmpty());
  EXPECT_EQ(store_.audit(1).at(0).act, "quarantine rejected");
  EXPECT_EQ(store_.audit(1).at(0).detail, "a face");
  EXPECT_EQ(store_.audit(1, 1).at(0).detail, "two boxes");
  EXPECT_EQ(failureOf([&] { store_.quarantineRelease(other, ""); }).kind, ErrorKind::kConflict);
  EXPECT_EQ(failureOf([&] { store_.quarantineRelease("x", ""); }).kind, ErrorKind::kNotFound);
  EXPECT_THAT(store_.verify(VerifyDepth::kRows, {}), IsEmpty());
}

TEST_F(Quarantine, TheSameFileWaitsOnceAndAgain) {
  const std::string id = store_.quarantineAdd(file_, originOf("a"), boxes_, "text");
  EXPECT_EQ(store_.quarantineAdd(file_, originOf("a"), {}, "other"), id);
  EXPECT_THAT(store_.quarantineRow(id).boxes, IsEmpty());
  store_.quarantineReject(id, "no");
  EXPECT_EQ(store_.quarantineAdd(file_, originOf("a"), boxes_, "text"), id);
  EXPECT_EQ(store_.quarantineRow(id).state, "waiting");
  EXPECT_TRUE(store_.quarantineRow(id).file_present);
  EXPECT_NE(store_.quarantineAdd(file_, originOf("b"), boxes_, "text"), id);
}

TEST_F(Quarantine, GivesNoFileThatIsNotWhatWasPutThere) {
  const std::string id = store_.quarantineAdd(file_, originOf("a"), boxes_, "text");
  const std::string original = bytesOf(beside_ / id);
  std::string changed = original;
  changed.replace(1000000, 1000, 1000, 'y');
  for (const std::string& bytes : {changed, original.substr(1), original + "x", std::string()}) {
    writeBytes(beside_ / id, bytes);
    const Failure failure = failureOf([&] { std::ignore = store_.quarantineFile(id); });
    EXPECT_EQ(failure.kind, ErrorKind::kDamaged);
    EXPECT_THAT(failure.text, AllOf(HasSubstr(id), HasSubstr("Reject"), HasSubstr("again")));
  }
  writeBytes(beside_ / id, original);
  EXPECT_EQ(store_.quarantineFile(id), beside_ / id);
  writeBytes(beside_ / id, changed);
  store_.quarantineReject(id, "damaged");
  EXPECT_EQ(store_.quarantineAdd(file_, originOf("a"), boxes_, "text"), id);
  EXPECT_EQ(bytesOf(store_.quarantineFile(id)), original);
}

TEST_F(Quarantine, RefusesAFolderThatOthersCanOpen) {
  fs::create_directory(beside_);
  fs::permissions(beside_, fs::perms(0755));
  const Failure failure =
      failureOf([&] { store_.quarantineAdd(file_, originOf("a"), boxes_, "text"); });
  EXPECT_EQ(failure.kind, ErrorKind::kConflict);
  EXPECT_THAT(failure.text, HasSubstr("chmod 700"));
  EXPECT_THAT(filesUnder(beside_), IsEmpty());
  EXPECT_EQ(failureOf([&] { store_.quarantineAdd("/nowhere", originOf("a"), {}, ""); }).kind,
            ErrorKind::kConflict);
}

// What a killed program left half-copied, or copied without its row.
TEST_F(Quarantine, SweepsWhatAKilledProgramLeft) {
  const std::string id = store_.quarantineAdd(file_, originOf("a"), boxes_, "text");
  writeBytes(beside_ / ".incoming-abcdef", "MUSTER^MARIA");
  writeBytes(beside_ / "quarantine-0000000000000000", "MUSTER^MARIA");
  writeBytes(file_, "another");
  store_.quarantineReject(store_.quarantineAdd(file_, originOf("a"), {}, ""), "");
  EXPECT_FALSE(fs::exists(beside_ / "quarantine-0000000000000000"));
  EXPECT_TRUE(fs::exists(beside_ / id));
  writeBytes(beside_ / "quarantine-0000000000000000", "MUSTER^MARIA");
  { const Store another = Store::open(folder_); }
  EXPECT_FALSE(fs::exists(beside_ / "quarantine-0000000000000000"));
  { const Store closing = std::move(store_); }
  const Store alone = Store::open(folder_);
  EXPECT_EQ(filesUnder(beside_).size(), 1U);
}
}  // namespace
}  // namespace sonotwin::store
