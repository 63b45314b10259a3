// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sonotwin/media/clip.h"

namespace sonotwin::dicom {

/// What identifies the patient and places the object in time. Used to derive pseudonyms and
/// intervals while ingesting; never stored (but sealed, where the store has a vault), logged or
/// shown outside the import of that file.
struct Identity {
  std::string patient_id;
  std::string issuer;
  std::string patient_name;
  std::string birth_date;  ///< YYYYMMDD, or empty
  std::string study_uid;
  std::string series_uid;
  std::string instance_uid;
  std::string study_date;  ///< YYYYMMDD, or empty
  std::string study_time;  ///< HHMMSS, or empty
};

struct LoadedObject;

/// A DICOM file, parsed once for all that is done with it. Pixels stay in the file. One thread at a
/// time.
class OpenedObject {
 public:
  /// @throws Error as `readDicom` does
  explicit OpenedObject(std::filesystem::path path);
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] const LoadedObject& loaded() const noexcept { return *loaded_; }

 private:
  std::filesystem::path path_;
  std::shared_ptr<const LoadedObject> loaded_;
};

struct DicomClip {
  media::Clip clip;  ///< frames are decoded on demand from the file
  Identity identity;
};

/// True where the file has a DICOM preamble or parses as a DICOM data set without one.
[[nodiscard]] bool looksLikeDicom(const std::filesystem::path& path);

/// Opens an ultrasound object: any uncompressed, deflated, RLE, JPEG baseline / extended /
/// lossless, JPEG-LS or JPEG 2000 syntax; MONOCHROME1/2, RGB, YBR variants, PALETTE COLOR. Pixels
/// come out as grey (MONOCHROME1 inverted) or RGB. Pixel spacing comes from the ultrasound regions
/// only. Only attributes on an allow-list enter `clip.info`.
///
/// @throws Error(kBadInput) with one line that names the file and the reason; Error(kNotFound) if
///         there is no such file. `frame` throws the same, with the frame's index.
/// Source: PS3.3 C.7.6.3, C.8.5.5; PS3.5 section 8, annex A.
[[nodiscard]] DicomClip readDicom(const std::filesystem::path& path);
[[nodiscard]] DicomClip readDicom(const OpenedObject& object);

/// Files a DICOMDIR refers to, in order. @throws Error(kBadInput)
[[nodiscard]] std::vector<std::filesystem::path> filesOfDicomdir(const std::filesystem::path& path);

}  // namespace sonotwin::dicom
