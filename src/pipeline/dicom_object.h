// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "burned_in.h"
#include "sonotwin/dicom/deidentify.h"
#include "sonotwin/store/store.h"
#include "temporary_file.h"

namespace sonotwin::pipeline {

/// The de-identified copy of a DICOM file, on its way into the store or the quarantine.
struct ObjectCopy {
  TemporaryFile file;
  dicom::Deidentified done;
  std::string patient_id;  ///< that stands in it
  [[nodiscard]] std::uint64_t sizeBytes() const;
};

/// @param store   is read only
/// @param folder  for the copy
/// @param blank   boxes blanked on every frame
[[nodiscard]] ObjectCopy copyObject(const store::Store& store, const dicom::OpenedObject& object,
                                    const std::filesystem::path& folder,
                                    const store::Origin& origin,
                                    const dicom::DeidentifyOptions& options,
                                    std::span<const media::PixelRectangle> blank,
                                    const Progress& progress);

/// For the store to take; the copy is of no use afterwards.
[[nodiscard]] store::EncodedObject encodedObject(ObjectCopy& copy);

/// What de-identification did, each kind of act once with its count.
[[nodiscard]] store::IngestReport reportOf(const dicom::Deidentified& done);

}  // namespace sonotwin::pipeline
