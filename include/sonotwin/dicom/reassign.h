// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "sonotwin/base/progress.h"
#include "sonotwin/dicom/frame_codec.h"

namespace sonotwin::dicom {

/// Whom an object is to be given to.
struct Assignee {
  std::string patient_id;  ///< for Patient ID and Patient's Name
  int days = 0;            ///< to move every date by, beyond what it was shifted by before
};

/// Writes a copy of an object that `deidentify` wrote in the name of another pseudonym. All else,
/// UIDs and frames too, stays. Dates that stand for none stay as well.
/// @param frames       where they lie in `source`, as `deidentify` told
/// @param destination  overwritten; not flushed. Removed again on failure.
/// @throws Error(kBadInput) where `source` cannot be parsed; Error(kDevice) where the destination
///         cannot be written; Error(kCancelled)
void reassign(const std::filesystem::path& source, const std::filesystem::path& destination,
              const Assignee& assignee, std::span<const FrameBytes> frames,
              const Progress& progress);

}  // namespace sonotwin::dicom
