// SPDX-License-Identifier: Apache-2.0
#include "identity.h"

#include <dcmtk/dcmdata/dcdicent.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "synthetic_object.h"

namespace sonotwin::dicom::test {
namespace {
class IdentityTest : public testing::Test {
 protected:
  Identity read() {
    notes_.clear();
    return readIdentity(object_.dataset(), notes_);
  }

  SyntheticObject object_{Shape{}};
  std::vector<std::string> notes_;
};

TEST_F(IdentityTest, NamesThePerson) {
  object_.set(DCM_PatientName, "DOE^JANE").set(DCM_PatientBirthDate, "19700102");
  EXPECT_EQ(read().patient_id, "P1");
  EXPECT_EQ(read().patient_name, "DOE^JANE");
  EXPECT_EQ(read().birth_date, "19700102");
  object_.set(DCM_PatientID, " ").set(DCM_PatientBirthDate, "unknown");
  EXPECT_EQ(read().patient_id, "");
  EXPECT_EQ(read().birth_date, "");
}

TEST_F(IdentityTest, DropsEmptyPartsOfNames) {
  object_.set(DCM_PatientID, "").set(DCM_PatientName, "DOE^JANE^^^ ");
  EXPECT_EQ(read().patient_name, "DOE^JANE");
}

TEST_F(IdentityTest, ReadsDatesAndTimesOldAndNew) {
  object_.set(DCM_StudyDate, "20240229").set(DCM_StudyTime, "093015.123");
  EXPECT_EQ(read().study_date, "20240229");
  EXPECT_EQ(read().study_time, "093015");
  object_.set(DCM_StudyDate, "1997.04.24").set(DCM_StudyTime, "14:04");
  EXPECT_EQ(read().study_date, "19970424");
  EXPECT_EQ(read().study_time, "140400");
  object_.set(DCM_StudyDate, "20241345").set(DCM_StudyTime, "9915");
  EXPECT_EQ(read().study_date, "");
  EXPECT_EQ(read().study_time, "");
}

// Expected texts are the same letters in UTF-8.
TEST_F(IdentityTest, ConvertsCharacterSets) {
  const auto nameIn = [&](const char* character_set, const std::string& bytes) {
    object_.set(DCM_SpecificCharacterSet, character_set).set(DCM_PatientID, bytes);
    return read().patient_id;
  };
  EXPECT_EQ(nameIn("ISO_IR 100", "M\xFCller"), "M\xC3\xBCller");
  EXPECT_EQ(nameIn("ISO_IR 192", "M\xC3\xBCller"), "M\xC3\xBCller");
  EXPECT_EQ(nameIn("ISO_IR 144", "\xBB\xEE\xDA"), "\xD0\x9B\xD1\x8E\xD0\xBA");  // Cyrillic
  // Its second byte is a backslash, which separates values elsewhere.
  EXPECT_EQ(nameIn("GB18030", "\x81\x5C"), "\xE4\xB9\x97");
  EXPECT_TRUE(notes_.empty());
  // Debian's DCMTK lacks the tables of JIS X 0208: the bytes stay, which identify as well.
  const std::string kanji = "\x1B$B;3\x1B(B";
  const std::string read = nameIn("\\ISO 2022 IR 87", kanji);
  EXPECT_TRUE(read == "\xE5\xB1\xB1" || (read == kanji && mentions(notes_, "as it stands")));
}

TEST_F(IdentityTest, ReadsUndeclaredHighBytesAsLatin1AndSaysSo) {
  object_.set(DCM_PatientID, "M\xFCller");
  EXPECT_EQ(read().patient_id, "M\xC3\xBCller");
  EXPECT_TRUE(mentions(notes_, "Latin-1"));
  object_.set(DCM_SpecificCharacterSet, "NONSENSE");
  EXPECT_EQ(read().patient_id, "M\xC3\xBCller");
  EXPECT_TRUE(mentions(notes_, "does not fit"));
}

constexpr const char* kSecret = "ZORRO";
constexpr const char* kSecretUid = "1.2.999.424242";

std::vector<std::string> stringsOf(const media::ClipInfo& info) {
  std::vector<std::string> strings = info.assumptions;
  strings.insert(strings.end(), {info.spacing_source, info.world, info.orientation, info.modality,
                                 info.body_region, info.probe_name, info.device_model,
                                 info.source_format, info.transfer_syntax});
  return strings;
}

bool holdsSecret(const media::ClipInfo& info) {
  return std::ranges::any_of(stringsOf(info), [](const std::string& text) {
    std::string capitals = text;
    std::ranges::transform(capitals, capitals.begin(), ::toupper);
    return capitals.find(kSecret) != text.npos || capitals.find(kSecretUid) != text.npos;
  });
}

bool isText(DcmEVR vr) {
  constexpr std::array kTexts = {EVR_AE, EVR_CS, EVR_LO, EVR_LT, EVR_PN, EVR_SH,
                                 EVR_ST, EVR_UC, EVR_UR, EVR_UT, EVR_UI};
  return std::ranges::find(kTexts, vr) != kTexts.end();
}

/// Every standard attribute that holds text; those that decide how to read are left out.
const std::vector<DcmTag>& textAttributes() {
  static const std::vector<DcmTag> tags = [] {
    const std::array kept = {DCM_SOPClassUID, DCM_PhotometricInterpretation,
                             DCM_SpecificCharacterSet};
    std::vector<DcmTag> found;
    DcmDataDictionary& dictionary = dcmDataDict.wrlock();
    for (auto i = dictionary.normalBegin(); i != dictionary.normalEnd(); ++i) {
      const DcmDictEntry& entry = **i;
      const DcmTagKey key = entry.getKey();
      const bool usable = entry.getPrivateCreator() == nullptr && key.getGroup() > 0x0006 &&
                          key.getGroup() < 0xFFF0 && isText(entry.getEVR());
      if (usable && std::ranges::find(kept, key) == kept.end()) {
        found.emplace_back(key, entry.getVR());
      }
    }
    dcmDataDict.wrunlock();
    return found;
  }();
  return tags;
}

int plantEverywhere(DcmItem& item) {
  int planted = 0;
  for (const DcmTag& tag : textAttributes()) {
    const char* secret = tag.getEVR() == EVR_UI ? kSecretUid : kSecret;
    if (item.putAndInsertString(tag, secret).good()) ++planted;
  }
  item.putAndInsertString(DcmTag(0x0009, 0x0010, EVR_LO), kSecret);
  item.putAndInsertString(DcmTag(0x0009, 0x1001, EVR_UT), kSecret);
  return planted;
}

TEST(Confidentiality, NoAttributeLeaksIntoTheClip) {
  const sonotwin::test::TemporaryFolder folder;
  SyntheticObject object(Shape{.photometric = "MONOCHROME1"});
  EXPECT_GT(plantEverywhere(object.dataset()), 1000);
  DcmItem* item = nullptr;
  object.dataset().findOrCreateSequenceItem(DCM_SequenceOfUltrasoundRegions, item, -2);
  plantEverywhere(*item);
  item->findOrCreateSequenceItem(DCM_RequestAttributesSequence, item, -2);
  plantEverywhere(*item);
  object.pixels(noise8(120)).save(folder / "a.dcm");

  const DicomClip read = readWhole(folder / "a.dcm");
  EXPECT_EQ(read.identity.patient_id, kSecret) << "the secret was not planted";
  EXPECT_FALSE(holdsSecret(read.clip.info));
}

TEST(Confidentiality, ModelsNamedForAPersonAreDropped) {
  const sonotwin::test::TemporaryFolder folder;
  const auto modelFor = [&](const char* model, const char* physician) {
    SyntheticObject object(Shape{});
    DcmItem* item = nullptr;
    object.dataset().findOrCreateSequenceItem(DCM_RequestAttributesSequence, item, -2);
    item->putAndInsertString(DCM_RequestingPhysician, physician);
    object.set(DCM_ManufacturerModelName, model).pixels(noise8(120)).save(folder / "a.dcm");
    return readDicom(folder / "a.dcm").clip.info.device_model;
  };
  EXPECT_EQ(modelFor("EPIQ 7C", "SMITH^A"), "EPIQ 7C");
  EXPECT_EQ(modelFor("Dr Smith's scanner", "NOBODY"), "");
  EXPECT_EQ(modelFor("Room-Smithers", "SMITH^A"), "");
  EXPECT_EQ(modelFor("LEE room 4", "LEE^B"), "");
  EXPECT_EQ(modelFor("SLEEK 4", "LEE^B"), "SLEEK 4");
}

TEST(Confidentiality, DefinedTermsPass) {
  const sonotwin::test::TemporaryFolder folder;
  SyntheticObject(Shape{})
      .set(DCM_BodyPartExamined, "THYROID")
      .set(DCM_TransducerType, "CURVED LINEAR")
      .set(DCM_DepthOfScanField, "120")
      .pixels(noise8(120))
      .save(folder / "a.dcm");
  const media::ClipInfo info = readDicom(folder / "a.dcm").clip.info;
  EXPECT_EQ(info.body_region, "THYROID");
  EXPECT_EQ(info.probe_name, "CURVED LINEAR");
  EXPECT_DOUBLE_EQ(info.depth_mm.value(), 120.0);
  EXPECT_EQ(info.modality, "US");
}
}  // namespace
}  // namespace sonotwin::dicom::test
