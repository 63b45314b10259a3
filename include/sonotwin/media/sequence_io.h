// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "sonotwin/media/clip.h"

namespace sonotwin::media {

/// True where the name says sequence or image file: .mha .mhd .nrrd .nhdr (with or without .igs).
[[nodiscard]] bool isSequenceFile(const std::filesystem::path& path);

/// Reads a tracked (or plain) image sequence as PLUS and 3D Slicer write it: MetaImage or NRRD,
/// local or separate data, zlib-compressed or not, 8/16-bit, grey or RGB.
///
/// Pixels are brought to MF (row 0 near the probe, column 0 unmarked side... as
/// `UltrasoundImageOrientation` says); poses become `world_from_probe` with world = Reference
/// where `ReferenceToTrackerTransform` is there, else Tracker. The file carries no calibration:
/// `probe_from_image` stays empty.
///
/// @throws Error(kBadInput) naming the file, the field and the remedy; Error(kNotFound) naming a
///         data file that is missing.
/// Source: PLUS user manual, "Sequence metafile"; ITK MetaImage documentation; NRRD 5.
[[nodiscard]] Clip readSequence(const std::filesystem::path& path);

/// Writes a clip as `.igs.mha` (MFA orientation, uncompressed or zlib), with ProbeToTracker (and
/// Reference as identity-free world: the transform is written to the clip's world), status and
/// timestamps. Read back by PLUS, 3D Slicer and `readSequence`. @throws Error(kDevice)
void writeSequence(const std::filesystem::path& path, const Clip& clip, bool compressed);

}  // namespace sonotwin::media
