// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
// jpeglib.h needs FILE declared before it.
#include <jpeglib.h>

#include <cstdlib>
#include <filesystem>
#include <span>
#include <vector>

#include "frame_decoder.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/dicom/deidentify.h"
#include "sonotwin/dicom/frame_codec.h"

namespace sonotwin::dicom {
namespace {
constexpr int kRows = 480, kCols = 640;

/// A fan of speckle on black, with a strip of colour, as a scanner's screen is.
std::vector<std::uint8_t> screen() {
  std::vector<std::uint8_t> rgb(static_cast<std::size_t>(3 * kRows * kCols));
  std::uint32_t state = 1;
  const auto random = [&] {
    state = state * 1664525U + 1013904223U;
    return static_cast<double>(state >> 8) / (1U << 24);
  };
  for (int row = 0; row < kRows; ++row) {
    for (int col = 0; col < kCols; ++col) {
      const double x = col - kCols / 2.0;
      const double angle = std::atan2(x, row + 60.0);
      const double depth = std::hypot(x, row + 60.0);
      std::uint8_t* pixel = &rgb[static_cast<std::size_t>(3 * (row * kCols + col))];
      if (std::abs(angle) > 0.6 || depth > 520.0 || depth < 70.0) continue;
      // Rayleigh speckle, log-compressed, smoothed along the beam by the depth's texture.
      const double speckle = std::sqrt(-std::log(1.0 - 0.999 * random()));
      const double tissue = 90.0 + 40.0 * std::sin(depth / 25.0) * std::cos(angle * 9.0);
      const auto grey = static_cast<std::uint8_t>(std::clamp(tissue + 25.0 * speckle, 0.0, 255.0));
      pixel[0] = pixel[1] = pixel[2] = grey;
      if (std::abs(angle) < 0.1 && depth > 200.0 && depth < 300.0) pixel[2] = 20;
    }
  }
  return rgb;
}

std::vector<std::byte> jpegOf(std::vector<std::uint8_t> rgb, int quality) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &out, &size);
  jpeg.image_width = kCols;
  jpeg.image_height = kRows;
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);  // YCbCr with colour halved both ways
  jpeg.comp_info[0].v_samp_factor = 1;
  jpeg_set_quality(&jpeg, quality, TRUE);
  jpeg_start_compress(&jpeg, TRUE);
  for (std::size_t row = 0; row < kRows; ++row) {
    JSAMPROW line = rgb.data() + 3 * row * kCols;
    jpeg_write_scanlines(&jpeg, &line, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  const auto bytes = std::as_bytes(std::span(out, size));
  std::vector<std::byte> frame(bytes.begin(), bytes.end());
  std::free(out);
  return frame;
}

/// Frames a second of a clip kept as it came from the scanner: 640 x 480, colour, 4:2:2.
void decodeJpegFrame(benchmark::State& state) {
  const std::vector<std::byte> frame = jpegOf(screen(), static_cast<int>(state.range(0)));
  FrameDecoder decoder;
  decoder.codec = Codec::kJpeg;
  decoder.format.rows = kRows;
  decoder.format.cols = kCols;
  decoder.format.samples = 3;
  decoder.converts_colour = true;
  decoder.recipe.model = ColourModel::kRgb;
  const std::vector<std::byte> recipe = packDecoder(decoder);
  for (auto unused : state) {
    (void)unused;
    benchmark::DoNotOptimize(decodeFrame(recipe, frame, 0));
  }
  state.counters["frames"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["frame_bytes"] = static_cast<double>(frame.size());
}
BENCHMARK(decodeJpegFrame)->Arg(75)->Arg(90)->Unit(benchmark::kMillisecond);

/// A real single-frame object of the test data, de-identified into a temporary file.
void deidentifyObject(benchmark::State& state, const char* name) {
  const char* data = std::getenv("SONOTWIN_TEST_DATA");
  if (data == nullptr) {
    state.SkipWithError("SONOTWIN_TEST_DATA is not set: no real data to work on.");
    return;
  }
  const auto source = std::filesystem::path(data) / "dicom" / name;
  const auto copy = std::filesystem::temp_directory_path() / "sonotwin-bench.dcm";
  const Pseudonyms pseudonyms{
      "P-7F3A-21C8", -1234, [](const std::string& uid) {
        return "2.25." + std::to_string(std::stoull(sha256Hex(uid).substr(0, 15), nullptr, 16));
      }};
  for (auto unused : state) {
    (void)unused;
    benchmark::DoNotOptimize(deidentify(source, copy, pseudonyms, {}, {}, {}));
  }
  std::filesystem::remove(copy);
}
BENCHMARK_CAPTURE(deidentifyObject, palette_480_kB, "palette-explicit-le.dcm")
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(deidentifyObject, jpeg_30_frames, "ybr422-jpeg-baseline-30frames.dcm")
    ->Unit(benchmark::kMillisecond);
}  // namespace
}  // namespace sonotwin::dicom

BENCHMARK_MAIN();
