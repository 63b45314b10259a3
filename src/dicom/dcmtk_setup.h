// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sonotwin::dicom {

/// Silences DCMTK's loggers (they print attribute values, and cost most of an import's time) and
/// registers its JPEG-LS decoder, once in the life of the process. Any thread.
/// @throws Error(kInternal) if DCMTK's data dictionary is not installed.
void prepareDcmtk();

}  // namespace sonotwin::dicom
