// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sonotwin/media/clip.h"
#include "sonotwin/media/image.h"

namespace sonotwin::media {

/// Finds the part of the pictures that is ultrasound: what is not background, in one large piece.
/// Letterbox, rulers, grey scales and text beside it are left out.
///
/// A rectangle always (linear arrays; the picture's own border may cut it); a fan too where both
/// its straight sides are seen (curved and phased arrays).
/// @param frames  of one clip, all of one size; more of them show dark parts better
/// @returns nothing set where the pictures show no such piece: all of the picture is to be used.
[[nodiscard]] ScanSector findSector(std::span<const Image> frames);

/// The clip's own sector where a calibration gives one; else what `findSector` finds in up to 8
/// frames from all over it, within the header's one region of tissue where there is one.
[[nodiscard]] ScanSector sectorOf(const Clip& clip);

}  // namespace sonotwin::media
