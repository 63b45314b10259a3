// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "image_codecs.h"

namespace sonotwin::media {
namespace {
// Source: Microsoft, BITMAPFILEHEADER and BITMAPINFOHEADER.
constexpr std::size_t kFileHeader = 14;
constexpr std::size_t kInfoHeader = 40;

class BmpFile {
 public:
  explicit BmpFile(const EncodedImage& encoded);
  [[nodiscard]] Image decode() const;

 private:
  [[nodiscard]] std::uint8_t byteAt(std::size_t at) const {
    return std::to_integer<std::uint8_t>(encoded_.bytes[at]);
  }
  [[nodiscard]] std::uint32_t number(std::size_t at, int bytes) const;
  [[nodiscard]] std::array<std::uint8_t, 3> colour(std::size_t row_start, int col) const;

  const EncodedImage& encoded_;
  std::size_t data_start_ = 0;
  std::size_t palette_start_ = 0;
  std::size_t row_bytes_ = 0;
  int cols_ = 0, rows_ = 0, bits_ = 0;
  bool top_down_ = false;
};

std::uint32_t BmpFile::number(std::size_t at, int bytes) const {
  std::uint32_t value = 0;
  for (int i = bytes - 1; i >= 0; --i)
    value = value << 8 | byteAt(at + static_cast<std::size_t>(i));
  return value;
}

BmpFile::BmpFile(const EncodedImage& encoded) : encoded_(encoded) {
  const std::size_t size = encoded.bytes.size();
  if (size < kFileHeader + kInfoHeader) encoded.refuse("the BMP ends too early. Export it again.");
  data_start_ = number(10, 4);
  const std::uint32_t info = number(14, 4);
  const auto signed_rows = static_cast<std::int32_t>(number(22, 4));
  const double cols = static_cast<std::int32_t>(number(18, 4));
  checkImageSize(encoded, cols, std::abs(static_cast<double>(signed_rows)), 1.0);
  cols_ = static_cast<int>(cols);
  rows_ = std::abs(signed_rows);
  top_down_ = signed_rows < 0;
  bits_ = static_cast<int>(number(28, 2));
  const bool known_bits = bits_ == 8 || bits_ == 24 || bits_ == 32;
  const std::uint32_t compression = number(30, 4);
  const bool plain = compression == 0 || (compression == 3 && bits_ == 32);
  if (info < kInfoHeader || info > 4096 || !known_bits || !plain) {
    encoded.refuse("only uncompressed 8-, 24- and 32-bit BMP is read. Convert it to PNG.");
  }
  palette_start_ = kFileHeader + info;
  row_bytes_ = (static_cast<std::size_t>(cols_) * static_cast<std::size_t>(bits_) + 31) / 32 * 4;
  const bool whole = data_start_ <= size &&
                     static_cast<std::size_t>(rows_) * row_bytes_ <= size - data_start_ &&
                     (bits_ != 8 || palette_start_ + 4 <= data_start_);
  if (!whole) encoded.refuse("the BMP ends too early. Export it again.");
}

std::array<std::uint8_t, 3> BmpFile::colour(std::size_t row_start, int col) const {
  const auto step = static_cast<std::size_t>(bits_ / 8);
  std::size_t at = row_start + static_cast<std::size_t>(col) * step;
  if (bits_ == 8) {
    at = palette_start_ + 4 * static_cast<std::size_t>(byteAt(at));
    if (at + 4 > data_start_) encoded_.refuse("a pixel names a colour the BMP does not have.");
  }
  return {byteAt(at + 2), byteAt(at + 1), byteAt(at)};
}

Image BmpFile::decode() const {
  Image image(rows_, cols_, 3);
  auto target = image.samples<std::uint8_t>().begin();
  for (int row = 0; row < rows_; ++row) {
    const int stored = top_down_ ? row : rows_ - 1 - row;
    const std::size_t start = data_start_ + static_cast<std::size_t>(stored) * row_bytes_;
    for (int col = 0; col < cols_; ++col)
      target = std::ranges::copy(colour(start, col), target).out;
  }
  return bits_ == 8 ? grayWhereColourless(std::move(image)) : image;
}
}  // namespace

Image decodeBmp(const EncodedImage& encoded) {
  return BmpFile(encoded).decode();
}

}  // namespace sonotwin::media
