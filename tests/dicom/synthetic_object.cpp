// SPDX-License-Identifier: Apache-2.0
#include "synthetic_object.h"

#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dcuid.h>
// Its presence lets DCMTK's encoders take colour.
#include <dcmtk/dcmimage/diregist.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpls/djencode.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <random>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::dicom::test {
namespace {
Uint16 word(int value) {
  return static_cast<Uint16>(value);
}
}  // namespace

SyntheticObject::SyntheticObject(const Shape& shape) {
  set(DCM_SOPClassUID,
      shape.frames > 1 ? UID_UltrasoundMultiframeImageStorage : UID_UltrasoundImageStorage);
  set(DCM_SOPInstanceUID, "1.2.826.0.1.3680043.8.498.1");
  set(DCM_StudyInstanceUID, "1.2.826.0.1.3680043.8.498.2");
  set(DCM_SeriesInstanceUID, "1.2.826.0.1.3680043.8.498.3");
  set(DCM_Modality, "US");
  set(DCM_PatientID, "P1");
  set(DCM_PhotometricInterpretation, shape.photometric);
  if (shape.frames > 1) set(DCM_NumberOfFrames, std::to_string(shape.frames));
  setWord(DCM_Rows, shape.rows);
  setWord(DCM_Columns, shape.cols);
  setWord(DCM_SamplesPerPixel, shape.samples);
  setWord(DCM_BitsAllocated, shape.bits_allocated);
  setWord(DCM_BitsStored, shape.bits_stored);
  setWord(DCM_HighBit, shape.bits_stored - 1);
  setWord(DCM_PixelRepresentation, 0);
  if (shape.samples == 3) setWord(DCM_PlanarConfiguration, 0);
}

SyntheticObject& SyntheticObject::set(const DcmTagKey& key, const std::string& value) {
  EXPECT_TRUE(dataset().putAndInsertString(key, value.c_str()).good()) << key;
  return *this;
}

SyntheticObject& SyntheticObject::setWord(const DcmTagKey& key, int value) {
  EXPECT_TRUE(dataset().putAndInsertUint16(key, word(value)).good()) << key;
  return *this;
}

SyntheticObject& SyntheticObject::region(const media::PixelRectangle& box) {
  DcmItem* item = nullptr;
  dataset().findOrCreateSequenceItem(DCM_SequenceOfUltrasoundRegions, item, -2);
  item->putAndInsertUint16(DCM_RegionSpatialFormat, 1);
  item->putAndInsertUint16(DCM_RegionDataType, 1);
  item->putAndInsertUint32(DCM_RegionFlags, 0);
  item->putAndInsertUint32(DCM_RegionLocationMinX0, static_cast<Uint32>(box.x0));
  item->putAndInsertUint32(DCM_RegionLocationMinY0, static_cast<Uint32>(box.y0));
  item->putAndInsertUint32(DCM_RegionLocationMaxX1, static_cast<Uint32>(box.x1 - 1));
  item->putAndInsertUint32(DCM_RegionLocationMaxY1, static_cast<Uint32>(box.y1 - 1));
  item->putAndInsertUint16(DCM_PhysicalUnitsXDirection, 3);
  item->putAndInsertUint16(DCM_PhysicalUnitsYDirection, 3);
  item->putAndInsertFloat64(DCM_PhysicalDeltaX, 0.02);
  item->putAndInsertFloat64(DCM_PhysicalDeltaY, 0.02);
  return *this;
}

SyntheticObject& SyntheticObject::remove(const DcmTagKey& key) {
  EXPECT_TRUE(dataset().findAndDeleteElement(key).good()) << key;
  return *this;
}

SyntheticObject& SyntheticObject::pixels(const Bytes8& bytes) {
  EXPECT_TRUE(dataset().putAndInsertUint8Array(DCM_PixelData, bytes.data(), bytes.size()).good());
  return *this;
}

SyntheticObject& SyntheticObject::pixels(const Words16& words) {
  EXPECT_TRUE(dataset().putAndInsertUint16Array(DCM_PixelData, words.data(), words.size()).good());
  return *this;
}

SyntheticObject& SyntheticObject::fragments(E_TransferSyntax syntax,
                                            const std::vector<Bytes8>& fragments,
                                            const std::vector<std::uint32_t>& offsets) {
  auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelSequenceTag));
  Bytes8 table(4 * offsets.size());
  if (!offsets.empty()) std::memcpy(table.data(), offsets.data(), table.size());
  const auto add = [&](const Bytes8& bytes) {
    auto* item = new DcmPixelItem(DcmTag(DCM_PixelItemTag));
    if (!bytes.empty()) item->putUint8Array(bytes.data(), bytes.size());
    sequence->insert(item);
  };
  add(table);
  for (const Bytes8& fragment : fragments) add(fragment);
  auto* pixels = new DcmPixelData(DCM_PixelData);
  pixels->putOriginalRepresentation(syntax, nullptr, sequence.release());
  EXPECT_TRUE(dataset().insert(pixels, OFTrue).good());
  return *this;
}

void SyntheticObject::save(const std::filesystem::path& path, E_TransferSyntax syntax,
                           const DcmRepresentationParameter* parameter) {
  registerEncoders();
  if (DcmXfer(syntax).isEncapsulated()) {
    const OFCondition encoded = dataset().chooseRepresentation(syntax, parameter);
    ASSERT_TRUE(encoded.good()) << encoded.text();
  }
  const OFCondition saved = file_.saveFile(path.c_str(), syntax);
  ASSERT_TRUE(saved.good()) << saved.text();
}

void registerEncoders() {
  static const bool registered = [] {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    DcmRLEEncoderRegistration::registerCodecs();
    // Levels as they are: by default DCMTK stretches each picture to its own range.
    DJEncoderRegistration::registerCodecs(ECC_lossyYCbCr, EUC_never, OFFalse, 0, 0, 0, OFTrue,
                                          ESS_444, OFFalse, OFFalse, 0, 0, 0.0, 0.0, 0, 0, 0, 0,
                                          OFFalse);
    DJLSEncoderRegistration::registerCodecs();
    return true;
  }();
  static_cast<void>(registered);
}

Bytes8 noise8(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  Bytes8 bytes(count);
  std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(random()); });
  return bytes;
}

Bytes8 faintNoise8(std::size_t count) {
  Bytes8 bytes = noise8(count);
  for (std::uint8_t& level : bytes) level /= 64;
  return bytes;
}

Words16 noise16(std::size_t count, int bits, unsigned seed) {
  std::mt19937 random(seed);
  Words16 words(count);
  const unsigned mask = (1U << bits) - 1U;
  std::ranges::generate(words, [&] { return static_cast<std::uint16_t>(random() & mask); });
  return words;
}

Bytes8 smooth8(const Shape& shape) {
  Bytes8 bytes(shape.sampleCount());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto samples = static_cast<std::size_t>(shape.samples);
    const std::size_t pixel = i / samples;
    const std::size_t col = pixel % static_cast<std::size_t>(shape.cols);
    const std::size_t row = pixel / static_cast<std::size_t>(shape.cols);
    const std::size_t tint = 40 * (i % samples);
    bytes[i] = static_cast<std::uint8_t>(std::min<std::size_t>(255, 20 + tint + 2 * col + row));
  }
  return bytes;
}

Bytes8 framesOf(const media::Clip& clip) {
  Bytes8 bytes;
  for (int i = 0; i < clip.info.frame_count; ++i) {
    const media::Image image = clip.pixels->frame(i);
    const auto* data = reinterpret_cast<const std::uint8_t*>(image.data.data());
    bytes.insert(bytes.end(), data, data + image.data.size());
  }
  return bytes;
}

Words16 wordsOf(const media::Image& image) {
  EXPECT_EQ(image.type, media::PixelType::kUint16);
  const auto samples = image.samples<std::uint16_t>();
  return {samples.begin(), samples.end()};
}

int largestDifference(const Bytes8& a, const Bytes8& b) {
  if (a.size() != b.size()) {
    ADD_FAILURE() << a.size() << " bytes against " << b.size();
    return 255;
  }
  int largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

DicomClip readWhole(const std::filesystem::path& path) {
  DicomClip read = readDicom(path);
  for (int i = 0; i < read.clip.info.frame_count; ++i) {
    const media::Image image = read.clip.pixels->frame(i);
    EXPECT_EQ(image.data.size(), image.pixelCount() * static_cast<std::size_t>(image.channels) *
                                     media::bytesPerSample(image.type));
    EXPECT_EQ(image.channels, read.clip.info.channels);
    EXPECT_EQ(image.type, read.clip.info.type);
  }
  return read;
}

std::string refusalOf(const std::filesystem::path& path) {
  try {
    readWhole(path);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

bool mentions(const std::vector<std::string>& notes, const std::string& text) {
  return std::ranges::any_of(notes,
                             [&](const std::string& note) { return note.find(text) != note.npos; });
}

void writeQuickly(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  std::ofstream stream(path, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  EXPECT_TRUE(stream.good());
}

void writeQuickly(const std::filesystem::path& path, std::string_view text) {
  writeQuickly(path, std::as_bytes(std::span(text)));
}

void relabelSyntax(const std::filesystem::path& path, const std::string& uid) {
  std::vector<std::byte> bytes = readFile(path);
  const std::string key("\x02\x00\x10\x00UI", 6);
  const auto* begin = reinterpret_cast<const char*>(bytes.data());
  const auto* found = std::search(begin, begin + bytes.size(), key.begin(), key.end());
  ASSERT_NE(found, begin + bytes.size());
  const auto at = static_cast<std::size_t>(found - begin) + 6;
  const auto length = std::to_integer<std::size_t>(bytes[at]);
  ASSERT_LE(uid.size(), length);
  for (std::size_t i = 0; i < length; ++i) {
    bytes[at + 2 + i] = i < uid.size() ? static_cast<std::byte>(uid[i]) : std::byte{0};
  }
  writeQuickly(path, bytes);
}

}  // namespace sonotwin::dicom::test
