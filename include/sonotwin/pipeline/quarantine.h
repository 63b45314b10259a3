// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/clip.h"
#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {

/// What waits, to be looked at: pixels as they came, header de-identified. Its frames can be read
/// as long as it waits. @throws Error(kNotFound) for an unknown id or one that is decided
[[nodiscard]] media::Clip quarantinedClip(const store::Store& store, const std::string& id);

/// PNG frames and frames.json with the boxes that were found, for a person to look at: they show
/// what the object shows, so a folder that is made for them is its owner's alone.
/// @throws as `quarantinedClip`; Error(kBadInput) for a range that does not fit and for a folder
///         inside the store, which holds nothing that names anybody
void exportQuarantinedFrames(const store::Store& store, const std::string& id,
                             const std::filesystem::path& folder, int first, int last,
                             const Progress& progress);

/// A person has looked at the pictures: blanks the boxes on every frame and takes the object into
/// the store. Pixels outside the boxes stay as they are.
/// @param boxes  in pixels; none: nothing in the pictures identifies anybody.
/// @throws Error(kNotFound) as above, Error(kBadInput) for a box outside the picture,
///         Error(kCancelled), Error(kDevice)
[[nodiscard]] store::AddedClip releaseFromQuarantine(store::Store& store, const std::string& id,
                                                     std::span<const media::PixelRectangle> boxes,
                                                     const Progress& progress);

}  // namespace sonotwin::pipeline
