// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcxfer.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sonotwin/dicom/reader.h"
#include "temporary_folder.h"

namespace sonotwin::dicom::test {

using Bytes8 = std::vector<std::uint8_t>;
using Words16 = std::vector<std::uint16_t>;

/// What a synthetic picture is made of.
struct Shape {
  int rows = 12;
  int cols = 10;
  int frames = 1;
  int samples = 1;
  int bits_allocated = 8;
  int bits_stored = 8;
  const char* photometric = "MONOCHROME2";

  [[nodiscard]] std::size_t sampleCount() const {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols * samples * frames);
  }
};

/// An ultrasound object written by DCMTK, with pixels the test knows.
class SyntheticObject {
 public:
  explicit SyntheticObject(const Shape& shape);

  SyntheticObject& set(const DcmTagKey& key, const std::string& value);
  SyntheticObject& setWord(const DcmTagKey& key, int value);
  SyntheticObject& remove(const DcmTagKey& key);
  /// Adds an ultrasound region of tissue, 0.2 mm a pixel.
  SyntheticObject& region(const media::PixelRectangle& box);
  SyntheticObject& pixels(const Bytes8& bytes);
  SyntheticObject& pixels(const Words16& words);
  /// Fragments as they are, after an offset table (empty: none).
  SyntheticObject& fragments(E_TransferSyntax syntax, const std::vector<Bytes8>& fragments,
                             const std::vector<std::uint32_t>& offsets = {});

  [[nodiscard]] DcmDataset& dataset() { return *file_.getDataset(); }

  /// Encodes if need be and writes; fails the test where DCMTK cannot.
  void save(const std::filesystem::path& path, E_TransferSyntax syntax = EXS_LittleEndianExplicit,
            const DcmRepresentationParameter* parameter = nullptr);

 private:
  DcmFileFormat file_;
};

/// Registers DCMTK's encoders for the life of the program.
void registerEncoders();

[[nodiscard]] Bytes8 noise8(std::size_t count, unsigned seed = 1);
/// Noise of 4 levels, for JPEG-LS: DCMTK 3.6.7's encoder writes past its buffer where nothing is
/// saved.
[[nodiscard]] Bytes8 faintNoise8(std::size_t count);
[[nodiscard]] Words16 noise16(std::size_t count, int bits, unsigned seed = 1);
/// Slow ramps with a little texture, which lossy codecs change by a few levels only.
[[nodiscard]] Bytes8 smooth8(const Shape& shape);

/// All frames one after the other, as bytes.
[[nodiscard]] Bytes8 framesOf(const media::Clip& clip);
[[nodiscard]] Words16 wordsOf(const media::Image& image);

/// Largest absolute difference; the test fails where sizes differ.
[[nodiscard]] int largestDifference(const Bytes8& a, const Bytes8& b);

/// The message of the refusal; empty where the file is read.
[[nodiscard]] std::string refusalOf(const std::filesystem::path& path);

/// Reads and decodes all frames, so that any failure comes out.
DicomClip readWhole(const std::filesystem::path& path);

[[nodiscard]] bool mentions(const std::vector<std::string>& notes, const std::string& text);

/// Without flushing to the disk, which the thousands of files of some tests cannot afford.
void writeQuickly(const std::filesystem::path& path, std::span<const std::byte> bytes);
void writeQuickly(const std::filesystem::path& path, std::string_view text);

/// Replaces the transfer syntax UID in a file's meta header by another of at most its length.
void relabelSyntax(const std::filesystem::path& path, const std::string& uid);

}  // namespace sonotwin::dicom::test
