// SPDX-License-Identifier: Apache-2.0
#include "confidentiality_profile.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "kept_text.h"
#include "object_attributes.h"
#include "temporary_folder.h"

namespace sonotwin::dicom {
namespace {
TEST(ConfidentialityProfile, HasEveryRowOfTheStandard) {
  SONOTWIN_NEEDS_REAL_DATA();
  std::ifstream file(sonotwin::test::realData() / "deidentify" /
                     "confidentiality_profile_attributes.json");
  const nlohmann::json standard = nlohmann::json::parse(file);
  const auto& rows = confidentialityProfile();
  ASSERT_EQ(rows.size(), standard.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& due = standard[i];
    const std::string tag = due["tag"];
    EXPECT_EQ(tag.find("(" + rows[i].tag + ")"), 0U) << tag;
    EXPECT_EQ(rows[i].action, due["basicProfile"]) << tag;
    const auto option = [&](const char* name) { return due.value(name, std::string("-"))[0]; };
    EXPECT_EQ(rows[i].dates, option("rtnLongModifDatesOpt")) << tag;
    EXPECT_EQ(rows[i].full_dates, option("rtnLongFullDatesOpt")) << tag;
    EXPECT_EQ(rows[i].device, option("rtnDevIdOpt")) << tag;
    EXPECT_EQ(rows[i].institution, option("rtnInstIdOpt")) << tag;
    EXPECT_EQ(rows[i].patient, option("rtnPatCharsOpt")) << tag;
    EXPECT_EQ(rows[i].descriptors, option("cleanDescOpt")) << tag;
    EXPECT_EQ(rows[i].structured, option("cleanStructContOpt")) << tag;
    EXPECT_EQ(rows[i].graphics, option("cleanGraphOpt")) << tag;
    EXPECT_EQ(rows[i].uids, option("rtnUIDsOpt")) << tag;
    EXPECT_EQ(rows[i].private_elements, option("rtnSafePrivOpt")) << tag;
  }
}

TEST(ConfidentialityProfile, FindsRowsByTagAndMask) {
  const auto actionOf = [](std::uint32_t tag) {
    const ProfileRow* row = profileRowOf(tag);
    return row == nullptr ? std::string("none") : row->action + " " + row->tag;
  };
  EXPECT_EQ(actionOf(0x00080050), "Z 0008,0050");
  EXPECT_EQ(actionOf(0x5002ABCD), "X 50XX,XXXX");
  EXPECT_EQ(actionOf(0x60FE3000), "X 60XX,3000");
  EXPECT_EQ(actionOf(0x60023001), "none");
  EXPECT_EQ(actionOf(0x200D0011), "X GGGG,EEEE");
  EXPECT_EQ(actionOf(0x00280010), "none");
}

TEST(ObjectAttributes, HaveTheTypesOfTheirKind) {
  const auto typeOf = [](ObjectKind kind, const char* place, std::uint32_t tag) {
    return objectAttributeOf(kind, place, tag, false).type;
  };
  EXPECT_EQ(typeOf(ObjectKind::kImage, "", 0x00280010), AttributeType::kRequired);
  EXPECT_EQ(typeOf(ObjectKind::kMultiFrame, "", 0x00280008), AttributeType::kRequired);
  EXPECT_EQ(typeOf(ObjectKind::kImage, "", 0x00280008), AttributeType::kOptional);
  EXPECT_EQ(typeOf(ObjectKind::kImage, "", 0x00181000), AttributeType::kOptional);
  EXPECT_EQ(typeOf(ObjectKind::kVolume, "", 0x00181000), AttributeType::kRequired);
  EXPECT_EQ(typeOf(ObjectKind::kImage, "00186011/", 0x00186012), AttributeType::kRequired);
  EXPECT_EQ(typeOf(ObjectKind::kImage, "", 0x00186012), AttributeType::kUnknown);
  EXPECT_EQ(typeOf(ObjectKind::kImage, "", 0x00282000), AttributeType::kUnknown);
  EXPECT_EQ(objectAttributeOf(ObjectKind::kImage, "00082218/", 0x00080104, true).type,
            AttributeType::kRequired);
  EXPECT_EQ(objectKindOf("1.2.840.10008.5.1.4.1.1.3", 1), ObjectKind::kMultiFrame);
  EXPECT_EQ(objectKindOf("1.2.840.10008.5.1.4.1.1.6", 1), ObjectKind::kImage);
  EXPECT_EQ(objectKindOf("1.2.840.10008.5.1.4.1.1.7.4", 9), ObjectKind::kCapture);
}

TEST(KeptText, KeepsKnownWordsOnly) {
  EXPECT_EQ(knownWordsOf("US Thyroid (left lobe), Mrs. M\xFCller *1970"), "US Thyroid left lobe");
  EXPECT_EQ(knownWordsOf("post-exercise 4711"), "post-exercise");
  EXPECT_EQ(knownWordsOf("kidneyson"), "");
}

TEST(KeptText, FindsNamesInTexts) {
  const std::vector<std::string> words = {"LEE", "SMITH"};
  EXPECT_TRUE(holdsOneOf("Dr Smithers", words));
  EXPECT_TRUE(holdsOneOf("room-lee", words));
  EXPECT_FALSE(holdsOneOf("SLEEK 4", words));
}

TEST(KeptText, MakesOldAgesOne) {
  EXPECT_EQ(coarseAge("089Y"), "089Y");
  EXPECT_EQ(coarseAge("107Y"), "090Y");
  EXPECT_EQ(coarseAge("018M"), "018M");
  EXPECT_EQ(coarseAge("old"), std::nullopt);
}
}  // namespace
}  // namespace sonotwin::dicom
