// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sonotwin::dicom {

/// Texts of the files of the same names in resources/, which explain their columns.
extern const char* const kConfidentialityProfile;
extern const char* const kUltrasoundAttributes;
extern const char* const kDescriptorWords;
extern const char* const kCodeWords;

}  // namespace sonotwin::dicom
