// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/sequence_io.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "frame_layout.h"
#include "header_lines.h"
#include "raster_data.h"
#include "raster_header.h"
#include "sequence_fields.h"
#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
/// Takes one frame out of the file's samples and turns it to MF.
class SequenceFrames final : public FrameSource {
 public:
  SequenceFrames(const RasterHeader& header, const FrameLayout& layout)
      : file_(header.file.string()), layout_(layout), data_(header), type_(data_.pixelType()) {}

  [[nodiscard]] PixelType type() const noexcept { return type_; }
  [[nodiscard]] Image frame(int index) const override;

 private:
  void take(std::span<const std::byte> window, std::int64_t first, Image& image) const;

  std::string file_;
  FrameLayout layout_;
  RasterData data_;
  PixelType type_;
};

Image SequenceFrames::frame(int index) const {
  if (index < 0 || index >= layout_.frameCount()) {
    throwNotFound(file_ + " has no frame " + std::to_string(index) + ".");
  }
  const std::int64_t at = layout_.origin + (index % layout_.slices) * layout_.slice_stride +
                          (index / layout_.slices) * layout_.time_stride;
  // The smallest stretch of the file with all of the frame's samples in it.
  std::int64_t low = at, high = at;
  for (const auto& [stride, count] :
       {std::pair{layout_.col_stride, layout_.cols}, std::pair{layout_.row_stride, layout_.rows},
        std::pair{layout_.channel_stride, layout_.channels}}) {
    (stride < 0 ? low : high) += stride * (count - 1);
  }
  const std::uint64_t width = bytesPerSample(data_.sampleType());
  Image image(layout_.rows, layout_.cols, layout_.channels, type_);
  try {
    take(data_.read(static_cast<std::uint64_t>(low) * width,
                    static_cast<std::uint64_t>(high - low + 1) * width),
         at - low, image);
  } catch (const Error& error) {
    throw Error(error.kind(), file_ + ": frame " + std::to_string(index) + ": " + error.what());
  }
  return image;
}

void SequenceFrames::take(std::span<const std::byte> window, std::int64_t first,
                          Image& image) const {
  const std::size_t pixel_bytes = bytesPerSample(type_);
  const auto channels = static_cast<std::size_t>(image.channels);
  const auto cols = static_cast<std::size_t>(image.cols);
  for (int row = 0; row < image.rows; ++row) {
    for (std::size_t channel = 0; channel < channels; ++channel) {
      std::byte* target = image.data.data() +
                          (static_cast<std::size_t>(row) * cols * channels + channel) * pixel_bytes;
      const std::int64_t source = first + row * layout_.row_stride +
                                  static_cast<std::int64_t>(channel) * layout_.channel_stride;
      convertSamples(window, data_.sampleType(), source, layout_.col_stride, cols, type_, target,
                     channels);
    }
  }
}

void describeSamples(const RasterHeader& header, ClipInfo& info) {
  const std::string_view kind = header.field("UltrasoundImageType");
  if (kind.starts_with("RF")) {
    info.assumptions.push_back("The file holds raw echoes (RF), not B-mode grey levels.");
  }
  if (info.type == PixelType::kFloat32 && header.sample != SampleType::kFloat32) {
    info.assumptions.push_back("Samples are signed or wider than 16 bits: read as 32-bit float.");
  }
}

void describeSpacing(const FrameLayout& layout, ClipInfo& info) {
  if (info.probe_from_image) {
    const Eigen::Matrix3d linear = info.probe_from_image->linear();
    info.spacing_mm = std::array{linear.col(0).norm(), linear.col(1).norm()};
    info.spacing_source = "ImageToProbe transform in the file";
  } else if (layout.spacing_mm) {
    info.spacing_mm = layout.spacing_mm;
    info.spacing_source = "pixel spacing in the file's header";
  } else {
    info.spacing_source = "uncalibrated: the file gives no pixel size; pass a calibration file";
  }
}
}  // namespace

bool isSequenceFile(const std::filesystem::path& path) {
  static constexpr std::array<std::string_view, 4> kExtensions = {".mha", ".mhd", ".nrrd", ".nhdr"};
  return std::ranges::find(kExtensions, folded(path.extension().string())) != kExtensions.end();
}

Clip readSequence(const std::filesystem::path& path) {
  const RasterHeader header = readRasterHeader(path);
  const FrameLayout layout = layOutFrames(header);
  const auto source = std::make_shared<const SequenceFrames>(header, layout);
  Clip clip;
  ClipInfo& info = clip.info;
  info.frame_count = layout.frameCount();
  info.rows = layout.rows;
  info.cols = layout.cols;
  info.channels = layout.channels;
  info.type = source->type();
  info.orientation = layout.orientation;
  info.body_region = header.field("BodyPartExamined");
  info.source_format = header.format + " sequence";
  info.assumptions = layout.assumptions;
  clip.pixels = source;
  clip.frames.resize(static_cast<std::size_t>(info.frame_count));
  readTimes(header, layout.slices, clip);
  readPoses(header, layout.slices, clip);
  describeSpacing(layout, info);
  describeSamples(header, info);
  return clip;
}

}  // namespace sonotwin::media
