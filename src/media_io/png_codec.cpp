// SPDX-License-Identifier: Apache-2.0
#include <png.h>

#include <array>
#include <bit>
#include <csetjmp>
#include <cstring>
#include <vector>

#include "image_codecs.h"

namespace sonotwin::media {
namespace {
// libpng leaves by longjmp, which runs no destructors: whatever lives across a call into it
// stands here, outside the functions that longjmp leaves.
struct Decoding {
  std::span<const std::byte> rest;
  std::array<char, 160> problem{};
  png_structp png = nullptr;
  png_infop header = nullptr;
  bool palette = false;
  std::vector<png_bytep> row_starts;

  ~Decoding() { png_destroy_read_struct(&png, &header, nullptr); }
};

struct Encoding {
  std::vector<std::byte> bytes;
  std::array<char, 160> problem{};
  png_structp png = nullptr;
  png_infop header = nullptr;

  ~Encoding() { png_destroy_write_struct(&png, &header); }
};

void fail(png_structp png, png_const_charp text) {
  std::strncpy(static_cast<char*>(png_get_error_ptr(png)), text, 159);
  png_longjmp(png, 1);
}

void stayQuiet(png_structp, png_const_charp) {}

void give(png_structp png, png_bytep target, std::size_t count) {
  auto& rest = static_cast<Decoding*>(png_get_io_ptr(png))->rest;
  if (count > rest.size()) png_error(png, "the file ends too early");
  std::memcpy(target, rest.data(), count);
  rest = rest.subspan(count);
}

void take(png_structp png, png_bytep source, std::size_t count) {
  auto& bytes = static_cast<Encoding*>(png_get_io_ptr(png))->bytes;
  const auto* first = reinterpret_cast<const std::byte*>(source);
  bytes.insert(bytes.end(), first, first + count);
}

bool readHeader(Decoding& d) {
  if (setjmp(png_jmpbuf(d.png)) != 0) return false;
  png_set_read_fn(d.png, &d, give);
  png_read_info(d.png, d.header);
  d.palette = png_get_color_type(d.png, d.header) == PNG_COLOR_TYPE_PALETTE;
  png_set_expand(d.png);
  png_set_strip_alpha(d.png);
  if (std::endian::native == std::endian::little) png_set_swap(d.png);
  png_set_interlace_handling(d.png);
  png_read_update_info(d.png, d.header);
  return true;
}

bool readRows(Decoding& d) {
  if (setjmp(png_jmpbuf(d.png)) != 0) return false;
  png_read_image(d.png, d.row_starts.data());
  png_read_end(d.png, nullptr);
  return true;
}

bool writeRows(Encoding& e, const Image& image, std::vector<png_bytep>& rows) {
  if (setjmp(png_jmpbuf(e.png)) != 0) return false;
  png_set_write_fn(e.png, &e, take, [](png_structp) {});
  png_set_IHDR(e.png, e.header, static_cast<png_uint_32>(image.cols),
               static_cast<png_uint_32>(image.rows), image.type == PixelType::kUint8 ? 8 : 16,
               image.channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(e.png, e.header);
  if (std::endian::native == std::endian::little) png_set_swap(e.png);
  png_write_image(e.png, rows.data());
  png_write_end(e.png, nullptr);
  return true;
}

std::vector<png_bytep> rowStarts(const Image& image) {
  const std::size_t row_bytes = image.data.size() / static_cast<std::size_t>(image.rows);
  auto* first = reinterpret_cast<png_bytep>(const_cast<std::byte*>(image.data.data()));
  std::vector<png_bytep> starts;
  for (int row = 0; row < image.rows; ++row) {
    starts.push_back(first + static_cast<std::size_t>(row) * row_bytes);
  }
  return starts;
}
}  // namespace

Image decodePng(const EncodedImage& encoded) {
  Decoding d;
  d.rest = encoded.bytes;
  d.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, d.problem.data(), fail, stayQuiet);
  d.header = d.png == nullptr ? nullptr : png_create_info_struct(d.png);
  if (d.header == nullptr) throw Error(ErrorKind::kDevice, "No memory is left to read a PNG.");
  const auto refuse = [&] {
    encoded.refuse("damaged PNG (" + std::string(d.problem.data()) + "). Export it again.");
  };
  if (!readHeader(d)) refuse();
  const double cols = png_get_image_width(d.png, d.header);
  const double rows = png_get_image_height(d.png, d.header);
  checkImageSize(encoded, cols, rows, 1032.0 * 8.0);  // deflated single bits
  const auto row_bytes = static_cast<double>(png_get_rowbytes(d.png, d.header));
  const auto type =
      png_get_bit_depth(d.png, d.header) == 16 ? PixelType::kUint16 : PixelType::kUint8;
  Image image(static_cast<int>(rows), static_cast<int>(cols),
              png_get_channels(d.png, d.header) == 3 ? 3 : 1, type);
  d.row_starts = rowStarts(image);
  if (row_bytes * rows != static_cast<double>(image.data.size()) || !readRows(d)) refuse();
  return d.palette ? grayWhereColourless(std::move(image)) : image;
}

std::vector<std::byte> encodePng(const Image& image) {
  if (image.type == PixelType::kFloat32) {
    throwBadInput("PNG holds 8- or 16-bit pictures only: convert the float picture first.");
  }
  if (image.pixelCount() == 0) throwBadInput("An empty picture cannot be written as PNG.");
  Encoding e;
  e.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, e.problem.data(), fail, stayQuiet);
  e.header = e.png == nullptr ? nullptr : png_create_info_struct(e.png);
  if (e.header == nullptr) throw Error(ErrorKind::kDevice, "No memory is left to write a PNG.");
  std::vector<png_bytep> rows = rowStarts(image);
  if (!writeRows(e, image, rows)) {
    throw Error(ErrorKind::kDevice, "PNG cannot be written: " + std::string(e.problem.data()));
  }
  return std::move(e.bytes);
}

}  // namespace sonotwin::media
