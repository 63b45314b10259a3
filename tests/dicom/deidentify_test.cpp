// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/dicom/deidentify.h"

#include <gtest/gtest.h>

#include "synthetic_object.h"

namespace sonotwin::dicom::test {
namespace {
Pseudonyms pseudonyms() {
  return {"P-0001", -1000, [](const std::string& uid) {
            return "2.25." + std::to_string(std::hash<std::string>()(uid));
          }};
}

TEST(Deidentify, WritesAReadableCopy) {
  const sonotwin::test::TemporaryFolder folder;
  const Shape shape{.frames = 3};
  const Bytes8 pixels = noise8(shape.sampleCount());
  SyntheticObject(shape)
      .set(DCM_PatientName, "ZORRO^DON")
      .set(DCM_StudyDate, "20240301")
      .pixels(pixels)
      .save(folder / "in.dcm");
  const Deidentified done =
      deidentify(folder / "in.dcm", folder / "out.dcm", pseudonyms(), {}, {}, {});
  const DicomClip read = readWhole(folder / "out.dcm");
  EXPECT_EQ(framesOf(read.clip), pixels);
  EXPECT_EQ(read.identity.patient_id, "P-0001");
  EXPECT_EQ(read.identity.study_date, "20210605");
  EXPECT_EQ(read.identity.instance_uid, done.sop_instance_uid);
}
}  // namespace
}  // namespace sonotwin::dicom::test
