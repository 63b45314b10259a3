// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command_line.h"
#include "sonotwin/store/store.h"
#include "synthetic_object.h"

namespace sonotwin {

/// Runs the program on DICOM objects that the test makes: grey ramps, which nobody takes for print.
class DicomCommandLine : public CommandLine {
 protected:
  void SetUp() override { store::Store::create(store_); }

  static constexpr const char* kName = "Qwertz^Planted";
  static constexpr int kRows = 40, kCols = 50, kFrames = 3;
  static constexpr media::PixelRectangle kRegion{10, 8, 40, 30};

  struct Exam {
    std::string patient = "4711";
    std::string study_uid = "1.2.3.4";
    std::string date = "20240229";
    bool with_region = true;
  };

  static dicom::test::Shape shape() { return {.rows = kRows, .cols = kCols, .frames = kFrames}; }

  /// @returns the file's path
  std::string writeObject(const std::string& name, const Exam& exam) {
    dicom::test::SyntheticObject object(shape());
    object.set(DCM_PatientName, kName).set(DCM_PatientID, exam.patient);
    object.set(DCM_StudyDate, exam.date).set(DCM_StudyInstanceUID, exam.study_uid);
    object.set(DCM_SeriesInstanceUID, exam.study_uid + ".1");
    object.set(DCM_DeviceSerialNumber, "X77").set(DCM_PatientSex, "F");
    if (exam.with_region) object.region(kRegion);
    dicom::test::Bytes8 pixels = dicom::test::smooth8(shape());
    // Another level in each object, so that no two are one clip.
    pixels.back() = static_cast<std::uint8_t>(++written_);
    const auto center = static_cast<std::size_t>(20 * kCols + 20);
    pixels[center] = static_cast<std::uint8_t>(written_);
    object.pixels(pixels);
    object.save(folder_ / name);
    return (folder_ / name).string();
  }

  /// The id that it waits under.
  std::string quarantine(const std::string& file) {
    const nlohmann::json waiting = document("ingest " + file, 6)["quarantined"];
    EXPECT_EQ(waiting.size(), 1U);
    return waiting.at(0)["id"];
  }

 private:
  int written_ = 0;
};

}  // namespace sonotwin
