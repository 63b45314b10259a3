// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "sonotwin/media/clip.h"
#include "sonotwin/media/mask.h"

namespace sonotwin::media {

/// True where the name says sequence or image file: .mha .mhd .nrrd .nhdr (with or without .igs).
[[nodiscard]] bool isSequenceFile(const std::filesystem::path& path);

/// Reads a tracked (or plain) image sequence as PLUS and 3D Slicer write it: MetaImage or NRRD,
/// local or separate data, zlib-compressed or not, whole numbers or float, grey or RGB.
///
/// Pixels are brought to MF: columns run towards the marked side, rows away from the probe, as
/// `UltrasoundImageOrientation` says; an unknown orientation is kept as stored and noted in
/// `info.assumptions`. Signed or wide samples become float where 16 bits do not hold them. Each
/// slice of a 3D frame becomes a frame without a pose.
///
/// Poses become `world_from_probe`. The world is Reference where the file's transforms lead there
/// (frame by frame: it moves with the patient), else Tracker, else the one frame of reference that
/// the probe is given in. Where the file places the picture itself (ImageToReference), the probe's
/// frame is put at its first pixel. A pose is valid only if every transform on the way is, it is
/// rigid, and the recorder calls the picture valid. `probe_from_image` is set only where the file
/// carries ImageToProbe, `spacing_mm` only from that or from a spacing other than 1.
///
/// Cost: headers are read whole. Uncompressed frames are read from the file one at a time;
/// compressed data are inflated once, at the first frame asked for, and kept (8 GB at most).
///
/// @throws Error(kBadInput) naming the file, the field and the remedy; Error(kNotFound) naming a
///         data file that is missing. Sizes are checked against the file before memory is taken.
/// Source: PLUS user manual, "Sequence metafile"; ITK MetaImage documentation; NRRD 5.
[[nodiscard]] Clip readSequence(const std::filesystem::path& path);

/// Writes a clip as `.igs.mha` (MFA orientation, uncompressed or one zlib stream): per frame
/// `ProbeTo<World>Transform` with its status, and timestamps where they are known; ImageToProbe
/// and pixel spacing where the clip has them, BodyPartExamined where it is set. Read back by PLUS,
/// 3D Slicer, ITK and `readSequence`. Never half-written. @throws Error(kBadInput | kDevice)
void writeSequence(const std::filesystem::path& path, const Clip& clip, bool compressed);

/// Writes a clip's grey frames as `.nrrd` in the plane of the picture: two axes with the pixel
/// spacing where it is known, and a third of kind `list`, which has no spacing. Frames need not lie
/// a fixed step apart, so none is written. `labels` are named as in `writeVolume`.
/// Never half-written. @throws Error(kBadInput | kDevice)
void writeFrameStack(const std::filesystem::path& path, const Clip& clip,
                     const std::vector<Label>& labels);

}  // namespace sonotwin::media
