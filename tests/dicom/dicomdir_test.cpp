// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/dcmdata/dcuid.h>
#include <gtest/gtest.h>

#include <fstream>

#include "sonotwin/base/error.h"
#include "synthetic_object.h"

namespace sonotwin::dicom::test {
namespace {
namespace fs = std::filesystem;

class DicomdirTest : public testing::Test {
 protected:
  void addRecord(const std::string& file_id, const char* type = "IMAGE", int in_use = 0xFFFF) {
    DcmItem* item = nullptr;
    file_.getDataset()->findOrCreateSequenceItem(DCM_DirectoryRecordSequence, item, -2);
    item->putAndInsertUint16(DCM_RecordInUseFlag, static_cast<Uint16>(in_use));
    item->putAndInsertString(DCM_DirectoryRecordType, type);
    if (!file_id.empty()) item->putAndInsertString(DCM_ReferencedFileID, file_id.c_str());
  }
  std::vector<fs::path> files() {
    file_.getDataset()->putAndInsertString(DCM_SOPClassUID, UID_MediaStorageDirectoryStorage);
    EXPECT_TRUE(file_.saveFile(path_.c_str(), EXS_LittleEndianExplicit).good());
    return filesOfDicomdir(path_);
  }
  void touch(const fs::path& relative) {
    fs::create_directories((folder_.path() / relative).parent_path());
    std::ofstream(folder_.path() / relative) << "x";
  }

  sonotwin::test::TemporaryFolder folder_;
  fs::path path_ = folder_ / "DICOMDIR";
  DcmFileFormat file_;
};

TEST_F(DicomdirTest, ListsReferredFilesInOrder) {
  addRecord("", "PATIENT");
  addRecord("B\\US2");
  addRecord("A\\US1");
  addRecord("B\\US2");
  addRecord("A\\GONE", "IMAGE", 0);
  EXPECT_EQ(files(), (std::vector<fs::path>{folder_ / "B/US2", folder_ / "A/US1"}));
}

TEST_F(DicomdirTest, FindsFilesInAnyCase) {
  touch("images/us0001");
  touch("images/US0002;1");
  addRecord("IMAGES\\US0001");
  addRecord("IMAGES\\US0002");
  EXPECT_EQ(files(),
            (std::vector<fs::path>{folder_ / "images/us0001", folder_ / "images/US0002;1"}));
}

TEST_F(DicomdirTest, NeverLeavesItsFolder) {
  for (const char* id : {"..\\secret", "A\\..\\..\\secret", "/etc/passwd", "A/../../secret", "."}) {
    file_.clear();
    addRecord(id);
    EXPECT_THROW(files(), Error) << id;
  }
}

TEST_F(DicomdirTest, NamesThatNoFileCanHaveAreAbsentFiles) {
  addRecord("A\\" + std::string(300, 'U'));
  const std::vector<fs::path> found = files();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(refusalOf(found.front()).find("no such file"), std::string::npos);
}

TEST_F(DicomdirTest, NeverFollowsALinkOutOfItsFolder) {
  const sonotwin::test::TemporaryFolder elsewhere;
  fs::create_directory_symlink(elsewhere.path(), folder_ / "OUT");
  addRecord("OUT\\US1");
  EXPECT_THROW(files(), Error);
}

TEST_F(DicomdirTest, RefusesWhatIsNoDicomdir) {
  SyntheticObject(Shape{}).pixels(noise8(120)).save(path_);
  EXPECT_THROW(std::ignore = filesOfDicomdir(path_), Error);
  EXPECT_THROW(std::ignore = filesOfDicomdir(folder_ / "absent"), Error);
}

TEST_F(DicomdirTest, IsNoPictureItself) {
  addRecord("A\\US1");
  files();
  EXPECT_TRUE(looksLikeDicom(path_));
  EXPECT_NE(refusalOf(path_).find("DICOMDIR"), std::string::npos);
}
}  // namespace
}  // namespace sonotwin::dicom::test
