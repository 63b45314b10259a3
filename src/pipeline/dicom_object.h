// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "burned_in.h"
#include "sonotwin/dicom/deidentify.h"
#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {

/// A DICOM file on its way in, read and placed.
struct DicomObject {
  std::filesystem::path path;
  media::Clip clip;
  store::Origin origin;
};

/// De-identifies it and adds it to the store as a valid DICOM file.
[[nodiscard]] store::AddedClip addObject(store::Store& store, const DicomObject& object,
                                         const BurnedIn& burned_in,
                                         const dicom::DeidentifyOptions& options,
                                         const Progress& progress);

/// De-identifies its header and lets it wait for a person. @returns the id it waits under
[[nodiscard]] std::string quarantineObject(store::Store& store, const DicomObject& object,
                                           const BurnedIn& burned_in,
                                           const dicom::DeidentifyOptions& options,
                                           const Progress& progress);

}  // namespace sonotwin::pipeline
