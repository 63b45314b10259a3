// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpeg/djrploss.h>
#include <dcmtk/dcmjpls/djrparam.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "encoders.h"
#include "sonotwin/base/file.h"

namespace sonotwin::dicom::test {
namespace {
namespace fs = std::filesystem;
constexpr std::size_t kLargestFile = 320000;

/// Files to damage: one of every encoding, and the small real ones where there are any.
std::vector<fs::path> victims(const sonotwin::test::TemporaryFolder& folder) {
  const Shape shape{.rows = 24, .cols = 20, .frames = 2, .samples = 3, .photometric = "RGB"};
  const DJ_RPLossy lossy(90);
  const DJ_RPLossless lossless(1, 0);
  const DJLSRepresentationParameter ls(0, OFTrue);
  const std::vector<std::pair<E_TransferSyntax, const DcmRepresentationParameter*>> encodings = {
      {EXS_LittleEndianImplicit, nullptr},
      {EXS_BigEndianExplicit, nullptr},
      {EXS_DeflatedLittleEndianExplicit, nullptr},
      {EXS_RLELossless, nullptr},
      {EXS_JPEGProcess1, &lossy},
      {EXS_JPEGProcess14SV1, &lossless},
      {EXS_JPEGLSLossless, &ls}};
  std::vector<fs::path> files;
  for (const auto& [syntax, parameter] : encodings) {
    files.push_back(folder / std::to_string(syntax));
    SyntheticObject object(shape);
    DcmItem* item = nullptr;
    object.dataset().findOrCreateSequenceItem(DCM_SequenceOfUltrasoundRegions, item, -2);
    item->putAndInsertFloat64(DCM_PhysicalDeltaX, 0.1);
    object.pixels(smooth8(shape)).save(files.back(), syntax, parameter);
  }
  const Bytes8 pixels = smooth8(shape);
  const Words16 one(pixels.begin(), pixels.begin() + 24 * 20 * 3);
  files.push_back(folder / "j2k");
  SyntheticObject(shape)
      .fragments(EXS_JPEG2000, {jpeg2000Of(shape, one, {}), jpeg2000Of(shape, one, {})})
      .save(files.back(), EXS_JPEG2000);
  if (sonotwin::test::realData().empty()) return files;
  for (const auto& entry : fs::directory_iterator(sonotwin::test::realData() / "dicom")) {
    if (entry.is_regular_file() && entry.path().extension() == ".dcm" &&
        entry.file_size() <= kLargestFile) {
      files.push_back(entry.path());
    }
  }
  return files;
}

class DamageTest : public testing::Test {
 protected:
  void SetUp() override { files_ = victims(folder_); }
  void write(std::span<const std::byte> bytes) { writeQuickly(folder_ / "damaged", bytes); }

  sonotwin::test::TemporaryFolder folder_;
  std::vector<fs::path> files_;
};

// Pixel data come last in all of these: whatever is cut off is part of a picture, or ends it.
TEST_F(DamageTest, CutFilesAreRefusedWherever) {
  for (const fs::path& file : files_) {
    const std::vector<std::byte> whole = readFile(file);
    const std::size_t step = std::max<std::size_t>(whole.size() / 40, 1);
    for (std::size_t size = 0; size < whole.size(); size += step) {
      write(std::span(whole).first(size));
      EXPECT_NE(refusalOf(folder_ / "damaged"), "") << file.filename() << " cut at " << size;
    }
    write(std::span(whole).first(whole.size() - 2));
    EXPECT_NE(refusalOf(folder_ / "damaged"), "") << file.filename() << " without its end";
  }
}

// Either read or refused; a crash or an exception of another kind fails the test.
TEST_F(DamageTest, GarbledFilesNeverCrash) {
  std::mt19937 random(20240229);
  constexpr std::size_t kHeader = 3000;
  for (const fs::path& file : files_) {
    const std::vector<std::byte> whole = readFile(file);
    for (int trial = 0; trial < 60; ++trial) {
      std::vector<std::byte> bytes = whole;
      const std::size_t reach = trial % 3 == 0 ? bytes.size() : std::min(bytes.size(), kHeader);
      for (int i = 0; i <= trial % 8; ++i) {
        bytes[128 + random() % (reach - 128)] = static_cast<std::byte>(random());
      }
      write(bytes);
      const std::string refusal = refusalOf(folder_ / "damaged");
      EXPECT_EQ(refusal.find('\n'), refusal.npos) << refusal;
    }
  }
}

// The codecs' own headers, where sizes and tables stand.
TEST_F(DamageTest, GarbledStreamsNeverCrash) {
  std::mt19937 random(1);
  const Shape shape{.rows = 24, .cols = 20, .samples = 3, .photometric = "RGB"};
  const Bytes8 pixels = smooth8(shape);
  const Words16 words(pixels.begin(), pixels.end());
  const std::vector<std::pair<E_TransferSyntax, Bytes8>> streams = {
      {EXS_JPEGProcess1, jpegOf(shape, pixels, {.jfif = true})},
      {EXS_JPEGProcess10_12, jpegOf(shape, pixels, {.jfif = true, .progressive = true})},
      {EXS_JPEG2000, jpeg2000Of(shape, words, {.colour_transform = true})},
      {EXS_RLELossless, Bytes8(200, 3)},
      {EXS_JPEGLSLossless, Bytes8(200, 0xFF)}};
  for (const auto& [syntax, stream] : streams) {
    for (int trial = 0; trial < 150; ++trial) {
      Bytes8 bytes = stream;
      for (int i = 0; i <= trial % 4; ++i) {
        bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
      }
      SyntheticObject(shape).fragments(syntax, {bytes}).save(folder_ / "damaged", syntax);
      std::ignore = refusalOf(folder_ / "damaged");
    }
  }
}
}  // namespace
}  // namespace sonotwin::dicom::test
