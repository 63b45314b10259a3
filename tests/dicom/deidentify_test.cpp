// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/dicom/deidentify.h"

#include <dcmtk/dcmdata/dcdicent.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcmetinf.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <random>

#include "encoders.h"
#include "midi_b_checks.h"
#include "planted_secrets.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/hash.h"
#include "synthetic_object.h"

namespace sonotwin::dicom::test {
namespace {
constexpr int kDays = -20000;

Pseudonyms pseudonyms() {
  return {"P-7F3A-21C8", kDays, [](const std::string& uid) {
            return "2.25." + std::to_string(std::stoull(sha256Hex(uid).substr(0, 15), nullptr, 16));
          }};
}

class DeidentifyTest : public testing::Test {
 protected:
  Deidentified run(const DeidentifyOptions& options = {},
                   std::span<const media::PixelRectangle> blank = {}) {
    return deidentify(in_, out_, pseudonyms(), options, blank, {});
  }

  /// The copy's text of one attribute at the top; nothing where there is none.
  std::optional<std::string> written(const DcmTagKey& key) {
    DcmFileFormat file;
    EXPECT_TRUE(file.loadFile(out_.c_str()).good());
    OFString text;
    if (file.getDataset()->findAndGetOFStringArray(key, text).bad()) return std::nullopt;
    return std::string(text.c_str(), text.size());
  }

  sonotwin::test::TemporaryFolder folder_;
  std::filesystem::path in_ = folder_ / "in.dcm";
  std::filesystem::path out_ = folder_ / "out.dcm";
};

/// A clip with all that ought to stay.
SyntheticObject clip(const Shape& shape) {
  SyntheticObject object(shape);
  object.set(DCM_ImageType, "ORIGINAL\\PRIMARY\\ABDOMINAL\\0001")
      .set(DCM_PatientName, "Zorro^Don")
      .set(DCM_PatientBirthDate, "19420228")
      .set(DCM_PatientSex, "F")
      .set(DCM_StudyDate, "20240229")
      .set(DCM_StudyTime, "093015.5")
      .set(DCM_SeriesDate, "20240229")
      .set(DCM_AcquisitionDateTime, "20240301001530.25")
      .set(DCM_InstanceCreationDate, "20240302")
      .set(DCM_StudyID, "77")
      .set(DCM_StudyDescription, "US thyroid for Dr. Garcia 0170-5550")
      .set(DCM_ReferringPhysicianName, "Garcia^Diego")
      .set(DCM_Manufacturer, "Philips")
      .set(DCM_ManufacturerModelName, "EPIQ 7C")
      .set(DCM_DeviceSerialNumber, "US516B0123")
      .set(DCM_BodyPartExamined, "THYROID")
      .set(DCM_TransducerType, "LINEAR")
      .set(DCM_FrameTime, "33.3")
      .set(DCM_FrameOfReferenceUID, "1.2.3.4.5.6");
  DcmItem* item = nullptr;
  object.dataset().findOrCreateSequenceItem(DCM_SequenceOfUltrasoundRegions, item, -2);
  item->putAndInsertUint16(DCM_RegionSpatialFormat, 1);
  item->putAndInsertUint32(DCM_RegionLocationMinX0, 2);
  item->putAndInsertUint32(DCM_RegionLocationMinY0, 3);
  item->putAndInsertUint32(DCM_RegionLocationMaxX1, 7);
  item->putAndInsertUint32(DCM_RegionLocationMaxY1, 9);
  item->putAndInsertUint16(DCM_PhysicalUnitsXDirection, 3);
  item->putAndInsertUint16(DCM_PhysicalUnitsYDirection, 3);
  item->putAndInsertFloat64(DCM_PhysicalDeltaX, 0.0123);
  item->putAndInsertFloat64(DCM_PhysicalDeltaY, 0.0123);
  object.dataset().findOrCreateSequenceItem(DCM_AnatomicRegionSequence, item, -2);
  item->putAndInsertString(DCM_CodeValue, "69748006");
  item->putAndInsertString(DCM_CodingSchemeDesignator, "SCT");
  item->putAndInsertString(DCM_CodeMeaning, "Thyroid");
  object.dataset().findOrCreateSequenceItem(DCM_ReferencedSeriesSequence, item, -2);
  item->putAndInsertString(DCM_SeriesInstanceUID, "1.2.826.0.1.3680043.8.498.3");
  return object;
}

TEST_F(DeidentifyTest, PassesTheTenChecks) {
  const Shape shape{.frames = 3};
  clip(shape).pixels(noise8(shape.sampleCount())).save(in_);
  const media::PixelRectangle box{1, 2, 6, 5};
  const Deidentified done = run({}, {&box, 1});

  MidiBChecks check(in_, out_);
  for (const char* path : {"Rows", "ImageType", "SequenceOfUltrasoundRegions[0].PhysicalDeltaX",
                           "FrameTime", "AnatomicRegionSequence[0].CodeValue", "StudyTime"}) {
    EXPECT_TRUE(check.tagRetained(path));
  }
  for (const char* path : {"PatientID", "PatientName", "StudyID", "SOPInstanceUID",
                           "DeidentificationMethod", "PatientIdentityRemoved"}) {
    EXPECT_TRUE(check.textNotNull(path));
  }
  for (const char* path :
       {"Modality", "SOPClassUID", "ImageType", "Manufacturer", "ManufacturerModelName",
        "BodyPartExamined", "TransducerType", "FrameTime", "StudyTime",
        "SequenceOfUltrasoundRegions[0].RegionLocationMaxX1",
        "SequenceOfUltrasoundRegions[0].PhysicalDeltaX", "AnatomicRegionSequence[0].CodeMeaning"}) {
    EXPECT_TRUE(check.textRetained(path));
  }
  EXPECT_TRUE(check.textRemoved("PatientName", "Zorro"));
  EXPECT_TRUE(check.textRemoved("StudyDescription", "Garcia"));
  EXPECT_TRUE(check.textRemoved("ReferringPhysicianName", "Garcia"));
  EXPECT_TRUE(check.textRemoved("PatientBirthDate", "1942"));
  EXPECT_TRUE(check.textRemoved("DeviceSerialNumber", "US516B0123"));
  for (const char* path :
       {"StudyDate", "SeriesDate", "AcquisitionDateTime", "InstanceCreationDate"}) {
    EXPECT_TRUE(check.dateShifted(path, kDays));
  }
  std::map<std::string, std::string> uids;
  for (const char* path :
       {"SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID",
        "ReferencedSeriesSequence[0].SeriesInstanceUID"}) {
    EXPECT_TRUE(check.uidChanged(path));
    EXPECT_TRUE(check.uidConsistent(path, uids));
  }
  EXPECT_EQ(uids.size(), 4U) << "two paths name the same series";
  std::map<std::string, std::string> patients;
  EXPECT_TRUE(check.patientIdConsistent(patients));
  EXPECT_EQ(patients["P1"], "P-7F3A-21C8");
  EXPECT_TRUE(check.pixelsHidden(box));
  EXPECT_TRUE(check.pixelsRetained({&box, 1}));

  EXPECT_EQ(done.sop_instance_uid, uids["1.2.826.0.1.3680043.8.498.1"]);
  EXPECT_EQ(done.sop_class_uid, "1.2.840.10008.5.1.4.1.1.3.1");
}

TEST_F(DeidentifyTest, KeepsWhatTheReaderReads) {
  const Shape shape{.frames = 3};
  const Bytes8 pixels = noise8(shape.sampleCount());
  clip(shape).pixels(pixels).save(in_);
  static_cast<void>(run());
  const media::ClipInfo before = readDicom(in_).clip.info;
  const DicomClip after = readWhole(out_);
  EXPECT_EQ(framesOf(after.clip), pixels);
  EXPECT_EQ(after.clip.info.regions, before.regions);
  EXPECT_EQ(after.clip.info.spacing_mm, before.spacing_mm);
  EXPECT_EQ(after.clip.info.body_region, before.body_region);
  EXPECT_EQ(after.clip.info.probe_name, before.probe_name);
  EXPECT_EQ(after.clip.info.device_model, before.device_model);
  EXPECT_TRUE(after.clip.info.times_known);
  EXPECT_EQ(after.clip.info.assumptions, before.assumptions);
}

/// Adds Source Application Entity Title (0002,0016) at the end of a file's meta header.
void addToMetaHeader(std::string& file, const std::string& title) {
  constexpr std::size_t kLengthAt = 140;
  std::uint32_t length = 0;
  std::memcpy(&length, file.data() + kLengthAt, 4);
  const std::string element =
      std::string("\x02\0\x16\0AE", 6) + static_cast<char>(title.size()) + '\0' + title;
  file.insert(kLengthAt + 4 + length, element);
  length += static_cast<std::uint32_t>(element.size());
  std::memcpy(file.data() + kLengthAt, &length, 4);
}

/// A file whose every corner holds a secret.
class PlantedTest : public DeidentifyTest {
 protected:
  void plantAndSave(SyntheticObject& object) {
    DcmDataset& dataset = object.dataset();
    secrets_.plantProfile(dataset);
    for (const DcmTagKey& sequence :
         {DCM_SequenceOfUltrasoundRegions, DCM_AnatomicRegionSequence, DCM_SourceImageSequence,
          DCM_ReferencedSeriesSequence, DCM_ViewCodeSequence, DCM_ContributingEquipmentSequence}) {
      DcmItem* item = nullptr;
      dataset.findOrCreateSequenceItem(sequence, item, -2);
      secrets_.plantProfile(*item, 1);
    }
    put(DcmTag(0x0009, 0x0010, EVR_LO));
    put(DcmTag(0x0009, 0x1002, EVR_UT));
    put(DcmTag(0x200D, 0x0011, EVR_LO));
    put(DcmTag(0x6000, 0x0022, EVR_LO));
    put(DcmTag(0x5000, 0x0022, EVR_LO));
    put(DcmTag(0x0008, 0x1198, EVR_LO));
    put(DcmTag(0x0042, 0x0010, EVR_ST));
    putBytes(DCM_ICCProfile);
    dataset_ = &dataset;
    for (auto& [tag, text] : texts_) dataset.putAndInsertString(tag, text.c_str());
    for (auto& [key, text] : bytes_) {
      dataset.putAndInsertUint8Array(DcmTag(key, EVR_OB),
                                     reinterpret_cast<const Uint8*>(text.data()), text.size());
    }
    object.save(in_);
    std::string whole = bytesOf(in_);
    const std::string preamble = secrets_.next();
    whole.replace(0, preamble.size(), preamble);
    addToMetaHeader(whole, secrets_.next());
    writeQuickly(in_, whole);
    ASSERT_THAT(secrets_.missingIn(in_), testing::IsEmpty());
  }

  Secrets secrets_;

 private:
  void put(const DcmTag& tag) { texts_.emplace_back(tag, secrets_.next()); }
  void putBytes(const DcmTagKey& key) { bytes_.emplace_back(key, secrets_.next() + "!"); }

  DcmDataset* dataset_ = nullptr;
  std::vector<std::pair<DcmTag, std::string>> texts_;
  std::vector<std::pair<DcmTagKey, std::string>> bytes_;
};

TEST_F(PlantedTest, NoSecretOfTheProfileIsInTheCopy) {
  const Shape shape{.frames = 2};
  SyntheticObject object = clip(shape);
  Bytes8 pixels = noise8(shape.sampleCount());
  const std::string behind = secrets_.next();
  pixels.insert(pixels.end(), behind.begin(), behind.end());
  object.pixels(pixels);
  plantAndSave(object);
  EXPECT_GT(secrets_.count(), 1000U);
  const Deidentified done = run();
  EXPECT_THAT(secrets_.foundIn(out_), testing::IsEmpty());
  for (const AttributeAction& action : done.actions) {
    EXPECT_EQ(action.path.find("QZX"), std::string::npos);
    EXPECT_EQ(action.keyword.find("QZX"), std::string::npos);
  }
  EXPECT_EQ(readWhole(out_).clip.info.regions, readDicom(in_).clip.info.regions);
  EXPECT_EQ(readDicom(out_).clip.info.spacing_mm, readDicom(in_).clip.info.spacing_mm);
}

TEST_F(PlantedTest, NorWithDatesRemovedAndDescriptorsCleaned) {
  SyntheticObject object = clip(Shape{});
  object.pixels(noise8(120));
  plantAndSave(object);
  static_cast<void>(run({.shift_dates = false, .clean_descriptors = true}));
  EXPECT_THAT(secrets_.foundIn(out_), testing::IsEmpty());
}

TEST_F(DeidentifyTest, NamesPlantedInEveryTextGoInAnyCharacterSet) {
  struct Case {
    const char* character_set;
    std::string name;
  };
  for (const Case& one : std::vector<Case>{{"ISO_IR 100", "Z\xD6RR\xD6"},
                                           {"ISO_IR 144", "\xB7\xDE\xE0\xE0\xDE"},
                                           {"ISO_IR 192", "Z\xC3\x96RR\xC3\x96"},
                                           {"\\ISO 2022 IR 87", "\x1B$B;3ED\x1B(B"},
                                           {"", "ZORRO"}}) {
    SCOPED_TRACE(one.character_set);
    SyntheticObject object = clip(Shape{});
    int planted = 0;
    DcmDataDictionary& dictionary = dcmDataDict.wrlock();
    std::vector<DcmTag> tags;
    for (auto i = dictionary.normalBegin(); i != dictionary.normalEnd(); ++i) {
      const DcmTag tag((*i)->getKey(), (*i)->getVR());
      const std::array texts = {EVR_LO, EVR_SH, EVR_PN, EVR_LT, EVR_ST, EVR_UT, EVR_UC};
      if ((*i)->getPrivateCreator() == nullptr && tag.getGroup() > 6 && tag.getGroup() < 0xFFF0 &&
          std::ranges::find(texts, tag.getEVR()) != texts.end()) {
        tags.push_back(tag);
      }
    }
    dcmDataDict.wrunlock();
    for (const DcmTag& tag : tags) {
      planted += object.dataset().putAndInsertString(tag, one.name.c_str()).good() ? 1 : 0;
    }
    EXPECT_GT(planted, 500);
    object.set(DCM_SpecificCharacterSet, one.character_set).pixels(noise8(120)).save(in_);
    ASSERT_NE(bytesOf(in_).find(one.name), std::string::npos);
    static_cast<void>(run());
    EXPECT_EQ(bytesOf(out_).find(one.name), std::string::npos);
    EXPECT_EQ(bytesOf(out_).find("Z\xC3\x96RR"), std::string::npos);
  }
}

TEST_F(DeidentifyTest, KeepsWhatWasWrittenWithAnotherVr) {
  const Shape shape{};
  SyntheticObject object = clip(shape);
  DcmItem* region = nullptr;
  object.dataset().findAndGetSequenceItem(DCM_SequenceOfUltrasoundRegions, region, 0);
  for (const DcmTagKey& key : {DCM_PhysicalDeltaX, DCM_PhysicalDeltaY}) {
    ASSERT_TRUE(region->putAndInsertString(DcmTag(key, EVR_DS), "0.0123").good());
  }
  object.dataset().findAndDeleteElement(DCM_Rows);
  ASSERT_TRUE(object.dataset().putAndInsertString(DcmTag(DCM_Rows, EVR_IS), "12").good());
  object.pixels(noise8(shape.sampleCount())).save(in_);
  static_cast<void>(run());
  EXPECT_EQ(readDicom(out_).clip.info.spacing_mm, readDicom(in_).clip.info.spacing_mm);
  EXPECT_TRUE(readDicom(out_).clip.info.spacing_mm.has_value());
  EXPECT_EQ(written(DCM_Rows), "12");
}

TEST_F(DeidentifyTest, DefinedTermsStayWhateverThePlaceIsCalled) {
  clip(Shape{})
      .set(DCM_InstitutionName, "Primary Care of Original Linear Thyroid")
      .set(DCM_ManufacturerModelName, "Original 7")
      .pixels(noise8(120))
      .save(in_);
  static_cast<void>(run());
  EXPECT_EQ(written(DCM_ImageType), "ORIGINAL\\PRIMARY\\ABDOMINAL\\0001");
  EXPECT_EQ(written(DCM_BodyPartExamined), "THYROID");
  EXPECT_EQ(written(DCM_TransducerType), "LINEAR");
  EXPECT_EQ(written(DCM_ManufacturerModelName), std::nullopt);
}

TEST_F(DeidentifyTest, NumbersThatAreAnIdentifierOrADateGo) {
  SyntheticObject object = clip(Shape{.frames = 3});
  object.set(DCM_PatientID, "MRN 0048151")
      .set(DCM_AccessionNumber, "162342")
      .set(DCM_SeriesNumber, "48151")
      .set(DCM_InstanceNumber, "20240229")
      .set(DCM_AcquisitionNumber, "0162342")
      .set(DCM_HeartRate, "28021942")
      .set(DCM_DepthOfScanField, "4.8151e4")
      .set(DCM_FrameTime, "33.3")
      .pixels(noise8(360))
      .save(in_);
  static_cast<void>(run());
  EXPECT_EQ(written(DCM_SeriesNumber), "");
  EXPECT_EQ(written(DCM_InstanceNumber), "");
  EXPECT_EQ(written(DCM_AcquisitionNumber), std::nullopt);
  EXPECT_EQ(written(DCM_HeartRate), std::nullopt);
  EXPECT_EQ(written(DCM_DepthOfScanField), std::nullopt);
  EXPECT_EQ(written(DCM_FrameTime), "33.3");
  EXPECT_EQ(written(DCM_NumberOfFrames), "3");
}

TEST_F(DeidentifyTest, CodeStringsOfOwnMakingGo) {
  clip(Shape{})
      .set(DCM_BodyPartExamined, "ROOM4 DR HOLMQ")
      .set(DCM_ImageType, "ORIGINAL\\PRIMARY\\SMALL PARTS\\0011")
      .set(DCM_PatientPosition, "BLOMKVIST")
      .set(DCM_PatientOrientation, "L\\AFR")
      .set(DCM_LossyImageCompression, "01")
      .set(DCM_LossyImageCompressionMethod, "ISO_10918_1")
      .pixels(noise8(120))
      .save(in_);
  static_cast<void>(run());
  EXPECT_EQ(written(DCM_BodyPartExamined), std::nullopt);
  EXPECT_EQ(written(DCM_PatientPosition), "");
  EXPECT_EQ(written(DCM_PatientOrientation), "L\\AFR");
  EXPECT_EQ(written(DCM_ImageType), "ORIGINAL\\PRIMARY\\SMALL PARTS\\0011");
  EXPECT_EQ(written(DCM_LossyImageCompressionMethod), "ISO_10918_1");
}

TEST_F(DeidentifyTest, NamesGoHoweverTheyAreSpelt) {
  struct Case {
    const char* character_set;
    const char* name;
    const char* spelt;
  };
  for (const Case& one :
       {Case{"ISO_IR 192",
             "\xC3\x98"
             "deg\xC3\xA5rd^Kari",
             "ODEGAARD 3"},
        Case{"ISO_IR 100",
             "\xD8"
             "deg\xE5rd^Kari",
             "oedegard 3"},
        Case{"ISO_IR 100", "M\xFCller^Eva", "Mueller"},
        Case{"ISO_IR 192", "Wei\xC3\x9F^Eva", "WEISS"}, Case{"", "Soerensen^Eva", "Sorensen"}}) {
    SCOPED_TRACE(one.spelt);
    clip(Shape{})
        .set(DCM_SpecificCharacterSet, one.character_set)
        .set(DCM_PatientName, one.name)
        .set(DCM_ProcessingFunction, one.spelt)
        .set(DCM_OutputPower, one.spelt)
        .set(DCM_ManufacturerModelName, one.spelt)
        .pixels(noise8(120))
        .save(in_);
    static_cast<void>(run());
    EXPECT_EQ(bytesOf(out_).find(one.spelt), std::string::npos);
    EXPECT_EQ(readDicom(in_).clip.info.device_model, "");
  }
}

TEST_F(DeidentifyTest, LocalCodesGo) {
  SyntheticObject object = clip(Shape{});
  const auto addCode = [&](const char* value, const char* scheme, const char* meaning) {
    DcmItem* item = nullptr;
    object.dataset().findOrCreateSequenceItem(DCM_AnatomicRegionSequence, item, -2);
    item->putAndInsertString(DCM_CodeValue, value);
    item->putAndInsertString(DCM_CodingSchemeDesignator, scheme);
    item->putAndInsertString(DCM_CodingSchemeVersion, "QZV3");
    item->putAndInsertString(DCM_CodeMeaning, meaning);
  };
  addCode("QZVBLOMKVIST", "99QZVRIS", "Left thyroid, Anna Blomkvist");
  addCode("QZVBLOMKVIST", "SCT", "Anna Blomkvist");
  addCode("T-B6000", "SRT", "Thyroid gland");
  object.pixels(noise8(120)).save(in_);
  static_cast<void>(run());
  EXPECT_EQ(bytesOf(out_).find("Blomkvist"), std::string::npos);
  EXPECT_EQ(bytesOf(out_).find("QZV"), std::string::npos);
  DcmFileFormat file;
  ASSERT_TRUE(file.loadFile(out_.c_str()).good());
  const auto code = [&](long index, const DcmTagKey& key) {
    DcmItem* item = nullptr;
    OFString text;
    file.getDataset()->findAndGetSequenceItem(DCM_AnatomicRegionSequence, item, index);
    if (item != nullptr) item->findAndGetOFString(key, text);
    return std::string(text.c_str());
  };
  EXPECT_EQ(code(0, DCM_CodeValue), "69748006");
  EXPECT_EQ(code(1, DCM_CodeValue), "T-B6000");
  EXPECT_EQ(code(2, DCM_CodeValue), "");
}

// Types 1, 2 and 3 of an attribute decide what a compound action does. Source: PS3.3 A.6, C.7,
// C.8.5.
TEST_F(DeidentifyTest, ResolvesCompoundActionsByType) {
  clip(Shape{})
      .set(DCM_ContentDate, "20240229")             // Z/D, type 2C
      .set(DCM_ContrastBolusAgent, "Garcia 1")      // Z/D, type 2
      .set(DCM_StationName, "ROOM-4")               // X/Z/D, type 3
      .set(DCM_ProtocolName, "Garcia")              // X/D, type 3
      .set(DCM_RequestedProcedureDescription, "x")  // X/Z, beyond the object's kind
      .set(DCM_ContentCreatorName, "Garcia")        // Z/D, beyond it
      .set(DCM_AcquisitionFieldOfViewLabel, "x")    // D, beyond it
      .pixels(noise8(120))
      .save(in_);
  static_cast<void>(run({.shift_dates = false}));
  EXPECT_EQ(written(DCM_ContentDate), "");
  EXPECT_EQ(written(DCM_ContrastBolusAgent), "");
  EXPECT_EQ(written(DCM_StationName), std::nullopt);
  EXPECT_EQ(written(DCM_ProtocolName), std::nullopt);
  EXPECT_EQ(written(DCM_RequestedProcedureDescription), std::nullopt);
  EXPECT_EQ(written(DCM_ContentCreatorName), "");
  EXPECT_EQ(written(DCM_AcquisitionFieldOfViewLabel), "ANONYMIZED");
  EXPECT_EQ(written(DCM_StudyDate), "");
  EXPECT_EQ(written(DCM_StudyTime), "");
  EXPECT_EQ(written(DCM_SeriesDate), std::nullopt);
  EXPECT_EQ(written(DCM_LongitudinalTemporalInformationModified), "REMOVED");
}

TEST_F(DeidentifyTest, AnEnhancedVolumeKeepsWhatItRequires) {
  SyntheticObject object = clip(Shape{.frames = 2});
  object.set(DCM_SOPClassUID, "1.2.840.10008.5.1.4.1.1.6.2").pixels(noise8(240)).save(in_);
  static_cast<void>(run({.shift_dates = false}));
  // Types 1 there, optional in a plain image.
  EXPECT_EQ(written(DCM_DeviceSerialNumber), "ANONYMIZED");
  EXPECT_EQ(written(DCM_AcquisitionDateTime), "19000101000000");
}

TEST_F(DeidentifyTest, DatesThatCannotBeParsedGo) {
  clip(Shape{})
      .set(DCM_StudyDate, "20240230")
      .set(DCM_SeriesDate, "last may")
      .set(DCM_AcquisitionDateTime, "2024")
      .set(DCM_ContentDate, "2024.02.29")
      .set(DCM_StudyTime, "Garcia")
      .pixels(noise8(120))
      .save(in_);
  static_cast<void>(run());
  EXPECT_EQ(written(DCM_StudyDate), "");
  EXPECT_EQ(written(DCM_SeriesDate), std::nullopt);
  EXPECT_EQ(written(DCM_AcquisitionDateTime).value_or("").find("2024"), std::string::npos);
  EXPECT_EQ(written(DCM_ContentDate), "19690528");
  EXPECT_EQ(written(DCM_StudyTime), "");
}

// Who knows what stands for no date has the patient's shift from its shifted form.
TEST_F(DeidentifyTest, DatesThatStandForNoneGo) {
  clip(Shape{})
      .set(DCM_StudyDate, "19000101")
      .set(DCM_SeriesDate, "99991231")
      .set(DCM_InstanceCreationDate, "19691231")
      .set(DCM_AcquisitionDateTime, "19000101000000")
      .set(DCM_ContentDate, "20990101")
      .set(DCM_AcquisitionDate, "20240229")
      .pixels(noise8(120))
      .save(in_);
  static_cast<void>(run());
  EXPECT_EQ(written(DCM_StudyDate), "");
  EXPECT_EQ(written(DCM_SeriesDate), std::nullopt);
  EXPECT_EQ(written(DCM_InstanceCreationDate), std::nullopt);
  EXPECT_EQ(written(DCM_AcquisitionDateTime).value_or("").find("18"), std::string::npos);
  EXPECT_EQ(written(DCM_ContentDate), "");
  EXPECT_EQ(written(DCM_AcquisitionDate), "19690528");
  EXPECT_EQ(readDicom(in_).identity.study_date, "");
}

// A table of colours that no pixel goes through may be any bytes.
TEST_F(DeidentifyTest, PalettesOfPicturesWithoutGo) {
  SyntheticObject object = clip(Shape{});
  const std::string secret = "Blomkvist QZV!";
  for (const DcmTagKey& key :
       {DCM_RedPaletteColorLookupTableData, DCM_SegmentedBluePaletteColorLookupTableData}) {
    object.dataset().putAndInsertUint8Array(
        DcmTag(key, EVR_OB), reinterpret_cast<const Uint8*>(secret.data()), secret.size());
  }
  object.pixels(noise8(120)).save(in_);
  ASSERT_NE(bytesOf(in_).find(secret), std::string::npos);
  static_cast<void>(run());
  EXPECT_EQ(bytesOf(out_).find(secret), std::string::npos);
  EXPECT_EQ(written(DCM_RedPaletteColorLookupTableData), std::nullopt);
}

TEST_F(DeidentifyTest, QuantisationTablesThatNothingIsDecodedWithGo) {
  const Shape shape{.samples = 3, .photometric = "YBR_FULL_422"};
  Bytes8 jpeg = jpegOf(shape, smooth8(shape), {});
  std::string table(64, 'Q');
  table.replace(0, 14, "Blomkvist QZV!");
  const std::string segment = std::string("\xFF\xDB\x00\x43\x03", 5) + table;
  jpeg.insert(jpeg.begin() + 2, segment.begin(), segment.end());
  clip(shape).fragments(EXS_JPEGProcess1, {jpeg}).save(in_, EXS_JPEGProcess1);
  const Bytes8 before = framesOf(readWhole(in_).clip);
  static_cast<void>(run());
  EXPECT_EQ(bytesOf(out_).find("Blomkvist"), std::string::npos);
  EXPECT_EQ(framesOf(readWhole(out_).clip), before);
}

TEST_F(DeidentifyTest, OptionsKeepWhatTheyName) {
  clip(Shape{})
      .set(DCM_PatientAge, "094Y")
      .set(DCM_PatientWeight, "71.5")
      .set(DCM_StationName, "ROOM4")
      .set(DCM_SeriesDescription, "Thyroid left lobe, Mrs. Zorro 12/03")
      .pixels(noise8(120))
      .save(in_);
  static_cast<void>(run());
  EXPECT_EQ(written(DCM_PatientSex), "");
  EXPECT_EQ(written(DCM_PatientAge), std::nullopt);
  EXPECT_EQ(written(DCM_PatientWeight), std::nullopt);
  EXPECT_EQ(written(DCM_DeviceSerialNumber), std::nullopt);
  EXPECT_EQ(written(DCM_SeriesDescription), std::nullopt);
  const Deidentified done =
      run({.keep_device = true, .keep_patient_characteristics = true, .clean_descriptors = true});
  EXPECT_EQ(written(DCM_PatientSex), "F");
  EXPECT_EQ(written(DCM_PatientAge), "090Y");
  EXPECT_EQ(written(DCM_PatientWeight), "71.5");
  EXPECT_EQ(written(DCM_DeviceSerialNumber), "US516B0123");
  EXPECT_EQ(written(DCM_StationName), "ROOM4");
  EXPECT_EQ(written(DCM_SeriesDescription), "Thyroid left lobe");
  EXPECT_EQ(written(DCM_StudyDescription), "US thyroid");
  for (const char* code : {"113100", "113105", "113107", "113108", "113109"}) {
    EXPECT_NE(done.method.find(code), std::string::npos) << code;
  }
}

TEST_F(DeidentifyTest, DeclaresWhatWasDone) {
  clip(Shape{}).set(DCM_BurnedInAnnotation, "NO").pixels(noise8(120)).save(in_);
  static_cast<void>(run());
  EXPECT_EQ(written(DCM_PatientIdentityRemoved), "YES");
  EXPECT_EQ(written(DCM_LongitudinalTemporalInformationModified), "MODIFIED");
  EXPECT_EQ(written(DCM_BurnedInAnnotation), "YES") << "a scanner's word is not enough";
  static_cast<void>(run({.pixels_confirmed = true}));
  EXPECT_EQ(written(DCM_BurnedInAnnotation), "NO");
  DcmFileFormat file;
  file.loadFile(out_.c_str());
  DcmItem* code = nullptr;
  file.getDataset()->findAndGetSequenceItem(DCM_DeidentificationMethodCodeSequence, code, 1);
  OFString value;
  ASSERT_NE(code, nullptr);
  code->findAndGetOFString(DCM_CodeValue, value);
  EXPECT_EQ(value, "113101");
  OFString implementation;
  file.getMetaInfo()->findAndGetOFString(DCM_ImplementationClassUID, implementation);
  EXPECT_EQ(implementation.find("2.25."), 0U);
  EXPECT_FALSE(file.getMetaInfo()->tagExists(DCM_SourceApplicationEntityTitle));
}

TEST_F(DeidentifyTest, DoesTheSameTwice) {
  clip(Shape{}).pixels(noise8(120)).save(in_);
  static_cast<void>(run());
  const std::string once = bytesOf(out_);
  static_cast<void>(run());
  EXPECT_EQ(bytesOf(out_), once);
}

TEST_F(DeidentifyTest, GivesNamesAndAClassToObjectsWithout) {
  clip(Shape{})
      .set(DCM_SOPClassUID, "1.2.826.0.1.3680043.2.1")
      .remove(DCM_SOPInstanceUID)
      .remove(DCM_PatientID)
      .remove(DCM_PatientName)
      .pixels(noise8(120))
      .save(in_);
  const Deidentified done = run();
  EXPECT_EQ(done.sop_class_uid, "1.2.840.10008.5.1.4.1.1.6.1");
  EXPECT_EQ(done.sop_instance_uid.find("2.25."), 0U);
  EXPECT_EQ(written(DCM_SOPInstanceUID), done.sop_instance_uid);
  EXPECT_EQ(written(DCM_PatientID), "P-7F3A-21C8");
  EXPECT_EQ(written(DCM_PatientName), "P-7F3A-21C8^");
}

// A damaged tag or length may carry a name into another attribute: it must not come out there.
TEST_F(DeidentifyTest, DamagedFilesAreRefusedOrTreatedLikeOthers) {
  const Shape shape{.frames = 2};
  clip(shape).pixels(noise8(shape.sampleCount())).save(in_, EXS_RLELossless);
  const std::string whole = bytesOf(in_);
  std::mt19937 random(4);
  int written = 0;
  for (int i = 0; i < 400; ++i) {
    std::string damaged = whole;
    const std::size_t at = 132 + random() % (damaged.size() - 132);
    if (i % 4 == 0) {
      damaged.resize(at);
    } else {
      damaged[at] = static_cast<char>(random());
    }
    writeQuickly(in_, damaged);
    try {
      static_cast<void>(run());
      ++written;
      EXPECT_EQ(bytesOf(out_).find("Zorro^"), std::string::npos) << "byte " << at;
      EXPECT_EQ(bytesOf(out_).find("Garcia^"), std::string::npos) << "byte " << at;
      std::filesystem::remove(out_);
    } catch (const Error&) {
      EXPECT_FALSE(std::filesystem::exists(out_));
    }
  }
  EXPECT_GT(written, 50);
}

TEST_F(DeidentifyTest, LeavesNothingWhereItFails) {
  clip(Shape{}).pixels(noise8(60)).save(in_);
  EXPECT_THROW(static_cast<void>(run()), Error);
  EXPECT_FALSE(std::filesystem::exists(out_));
  clip(Shape{.frames = 3}).pixels(noise8(360)).save(in_);
  std::stop_source stop;
  stop.request_stop();
  const Progress cancelled({}, stop.get_token());
  EXPECT_THROW(static_cast<void>(deidentify(in_, out_, pseudonyms(), {}, {}, cancelled)), Error);
  EXPECT_FALSE(std::filesystem::exists(out_));
}
}  // namespace
}  // namespace sonotwin::dicom::test
