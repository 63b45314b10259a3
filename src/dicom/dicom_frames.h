// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "frame_decoder.h"
#include "frame_reader.h"
#include "load_object.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::dicom {

/// Frames of one DICOM file: their bytes, and how they are decoded.
struct ObjectFrames {
  std::unique_ptr<FrameReader> reader;
  FrameDecoder decoder;
  std::vector<std::string> notes;  ///< what had to be assumed about the pixels
};

/// Decides from the header and the first frame what the pixels mean. `dataset` must not lose its
/// pixel data while the frames are in use.
/// @throws Error(kBadInput) with the reason; the caller names the file.
[[nodiscard]] ObjectFrames openFrames(std::shared_ptr<DcmDataset> dataset, Codec codec,
                                      PixelFormat format);

/// The same as a clip's frames, each read from the file and decoded when asked for.
class DicomFrames final : public media::FrameSource {
 public:
  DicomFrames(std::filesystem::path path, ObjectFrames frames)
      : path_(std::move(path)), frames_(std::move(frames)) {}

  /// @throws Error(kBadInput | kNotFound) that names the file and the frame.
  [[nodiscard]] media::Image frame(int index) const override;

 private:
  std::filesystem::path path_;
  ObjectFrames frames_;
};

}  // namespace sonotwin::dicom
