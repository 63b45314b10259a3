// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/image_io.h"

#include <gtest/gtest.h>
#include <tiffio.h>

#include <cstdio>
// jpeglib.h needs FILE declared before it.
#include <jpeglib.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>
#include <random>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "temporary_folder.h"

namespace sonotwin::media {
namespace {
Image noise(int rows, int cols, int channels, PixelType type) {
  Image image(rows, cols, channels, type);
  std::mt19937 random(7);
  for (std::byte& byte : image.data) byte = static_cast<std::byte>(random());
  return image;
}

void expectSame(const Image& a, const Image& b) {
  EXPECT_EQ(a.rows, b.rows);
  EXPECT_EQ(a.cols, b.cols);
  EXPECT_EQ(a.channels, b.channels);
  EXPECT_EQ(a.type, b.type);
  EXPECT_TRUE(a.data == b.data) << "pixels differ";
}

TEST(ImageIo, PngComesBackAsWritten) {
  const test::TemporaryFolder folder;
  for (const int channels : {1, 3}) {
    for (const PixelType type : {PixelType::kUint8, PixelType::kUint16}) {
      const Image image = noise(13, 7, channels, type);
      writePng(folder / "a.png", image);
      expectSame(readImage(folder / "a.png"), image);
    }
  }
}

TEST(ImageIo, RefusesToWriteFloatPng) {
  const test::TemporaryFolder folder;
  EXPECT_THROW(writePng(folder / "a.png", Image(2, 2, 1, PixelType::kFloat32)), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

// Written by libtiff: our reader must agree with it on byte order, alpha and inverted grey.
void writeTiff(const std::filesystem::path& path, const Image& image, int samples,
               std::uint16_t photometric, const char* mode) {
  const std::unique_ptr<TIFF, decltype(&TIFFClose)> tiff(TIFFOpen(path.c_str(), mode), TIFFClose);
  const int bits = image.type == PixelType::kUint8 ? 8 : 16;
  TIFFSetField(tiff.get(), TIFFTAG_IMAGEWIDTH, image.cols);
  TIFFSetField(tiff.get(), TIFFTAG_IMAGELENGTH, image.rows);
  TIFFSetField(tiff.get(), TIFFTAG_BITSPERSAMPLE, bits);
  TIFFSetField(tiff.get(), TIFFTAG_SAMPLESPERPIXEL, samples);
  TIFFSetField(tiff.get(), TIFFTAG_PHOTOMETRIC, photometric);
  TIFFSetField(tiff.get(), TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  TIFFSetField(tiff.get(), TIFFTAG_COMPRESSION, COMPRESSION_LZW);
  TIFFSetField(tiff.get(), TIFFTAG_ROWSPERSTRIP, 3);
  if (samples == 4) {
    const std::uint16_t alpha = EXTRASAMPLE_UNASSALPHA;
    TIFFSetField(tiff.get(), TIFFTAG_EXTRASAMPLES, 1, &alpha);
  }
  const auto bytes = static_cast<std::size_t>(bits / 8);
  std::vector<std::byte> row;
  for (std::size_t r = 0; r < static_cast<std::size_t>(image.rows); ++r) {
    row.clear();
    for (std::size_t c = 0; c < static_cast<std::size_t>(image.cols); ++c) {
      const auto channels = static_cast<std::size_t>(image.channels);
      const std::size_t at = (r * static_cast<std::size_t>(image.cols) + c) * channels * bytes;
      row.insert(row.end(), image.data.begin() + static_cast<std::ptrdiff_t>(at),
                 image.data.begin() + static_cast<std::ptrdiff_t>(at + channels * bytes));
      row.resize(row.size() + (static_cast<std::size_t>(samples) - channels) * bytes);
    }
    TIFFWriteScanline(tiff.get(), row.data(), static_cast<std::uint32_t>(r));
  }
}

TEST(ImageIo, ReadsTiff) {
  const test::TemporaryFolder folder;
  for (const char* mode : {"wl", "wb"}) {
    for (const PixelType type : {PixelType::kUint8, PixelType::kUint16}) {
      for (const int channels : {1, 3}) {
        const Image image = noise(11, 5, channels, type);
        const auto photometric = static_cast<std::uint16_t>(channels == 3 ? 2 : 1);
        writeTiff(folder / "a.tif", image, channels == 3 ? 4 : 1, photometric, mode);
        expectSame(readImage(folder / "a.tif"), image);
      }
    }
  }
  Image white(1, 2);
  white.data = {std::byte{0}, std::byte{200}};
  writeTiff(folder / "inverted.tiff", white, 1, PHOTOMETRIC_MINISWHITE, "w");
  white.data = {std::byte{255}, std::byte{55}};
  expectSame(readImage(folder / "inverted.tiff"), white);
}

void writeJpeg(const std::filesystem::path& path, const Image& image) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  const std::unique_ptr<FILE, decltype(&std::fclose)> file(std::fopen(path.c_str(), "wb"),
                                                           std::fclose);
  jpeg_stdio_dest(&jpeg, file.get());
  jpeg.image_width = static_cast<JDIMENSION>(image.cols);
  jpeg.image_height = static_cast<JDIMENSION>(image.rows);
  jpeg.input_components = image.channels;
  jpeg.in_color_space = image.channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 100, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  const std::size_t row_bytes = image.data.size() / static_cast<std::size_t>(image.rows);
  while (jpeg.next_scanline < jpeg.image_height) {
    auto* row = reinterpret_cast<JSAMPROW>(
        const_cast<std::byte*>(image.data.data() + jpeg.next_scanline * row_bytes));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
}

TEST(ImageIo, ReadsJpeg) {
  const test::TemporaryFolder folder;
  for (const int channels : {1, 3}) {
    Image ramp(32, 48, channels);
    for (std::size_t i = 0; i < ramp.data.size(); ++i) {
      const std::size_t pixel = i / static_cast<std::size_t>(channels);
      ramp.data[i] = static_cast<std::byte>(pixel % 48 * 3 + pixel / 48 * 2);
    }
    writeJpeg(folder / "a.jpg", ramp);
    const Image back = readImage(folder / "a.jpg");
    ASSERT_EQ(back.data.size(), ramp.data.size());
    for (std::size_t i = 0; i < ramp.data.size(); ++i) {
      ASSERT_NEAR(std::to_integer<int>(back.data[i]), std::to_integer<int>(ramp.data[i]), 3) << i;
    }
  }
}

// libjpeg paints what is missing grey and calls it a warning; here it must be an error.
TEST(ImageIo, RefusesHalfAJpeg) {
  const test::TemporaryFolder folder;
  writeJpeg(folder / "a.jpg", noise(64, 64, 1, PixelType::kUint8));
  std::filesystem::resize_file(folder / "a.jpg", std::filesystem::file_size(folder / "a.jpg") / 2);
  EXPECT_THROW(std::ignore = readImage(folder / "a.jpg"), Error);
}

std::string bmpHeader(int cols, int rows, int bits, int palette_entries) {
  std::string bytes = "BM";
  const auto put = [&](std::int64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
  };
  put(0, 8);
  put(54 + 4 * palette_entries, 4);
  for (const int value : {40, cols, rows}) put(value, 4);
  put(1, 2);
  put(bits, 2);
  for (const int value : {0, 0, 0, 0, palette_entries, 0}) put(value, 4);
  return bytes;
}

// By hand from the format: rows bottom up unless the height is negative, blue first, rows padded
// to four bytes.
TEST(ImageIo, ReadsBmp) {
  const test::TemporaryFolder folder;
  const std::string up = {"\3\2\1\6\5\4\0\0\x09\x08\x07\x0c\x0b\x0a\0\0", 16};
  writeFileAtomically(folder / "a.bmp", bmpHeader(2, 2, 24, 0) + up);
  Image expected(2, 2, 3);
  const std::string rgb = "\7\10\11\12\13\14\1\2\3\4\5\6";
  std::memcpy(expected.data.data(), rgb.data(), 12);
  expectSame(readImage(folder / "a.bmp"), expected);

  writeFileAtomically(folder / "down.bmp", bmpHeader(2, -2, 24, 0) + up);
  EXPECT_EQ(readImage(folder / "down.bmp").data.front(), std::byte{1});

  const std::string gray_palette = {"\x0a\x0a\x0a\0\x14\x14\x14\0", 8};
  writeFileAtomically(folder / "gray.bmp",
                      bmpHeader(2, 1, 8, 2) + gray_palette + std::string("\1\0\0\0", 4));
  Image gray(1, 2);
  gray.data = {std::byte{20}, std::byte{10}};
  expectSame(readImage(folder / "gray.bmp"), gray);
}

TEST(ImageIo, EndingDoesNotDecideContentDoes) {
  const test::TemporaryFolder folder;
  const Image image = noise(3, 3, 1, PixelType::kUint8);
  writePng(folder / "really_png.jpg", image);
  expectSame(readImage(folder / "really_png.jpg"), image);
  EXPECT_TRUE(isPlainImageFile("a.PNG"));
  EXPECT_TRUE(isPlainImageFile("b.tiff"));
  EXPECT_FALSE(isPlainImageFile("c.mha"));
}

// Every cut and many single flips of each format: a picture or an Error, nothing else.
TEST(ImageIo, SurvivesDamage) {
  const test::TemporaryFolder folder;
  writePng(folder / "0", noise(9, 9, 3, PixelType::kUint8));
  writeJpeg(folder / "1", noise(24, 24, 3, PixelType::kUint8));
  writeTiff(folder / "2", noise(9, 9, 1, PixelType::kUint16), 1, 1, "w");
  writeFileAtomically(folder / "3", bmpHeader(3, 3, 24, 0) + std::string(36, 'x'));
  std::mt19937 random(1);
  for (const char* name : {"0", "1", "2", "3"}) {
    const std::string whole = readTextFile(folder / name);
    for (std::size_t i = 0; i < 600; ++i) {
      std::string damaged = whole;
      if (i % 3 == 0)
        damaged.resize(random() % whole.size());
      else
        damaged[random() % std::min<std::size_t>(whole.size(), 400)] = static_cast<char>(random());
      const auto path = folder / "damaged";
      { std::ofstream(path, std::ios::binary) << damaged; }
      try {
        const Image image = readImage(path);
        EXPECT_EQ(image.data.size() % image.pixelCount(), 0U);
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kBadInput) << error.what();
      }
    }
  }
}

TEST(ImageIo, ReadsRealPictures) {
  SONOTWIN_NEEDS_REAL_DATA();
  const auto data = test::realData();
  int read = 0;
  for (const char* kind : {"fetal-head", "nerve-vessel"}) {
    for (const char* part : {"images", "masks"}) {
      int left = 20;
      for (const auto& entry :
           std::filesystem::directory_iterator(data / "segmentation" / kind / part)) {
        if (left-- == 0) break;
        const Image image = readImage(entry.path());
        EXPECT_EQ(image.type, PixelType::kUint8);
        EXPECT_GT(image.rows, 100);
        const auto top = std::ranges::max(image.samples<std::uint8_t>());
        if (std::string(part) == "masks")
          EXPECT_LE(top, 2) << entry.path();
        else
          EXPECT_GT(top, 50) << entry.path();
        ++read;
      }
    }
  }
  EXPECT_EQ(read, 80);
}
}  // namespace
}  // namespace sonotwin::media
