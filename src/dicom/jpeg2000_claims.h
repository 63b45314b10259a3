// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codestream.h"

namespace sonotwin::dicom {

/// The JPEG 2000 codestream in a frame, without the boxes of a JP2 file that some writers leave
/// around it, its header checked.
///
/// OpenJPEG takes memory for every tile, component, precinct and code block that a header claims,
/// before it has seen any of them: 140 bytes have cost it 4.6 GB. Here claims are held against what
/// pictures have, and against the bytes that are there.
///
/// @throws Error(kBadInput). Source: ISO/IEC 15444-1 annex A, A.6.1, B.6.
[[nodiscard]] Bytes checkedCodestream(Bytes frame);

}  // namespace sonotwin::dicom
