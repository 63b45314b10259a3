// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "frame_bytes.h"
#include "load_object.h"
#include "pixel_recipe.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::dicom {

/// Frames of one DICOM file, each read from it and decoded when asked for.
class DicomFrames final : public media::FrameSource {
 public:
  /// Decides from the header and the first frame what the pixels mean.
  /// @throws Error(kBadInput) with the reason; the caller names the file.
  DicomFrames(std::filesystem::path path, LoadedObject object, PixelFormat format);

  /// @throws Error(kBadInput | kNotFound) that names the file and the frame.
  [[nodiscard]] media::Image frame(int index) const override;

  [[nodiscard]] const PixelRecipe& recipe() const noexcept { return recipe_; }
  /// What had to be assumed about the pixels.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  [[nodiscard]] std::optional<Codestream> headerOf(Bytes frame) const;
  [[nodiscard]] Samples decode(std::vector<std::byte> frame, bool ycbcr) const;
  void note(std::string text);

  std::filesystem::path path_;
  PixelFormat format_;
  Codec codec_;
  PixelRecipe recipe_;
  bool decoder_converts_ = false;  ///< from YCbCr to RGB
  int precision_ = 8;              ///< bits of a decoded sample
  std::vector<std::string> notes_;
  std::optional<FrameBytes> bytes_;
};

}  // namespace sonotwin::dicom
