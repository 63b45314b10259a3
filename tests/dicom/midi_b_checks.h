// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "sonotwin/media/clip.h"

namespace sonotwin::dicom::test {

/// The ten checks by which the MIDI-B benchmark scores de-identification, on one object and its
/// copy, both read by DCMTK. Paths are as dcmtk's DcmPathProcessor has them: "PatientID",
/// "SequenceOfUltrasoundRegions[0].RegionFlags".
/// Source: Medical Image De-Identification Benchmark challenge, 2024, table of answer types.
class MidiBChecks {
 public:
  MidiBChecks(const std::filesystem::path& original, const std::filesystem::path& copy);

  [[nodiscard]] testing::AssertionResult tagRetained(const char* path);
  [[nodiscard]] testing::AssertionResult textNotNull(const char* path);
  /// The copy's text is the original's.
  [[nodiscard]] testing::AssertionResult textRetained(const char* path);
  /// `text`, which is in the original's attribute, is not in the copy's.
  [[nodiscard]] testing::AssertionResult textRemoved(const char* path, std::string_view text);
  [[nodiscard]] testing::AssertionResult dateShifted(const char* path, int days);
  [[nodiscard]] testing::AssertionResult uidChanged(const char* path);
  /// Each UID of the original became the same one everywhere, in all objects that share `seen`.
  [[nodiscard]] testing::AssertionResult uidConsistent(const char* path,
                                                       std::map<std::string, std::string>& seen);
  [[nodiscard]] testing::AssertionResult patientIdConsistent(
      std::map<std::string, std::string>& seen);
  /// Every pixel of the box is black on every frame.
  [[nodiscard]] testing::AssertionResult pixelsHidden(const media::PixelRectangle& box);
  /// Every pixel beside the boxes is the original's, on every frame.
  [[nodiscard]] testing::AssertionResult pixelsRetained(
      std::span<const media::PixelRectangle> boxes);

 private:
  std::filesystem::path original_path_;
  std::filesystem::path copy_path_;
  DcmFileFormat original_;
  DcmFileFormat copy_;
};

}  // namespace sonotwin::dicom::test
