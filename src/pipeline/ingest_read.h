// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ingest_sources.h"
#include "sonotwin/dicom/reader.h"
#include "sonotwin/pipeline/ingest.h"

namespace sonotwin::pipeline {

/// What one file gives: its clip and where it belongs.
struct ReadSource {
  std::optional<dicom::OpenedObject> object;  ///< where it is DICOM
  media::Clip clip;
  store::Origin origin;
  store::PatientIdentity identity;
  std::vector<std::string> notes;
};

/// Reads a file, with the calibration that was given or lies beside it. @throws Error(kBadInput)
[[nodiscard]] ReadSource readSource(const SourceFile& file, const IngestOptions& options);

/// What tells this file, as read with these options, from any other; empty where its pixels lie in
/// another file: then they tell.
[[nodiscard]] std::string sourceFingerprint(const SourceFile& file, const IngestOptions& options,
                                            const Progress& progress);

/// Of the calibration that would be applied; empty: none.
[[nodiscard]] std::string calibrationSha256(const SourceFile& file, const IngestOptions& options,
                                            const Progress& progress);

/// Days since 1970-01-01 of --exam-date. @throws Error(kBadInput)
[[nodiscard]] std::optional<int> dayOfOption(const std::optional<std::string>& exam_date);

}  // namespace sonotwin::pipeline
