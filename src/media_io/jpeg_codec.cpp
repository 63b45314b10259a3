// SPDX-License-Identifier: Apache-2.0
#include <csetjmp>
#include <cstdio>
// jpeglib.h needs FILE declared before it.
#include <jerror.h>
#include <jpeglib.h>

#include <array>

#include "image_codecs.h"

namespace sonotwin::media {
namespace {
// libjpeg leaves by longjmp, which runs no destructors: see png_codec.cpp.
struct Decoding {
  jpeg_error_mgr errors{};
  std::jmp_buf escape{};
  jpeg_decompress_struct jpeg{};
  std::array<char, JMSG_LENGTH_MAX> problem{};
  bool created = false;

  ~Decoding() {
    if (created) jpeg_destroy_decompress(&jpeg);
  }
};

Decoding& decodingOf(j_common_ptr jpeg) {
  return *static_cast<Decoding*>(jpeg->client_data);
}

void fail(j_common_ptr jpeg) {
  jpeg->err->format_message(jpeg, decodingOf(jpeg).problem.data());
  std::longjmp(decodingOf(jpeg).escape, 1);
}

// libjpeg only warns of missing or garbled data, and paints the rest grey: that would be a picture
// nobody took. Stray bytes between markers and odd Adobe or JFIF versions do no harm.
void failOnLostData(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  const int code = jpeg->err->msg_code;
  if (code == JWRN_EXTRANEOUS_DATA || code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR) return;
  fail(jpeg);
}

void refuseScript(j_common_ptr) {}

bool readHeader(Decoding& d, std::span<const std::byte> bytes) {
  if (setjmp(d.escape) != 0) return false;
  jpeg_create_decompress(&d.jpeg);
  d.created = true;
  jpeg_mem_src(&d.jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&d.jpeg, TRUE);
  d.jpeg.out_color_space = d.jpeg.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  return true;
}

bool readRows(Decoding& d, std::byte* first, std::size_t row_bytes) {
  if (setjmp(d.escape) != 0) return false;
  jpeg_start_decompress(&d.jpeg);
  while (d.jpeg.output_scanline < d.jpeg.output_height) {
    auto* row = reinterpret_cast<JSAMPROW>(first + d.jpeg.output_scanline * row_bytes);
    jpeg_read_scanlines(&d.jpeg, &row, 1);
  }
  jpeg_finish_decompress(&d.jpeg);
  return true;
}
}  // namespace

Image decodeJpeg(const EncodedImage& encoded) {
  Decoding d;
  d.jpeg.err = jpeg_std_error(&d.errors);
  d.jpeg.client_data = &d;
  d.errors.error_exit = fail;
  d.errors.emit_message = failOnLostData;
  d.errors.output_message = refuseScript;
  const auto refuse = [&] {
    encoded.refuse("damaged or unusual JPEG (" + std::string(d.problem.data()) +
                   "). Export it again, or convert it to PNG.");
  };
  if (!readHeader(d, encoded.bytes)) refuse();
  // A block of 64 pixels takes a bit at least; four times that for good measure.
  checkImageSize(encoded, d.jpeg.image_width, d.jpeg.image_height, 2048.0);
  Image image(static_cast<int>(d.jpeg.image_height), static_cast<int>(d.jpeg.image_width),
              d.jpeg.out_color_space == JCS_RGB ? 3 : 1);
  const std::size_t row_bytes = image.data.size() / static_cast<std::size_t>(image.rows);
  if (!readRows(d, image.data.data(), row_bytes)) refuse();
  return image;
}

}  // namespace sonotwin::media
