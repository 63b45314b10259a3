// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "codestream.h"
#include "pixel_format.h"
#include "pixel_recipe.h"

namespace sonotwin::dicom {

struct ColourDecision {
  ColourModel model = ColourModel::kGrey;
  std::string note;  ///< what speaks against the header, where something does
};

/// What the samples of a file mean. The header may lie about colour: what a compressed stream says
/// of itself is believed first; where it is silent and the header improbable, the picture decides.
///
/// @param stream       header of the first frame; nothing for uncompressed and RLE frames.
/// @param first_frame  decodes the first frame without any colour conversion; called only where
///                     the picture has to decide.
[[nodiscard]] ColourDecision decideColour(const PixelFormat& format, Codec codec,
                                          const std::optional<Codestream>& stream,
                                          const std::function<Samples()>& first_frame);

}  // namespace sonotwin::dicom
