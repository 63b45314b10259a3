// SPDX-License-Identifier: Apache-2.0
#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "image_codecs.h"

namespace sonotwin::media {
namespace {
struct MemoryFile {
  std::span<const std::byte> bytes;
  std::uint64_t position = 0;
  std::string problem;
};

MemoryFile& fileOf(thandle_t handle) {
  return *static_cast<MemoryFile*>(handle);
}

tmsize_t readSome(thandle_t handle, void* target, tmsize_t count) {
  MemoryFile& file = fileOf(handle);
  if (count <= 0 || file.position >= file.bytes.size()) return 0;
  const auto part =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(count), file.bytes.size() - file.position);
  std::memcpy(target, file.bytes.data() + file.position, part);
  file.position += part;
  return static_cast<tmsize_t>(part);
}

tmsize_t writeNothing(thandle_t, void*, tmsize_t) {
  return 0;
}

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  MemoryFile& file = fileOf(handle);
  const std::uint64_t base = whence == SEEK_SET   ? 0
                             : whence == SEEK_CUR ? file.position
                                                  : file.bytes.size();
  return file.position = base + offset;
}

int closeNothing(thandle_t) {
  return 0;
}
toff_t sizeOf(thandle_t handle) {
  return fileOf(handle).bytes.size();
}

int noteProblem(TIFF*, void* file, const char*, const char* format, va_list values) {
  char text[160];
  std::vsnprintf(text, sizeof text, format, values);
  static_cast<MemoryFile*>(file)->problem = text;
  return 1;
}

int stayQuiet(TIFF*, void*, const char*, const char*, va_list) {
  return 1;
}

using Tiff = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

Tiff open(MemoryFile& file) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(
      TIFFOpenOptionsAlloc(), TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), noteProblem, &file);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), stayQuiet, nullptr);
  return {TIFFClientOpenExt("picture", "rm", &file, readSome, writeNothing, seek, closeNothing,
                            sizeOf, nullptr, nullptr, options.get()),
          TIFFClose};
}

struct Layout {
  std::uint32_t cols = 0, rows = 0;
  std::uint16_t bits = 1, samples = 1, photometric = PHOTOMETRIC_MINISBLACK;
  std::uint16_t planar = PLANARCONFIG_CONTIG, format = SAMPLEFORMAT_UINT;
};

Layout layoutOf(TIFF* tiff) {
  Layout layout;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &layout.cols);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &layout.rows);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout.bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout.samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &layout.planar);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &layout.format);
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout.photometric);
  return layout;
}

bool isPlain(TIFF* tiff, const Layout& layout) {
  const bool gray = layout.photometric <= PHOTOMETRIC_MINISBLACK && layout.samples <= 2;
  const bool colour = layout.photometric == PHOTOMETRIC_RGB && layout.samples >= 3;
  return TIFFIsTiled(tiff) == 0 && layout.planar == PLANARCONFIG_CONTIG &&
         layout.format == SAMPLEFORMAT_UINT && (layout.bits == 8 || layout.bits == 16) &&
         layout.samples <= 8 && (gray || colour);
}

void invert(std::span<std::byte> bytes) {
  std::ranges::for_each(bytes, [](std::byte& b) { b = ~b; });
}

// Grey or RGB rows of 8 or 16 bits, whatever else (alpha) a pixel holds left out.
Image readRows(TIFF* tiff, const Layout& layout, const EncodedImage& encoded,
               const std::string& problem) {
  Image image(static_cast<int>(layout.rows), static_cast<int>(layout.cols),
              layout.photometric == PHOTOMETRIC_RGB ? 3 : 1,
              layout.bits == 8 ? PixelType::kUint8 : PixelType::kUint16);
  const std::size_t wanted = static_cast<std::size_t>(image.channels) * layout.bits / 8;
  const std::size_t stride = static_cast<std::size_t>(layout.samples) * layout.bits / 8;
  const auto scanline = static_cast<std::size_t>(std::max<tmsize_t>(TIFFScanlineSize(tiff), 0));
  if (scanline < stride * layout.cols) encoded.refuse("damaged TIFF. Export it again.");
  std::vector<std::byte> row(scanline);
  std::byte* target = image.data.data();
  for (std::uint32_t r = 0; r < layout.rows; ++r) {
    if (TIFFReadScanline(tiff, row.data(), r) != 1) {
      encoded.refuse("damaged TIFF at row " + std::to_string(r) + " (" + problem +
                     "). Export it again.");
    }
    for (std::uint32_t c = 0; c < layout.cols; ++c, target += wanted) {
      std::memcpy(target, row.data() + c * stride, wanted);
    }
  }
  if (layout.photometric == PHOTOMETRIC_MINISWHITE) invert(image.data);
  return image;
}

// libtiff's own conversion to 8-bit colour: palettes, YCbCr, tiles, separate planes, single bits.
Image readConverted(TIFF* tiff, const Layout& layout, const EncodedImage& encoded,
                    const std::string& problem) {
  if (layout.bits > 8) {
    encoded.refuse("this kind of TIFF (" + std::to_string(layout.bits) +
                   " bits a sample, tiled, planar or not whole numbers) is not read. "
                   "Save it as plain 16-bit grey or as PNG.");
  }
  std::vector<std::uint32_t> pixels(static_cast<std::size_t>(layout.cols) * layout.rows);
  if (TIFFReadRGBAImageOriented(tiff, layout.cols, layout.rows, pixels.data(), ORIENTATION_TOPLEFT,
                                1) != 1) {
    encoded.refuse("damaged TIFF (" + problem + "). Export it again.");
  }
  Image image(static_cast<int>(layout.rows), static_cast<int>(layout.cols), 3);
  const auto samples = image.samples<std::uint8_t>();
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    samples[3 * i] = TIFFGetR(pixels[i]);
    samples[3 * i + 1] = TIFFGetG(pixels[i]);
    samples[3 * i + 2] = TIFFGetB(pixels[i]);
  }
  return grayWhereColourless(std::move(image));
}
}  // namespace

Image decodeTiff(const EncodedImage& encoded) {
  MemoryFile file{encoded.bytes, 0, "unreadable"};
  const Tiff tiff = open(file);
  if (!tiff) encoded.refuse("damaged TIFF (" + file.problem + "). Export it again.");
  const Layout layout = layoutOf(tiff.get());
  checkImageSize(encoded, layout.cols, layout.rows, 50000.0);  // an empty fax page
  return isPlain(tiff.get(), layout) ? readRows(tiff.get(), layout, encoded, file.problem)
                                     : readConverted(tiff.get(), layout, encoded, file.problem);
}

}  // namespace sonotwin::media
