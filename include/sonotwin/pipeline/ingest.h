// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/error.h"
#include "sonotwin/base/progress.h"
#include "sonotwin/dicom/deidentify.h"
#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {

struct IngestOptions {
  std::string patient;  ///< for formats that carry none; empty: one per folder, noted
  std::optional<std::string> exam_date;              ///< YYYY-MM-DD, likewise
  std::optional<std::filesystem::path> calibration;  ///< for tracked sweeps
  dicom::DeidentifyOptions deidentify;               ///< of DICOM objects
  /// A person has looked at every picture and vouches that none names anybody: no search for text,
  /// no quarantine. What lies outside ultrasound regions is blanked all the same.
  bool pixels_checked = false;
  /// Blanked on every frame of pictures and sweeps, which have no regions.
  std::vector<media::PixelRectangle> blank;
};

struct IngestedFile {
  std::filesystem::path path;
  store::ClipRow clip;
  std::vector<std::string> notes;  ///< what the reader had to assume
};
struct QuarantinedFile {
  std::filesystem::path path;
  std::string id;  ///< it waits under
  std::string reason;
  int found = 0;  ///< places that look like text
  media::ClipInfo info;
  std::vector<std::string> notes = {};
};
struct RefusedFile {
  std::filesystem::path path;
  std::string reason;  ///< one line, without the path
};

struct IngestReport {
  std::vector<IngestedFile> added;
  std::vector<IngestedFile> known;
  std::vector<QuarantinedFile> quarantined;  ///< until a person has looked at their pixels
  std::vector<RefusedFile> refused;
  /// In folders: what is neither image nor sequence, or no file (a pipe, a link to a folder).
  std::vector<std::filesystem::path> passed_over;
};

/// An ingest that could not go on, for a full disk for one, or was cancelled.
class IngestStopped : public Error {
 public:
  IngestStopped(const Error& why, std::filesystem::path at, IngestReport report);
  /// The first file that the report does not answer for.
  [[nodiscard]] const std::filesystem::path& at() const noexcept { return *at_; }
  /// What was done before; what it says was added stays in the store.
  [[nodiscard]] const IngestReport& report() const noexcept { return *report_; }

 private:
  std::shared_ptr<const std::filesystem::path> at_;
  std::shared_ptr<const IngestReport> report_;
};

/// Takes files and folders (recursively; a DICOMDIR by what it lists) into the store. Several are
/// prepared at once and some added together, in order: killed at any moment, what is in is whole,
/// and running again completes it. Within
/// a folder, files that are neither images nor sequences are passed over; a named file is always
/// answered for. A calibration XML or JSON lying alone beside a sweep is used and noted.
///
/// DICOM objects are de-identified and kept as DICOM; those that may show text wait in the store's
/// quarantine. So does a picture or sweep in which print was surely read, whole, as it was read;
/// doubtful words in one are noted. What came before is known, and where other options of
/// de-identification are asked for now, that is noted. Where the store has a vault, who the
/// patients are is sealed in it before they are in the store.
/// @throws Error(kNotFound) if a path does not exist; IngestStopped(kCancelled | kDevice | ...)
[[nodiscard]] IngestReport ingest(store::Store& store,
                                  const std::vector<std::filesystem::path>& paths,
                                  const IngestOptions& options, const Progress& progress);

}  // namespace sonotwin::pipeline
