// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/dicom/frame_codec.h"
#include "sonotwin/dicom/reader.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::dicom {

/// What stands for the identity of the patient of one object. Made by whoever holds the key.
struct Pseudonyms {
  std::string patient_id;  ///< for Patient ID and Patient's Name, e.g. "P-7F3A-21C8"
  int day_shift = 0;       ///< days added to every date of this patient
  /// From an original UID to its keyed one under 2.25., the same each time.
  std::function<std::string(const std::string&)> uid;
};

/// Options of the Basic Application Level Confidentiality Profile. Source: PS3.15 E.3.
struct DeidentifyOptions {
  bool shift_dates = true;  ///< by Pseudonyms::day_shift, times kept; else dates and times go
  bool keep_device = false;
  bool keep_patient_characteristics = false;  ///< sex, size, weight, age (those above 89 as 90)
  bool clean_descriptors = false;  ///< keep those words of descriptions that are known terms
  /// Somebody has looked and found no text in the pictures: they are declared clean (Burned In
  /// Annotation NO) even where nothing was blanked.
  bool pixels_confirmed = false;
};

/// What was done to one attribute: never its value.
struct AttributeAction {
  std::string path;     ///< "(0010,0010)" or "(0040,0275)[0].(0040,0007)"
  std::string keyword;  ///< "Private" for private attributes, "Unknown" for those of no dictionary
  /// "X" removed, "Z" emptied, "D" dummy value, "U" keyed UID, "C" cleaned, "K" kept, "shift",
  /// "mask" (unused bits of pixels), "blank" (boxes of pixels), "recode" (blanked and encoded
  /// anew, losslessly), "add"
  std::string action;
  bool operator==(const AttributeAction&) const = default;
};

struct Deidentified {
  std::vector<AttributeAction> actions;  ///< of every attribute there was, and of those added
  EncodedFrames frames;                  ///< of the destination file
  std::string sop_class_uid;
  std::string sop_instance_uid;  ///< the new one
  std::string method;            ///< as written to De-identification Method
};

/// Whether an object with this De-identification Method was de-identified with these options, but
/// for what was known of its pixels.
[[nodiscard]] bool sameOptions(std::string_view method, const DeidentifyOptions& options);

/// Writes a de-identified copy of an ultrasound object as a valid DICOM file.
///
/// Header: only attributes of the object's kind pass; each by the profile's action, resolved by its
/// type in that kind, in sequences to any depth. Private attributes, overlays, icons, curves, ICC
/// profiles, preamble and padding go. Text that stays is plain ASCII and holds no word that names
/// anybody or any place in this object.
/// Pixels: frames keep their encoding, one fragment each, without comments and application data.
/// Where `blank` asks for it, uncompressed pixels are blanked in place; compressed frames become
/// RLE Lossless. Pixels outside the boxes stay as they were. Big-endian and deflated objects are
/// written as Explicit VR Little Endian.
///
/// @param destination  overwritten; not flushed to the disk, which is for whoever moves it into
///                     place. Removed again on failure.
/// @param blank        boxes blanked on every frame, in pixels; parts outside the picture count
/// not. Holds one frame at a time in memory. Deterministic.
/// @throws Error(kBadInput) as `readDicom` does; Error(kDevice) where the destination cannot be
///         written; Error(kCancelled).
/// Source: PS3.15 annex E, table E.1-1; PS3.3 annex A; PS3.16 CID 7050.
[[nodiscard]] Deidentified deidentify(const std::filesystem::path& source,
                                      const std::filesystem::path& destination,
                                      const Pseudonyms& pseudonyms,
                                      const DeidentifyOptions& options,
                                      std::span<const media::PixelRectangle> blank,
                                      const Progress& progress);
[[nodiscard]] Deidentified deidentify(const OpenedObject& source,
                                      const std::filesystem::path& destination,
                                      const Pseudonyms& pseudonyms,
                                      const DeidentifyOptions& options,
                                      std::span<const media::PixelRectangle> blank,
                                      const Progress& progress);

/// The complement of the union of `regions` in a picture, as boxes that do not overlap, top to
/// bottom. Regions without area or with a missing corner cover nothing; without any region, the
/// whole picture is one box.
[[nodiscard]] std::vector<media::PixelRectangle> outsideRegions(
    std::span<const media::UltrasoundRegion> regions, int cols, int rows);

}  // namespace sonotwin::dicom
