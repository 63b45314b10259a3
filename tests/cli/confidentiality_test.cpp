// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "dicom_command_line.h"
#include "sonotwin/base/hash.h"

namespace sonotwin {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Confidentiality : public DicomCommandLine {
 protected:
  /// Of the DICOM object that a newly written file becomes, taken in with `options`.
  std::string valueAfter(const std::string& options, const DcmTagKey& key) {
    const std::string file = writeObject("scan.dcm", {});
    const auto clip = document("ingest " + options + " " + file)["added"][0]["clip"];
    const std::string out = (folder_ / "out.dcm").string();
    document("export " + clip.get<std::string>() + " --out " + out);
    DcmFileFormat format;
    EXPECT_TRUE(format.loadFile(out.c_str()).good());
    OFString value;
    format.getDataset()->findAndGetOFString(key, value);
    return value.c_str();
  }
};

TEST_F(Confidentiality, OptionsOfTheProfileReachTheObject) {
  const std::string shifted = valueAfter("", DCM_StudyDate);
  EXPECT_EQ(shifted.size(), 8U);
  EXPECT_NE(shifted, "20240229");
  EXPECT_NE(valueAfter("--remove-dates", DCM_StudyDate).size(), 8U);
  EXPECT_NE(valueAfter("", DCM_DeviceSerialNumber), "X77");
  EXPECT_EQ(valueAfter("--keep-device", DCM_DeviceSerialNumber), "X77");
  EXPECT_NE(valueAfter("", DCM_PatientSex), "F");
  EXPECT_EQ(valueAfter("--keep-patient-characteristics", DCM_PatientSex), "F");
}

TEST_F(Confidentiality, TheReportSaysWhatWasDoneAndNeverAValue) {
  const std::string file = writeObject("scan.dcm", {});
  const auto clip = document("ingest " + file)["added"][0]["clip"].get<std::string>();
  const json reports = document("report " + clip)["reports"];
  ASSERT_EQ(reports.size(), 1U);
  bool named = false;
  for (const json& act : reports[0]["actions"]) {
    if (act["keyword"] != "PatientName") continue;
    named = true;
    EXPECT_EQ(act["path"], "(0010,0010)");
    EXPECT_NE(act["action"], "K");
    EXPECT_EQ(act["count"], 1);
  }
  EXPECT_TRUE(named);
  const std::string text = run("report " + clip).out;
  EXPECT_THAT(text,
              AllOf(HasSubstr("PatientName"), HasSubstr("keyed UID"), HasSubstr("boxes blanked"),
                    Not(HasSubstr("Qwertz")), Not(HasSubstr("20240229")), Not(HasSubstr("4711"))));
  EXPECT_EQ(run("report clip-0000").code, 5);
  writePictures(1);
  const auto picture = document("ingest " + inputs())["added"][0]["clip"].get<std::string>();
  EXPECT_TRUE(document("report " + picture)["reports"].empty());
  EXPECT_THAT(run("report " + picture).out, HasSubstr("did not come in as a DICOM object"));
}

TEST_F(Confidentiality, TheExportedObjectIsTheStoredOne) {
  const std::string file = writeObject("scan.dcm", {});
  const auto clip = document("ingest " + file)["added"][0]["clip"].get<std::string>();
  const fs::path out = folder_ / "new/OUT.DCM";
  document("export " + clip + " --out " + out.string());
  const std::string bytes = readTextFile(out);
  const std::string sha256 = sha256Hex(bytes);
  EXPECT_TRUE(fs::exists(folder_ / "store/objects" / sha256.substr(0, 2) / sha256));
  EXPECT_EQ(bytes.find("Qwertz"), std::string::npos);
  const json patients = document("list patients");
  EXPECT_EQ(dicom::readDicom(out).identity.patient_id, patients[0]["patient"].get<std::string>());
}

TEST_F(Confidentiality, WhatIsNotDicomIsNotExportedAsDicom) {
  writePictures(1);
  const auto clip = document("ingest " + inputs())["added"][0]["clip"].get<std::string>();
  EXPECT_EQ(run("export " + clip + " --out " + (folder_ / "x.dcm").string()).code, 3);
  EXPECT_THAT(errors(), AllOf(HasSubstr("not kept as DICOM"), HasSubstr(".mha (or .png")));
  EXPECT_FALSE(fs::exists(folder_ / "x.dcm"));
}

TEST_F(Confidentiality, ADamagedObjectIsNotExported) {
  const std::string file = writeObject("scan.dcm", {});
  const auto clip = document("ingest " + file)["added"][0]["clip"].get<std::string>();
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "store/objects")) {
    if (!entry.is_regular_file()) continue;
    fs::permissions(entry.path(), fs::perms::owner_write, fs::perm_options::add);
    std::fstream object(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
    object.seekp(-1, std::ios::end);
    object.put('\x55');
  }
  EXPECT_EQ(run("export " + clip + " --out " + (folder_ / "x.dcm").string()).code, 4);
  EXPECT_THAT(errors(), HasSubstr("not what was stored"));
  EXPECT_FALSE(fs::exists(folder_ / "x.dcm"));
}
}  // namespace
}  // namespace sonotwin
