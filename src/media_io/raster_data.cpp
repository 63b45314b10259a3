// SPDX-License-Identifier: Apache-2.0
#include "raster_data.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <string>

#include "inflate.h"
#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
constexpr std::uint64_t kChunk = 1ULL << 22;

class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) {
      throwNotFound("Cannot read " + path.string() + ": " + std::strerror(errno) + ".");
    }
  }
  ~OpenFile() { ::close(descriptor_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  /// Bytes read: fewer than asked for at the end of the file.
  std::size_t readAt(std::uint64_t offset, std::span<std::byte> target) const {
    std::size_t done = 0;
    while (done < target.size()) {
      const ssize_t got = ::pread(descriptor_, target.data() + done, target.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  int descriptor_;
};

template <class T>
bool holdsNegative(std::span<const std::byte> bytes) {
  const std::span values(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T));
  return std::ranges::any_of(values, [](T value) { return value < 0; });
}

}  // namespace

void swapEach(std::span<std::byte> bytes, std::size_t width) {
  for (auto at = bytes.begin(); at < bytes.end(); at += static_cast<std::ptrdiff_t>(width)) {
    std::reverse(at, at + static_cast<std::ptrdiff_t>(width));
  }
}
bool anyNegative(std::span<const std::byte> samples, SampleType type) {
  if (type == SampleType::kInt8) return holdsNegative<std::int8_t>(samples);
  return type == SampleType::kInt16 && holdsNegative<std::int16_t>(samples);
}

PixelType pixelTypeFor(SampleType type, bool any_negative) {
  switch (type) {
    case SampleType::kUint8:
      return PixelType::kUint8;
    case SampleType::kUint16:
      return PixelType::kUint16;
    case SampleType::kInt8:
      return any_negative ? PixelType::kFloat32 : PixelType::kUint8;
    case SampleType::kInt16:
      return any_negative ? PixelType::kFloat32 : PixelType::kUint16;
    default:
      return PixelType::kFloat32;
  }
}

RasterData::RasterData(const RasterHeader& header)
    : file_(header.data_file),
      offset_(header.data_offset),
      stored_bytes_(header.stored_bytes),
      sample_bytes_(header.sample_bytes),
      type_(header.sample),
      compressed_(header.compressed),
      swap_(bytesPerSample(header.sample) > 1 &&
            header.big_endian != (std::endian::native == std::endian::big)) {}

std::vector<std::byte> RasterData::readStored(std::uint64_t offset, std::uint64_t count) const {
  std::vector<std::byte> bytes = zeroedBytes(count);
  if (OpenFile(file_).readAt(offset_ + offset, bytes) != count) {
    throw Error(ErrorKind::kDamaged,
                "the data end too early. The file was cut short; copy it again.");
  }
  return bytes;
}

void RasterData::inflateOnce() const {
  const std::scoped_lock lock(guard_);
  if (inflated_) return;
  const OpenFile file(file_);
  Inflater inflater;
  std::vector<std::byte> samples = zeroedBytes(sample_bytes_);
  std::vector<std::byte> input(std::min(kChunk, stored_bytes_));
  std::uint64_t filled = 0;
  bool more = true;
  for (std::uint64_t at = 0; more && at < stored_bytes_;) {
    const auto wanted = std::min<std::uint64_t>(input.size(), stored_bytes_ - at);
    const std::size_t got = file.readAt(offset_ + at, std::span(input).first(wanted));
    more = inflater.feed(std::span(input).first(got), samples, filled) && got == wanted;
    at += got;
  }
  // What was decoded before a damaged spot is whole: those frames stay readable.
  samples.resize(filled);
  samples_ = std::move(samples);
  inflated_ = true;
}

std::vector<std::byte> RasterData::read(std::uint64_t offset, std::uint64_t count) const {
  std::vector<std::byte> bytes;
  if (compressed_) {
    inflateOnce();
    if (offset > samples_.size() || count > samples_.size() - offset) {
      throw Error(ErrorKind::kDamaged,
                  "the compressed data are damaged or end too early. Copy the file again.");
    }
    const auto first = samples_.begin() + static_cast<std::ptrdiff_t>(offset);
    bytes.assign(first, first + static_cast<std::ptrdiff_t>(count));
  } else {
    bytes = readStored(offset, count);
  }
  if (swap_) swapEach(bytes, bytesPerSample(type_));
  return bytes;
}

PixelType RasterData::pixelType() const {
  if (type_ != SampleType::kInt8 && type_ != SampleType::kInt16) return pixelTypeFor(type_, false);
  bool negative = false;
  for (std::uint64_t at = 0; !negative && at < sample_bytes_; at += kChunk) {
    negative = anyNegative(read(at, std::min(kChunk, sample_bytes_ - at)), type_);
  }
  return pixelTypeFor(type_, negative);
}

namespace {
template <class From, class To>
void convert(const From* source, std::ptrdiff_t stride, std::size_t count, To* target,
             std::size_t target_stride) {
  for (std::size_t i = 0; i < count; ++i, source += stride, target += target_stride) {
    *target = static_cast<To>(*source);
  }
}

template <class From>
void convertFrom(std::span<const std::byte> samples, std::ptrdiff_t first, std::ptrdiff_t stride,
                 std::size_t count, PixelType to, std::byte* target, std::size_t target_stride) {
  const auto* source = reinterpret_cast<const From*>(samples.data()) + first;
  switch (to) {
    case PixelType::kUint8:
      return convert(source, stride, count, reinterpret_cast<std::uint8_t*>(target), target_stride);
    case PixelType::kUint16:
      return convert(source, stride, count, reinterpret_cast<std::uint16_t*>(target),
                     target_stride);
    case PixelType::kFloat32:
      return convert(source, stride, count, reinterpret_cast<float*>(target), target_stride);
  }
}
}  // namespace

void convertSamples(std::span<const std::byte> samples, SampleType from, std::ptrdiff_t first,
                    std::ptrdiff_t stride, std::size_t count, PixelType to, std::byte* target,
                    std::size_t target_stride) {
  const auto run = [&](auto zero) {
    convertFrom<decltype(zero)>(samples, first, stride, count, to, target, target_stride);
  };
  switch (from) {
    case SampleType::kInt8:
      return run(std::int8_t{});
    case SampleType::kUint8:
      return run(std::uint8_t{});
    case SampleType::kInt16:
      return run(std::int16_t{});
    case SampleType::kUint16:
      return run(std::uint16_t{});
    case SampleType::kInt32:
      return run(std::int32_t{});
    case SampleType::kUint32:
      return run(std::uint32_t{});
    case SampleType::kFloat32:
      return run(float{});
    case SampleType::kFloat64:
      return run(double{});
  }
}

}  // namespace sonotwin::media
