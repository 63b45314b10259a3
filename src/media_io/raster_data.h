// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "raster_header.h"
#include "sonotwin/media/image.h"

namespace sonotwin::media {

/// Reverses the bytes of every sample of `width` bytes.
void swapEach(std::span<std::byte> bytes, std::size_t width);
/// True where a signed 8- or 16-bit sample lies below 0.
[[nodiscard]] bool anyNegative(std::span<const std::byte> samples, SampleType type);
/// Type that holds every sample: 8- and 16-bit as they are where none is negative, else float.
[[nodiscard]] PixelType pixelTypeFor(SampleType type, bool any_negative);

/// The samples behind a header, in this machine's byte order. Uncompressed data are read piece by
/// piece; compressed data are inflated once, when first asked for, and kept. Any thread.
class RasterData {
 public:
  explicit RasterData(const RasterHeader& header);

  /// Bytes [offset, offset + count) of the uncompressed samples; both multiples of a sample.
  /// @throws Error(kDamaged) if the stream ends before, Error(kNotFound) if the file has gone.
  [[nodiscard]] std::vector<std::byte> read(std::uint64_t offset, std::uint64_t count) const;
  [[nodiscard]] SampleType sampleType() const noexcept { return type_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return sample_bytes_; }

  /// pixelTypeFor these samples; signed ones are all looked at.
  [[nodiscard]] PixelType pixelType() const;

 private:
  [[nodiscard]] std::vector<std::byte> readStored(std::uint64_t offset, std::uint64_t count) const;
  void inflateOnce() const;

  std::filesystem::path file_;
  std::uint64_t offset_, stored_bytes_, sample_bytes_;
  SampleType type_;
  bool compressed_, swap_;
  mutable std::mutex guard_;
  mutable bool inflated_ = false;
  mutable std::vector<std::byte> samples_;
};

/// `count` samples that lie `stride` apart, from `source` on, as `target` type. Exact but for
/// 32-bit integers and doubles, which become float.
void convertSamples(std::span<const std::byte> samples, SampleType from, std::ptrdiff_t first,
                    std::ptrdiff_t stride, std::size_t count, PixelType to, std::byte* target,
                    std::size_t target_stride);

}  // namespace sonotwin::media
