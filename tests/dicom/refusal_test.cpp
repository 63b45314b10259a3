// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/dcmdata/dcuid.h>
#include <gtest/gtest.h>

#include "encoders.h"

namespace sonotwin::dicom::test {
namespace {
class RefusalTest : public testing::Test {
 protected:
  /// One line that names the file and holds `reason`.
  void expectRefusal(const std::string& reason) {
    const std::string refusal = refusalOf(path_);
    EXPECT_NE(refusal.find(path_.string()), refusal.npos) << refusal;
    EXPECT_NE(refusal.find(reason), refusal.npos) << refusal << "\nwants: " << reason;
    EXPECT_EQ(refusal.find('\n'), refusal.npos) << refusal;
  }
  /// A meta header that names `uid`, and no more.
  void writeMetaHeader(std::string uid) {
    uid.resize(uid.size() + uid.size() % 2, '\0');
    std::string bytes(128, '\0');
    bytes += "DICM";
    bytes += std::string("\x02\x00\x10\x00UI", 6);
    bytes += static_cast<char>(uid.size());
    bytes += '\0';
    writeQuickly(path_, bytes + uid);
  }

  sonotwin::test::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "a.dcm";
  SyntheticObject object_{Shape{}};
};

TEST_F(RefusalTest, NamesTransferSyntaxesItCannotDecode) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"1.2.840.10008.1.2.4.100", "MPEG2 video"},
      {"1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 video"},
      {"1.2.840.10008.1.2.4.107", "HEVC/H.265 video"},
      {"1.2.840.10008.1.2.4.110", "JPEG XL Lossless"},
      {"1.2.840.10008.1.2.4.112", "JPEG XL"},
      {"1.2.840.10008.1.2.4.201", "HTJ2K"},
      {"1.2.840.10008.1.2.4.94", "JPIP"},
      {"1.2.840.10008.1.2.4.999", "1.2.840.10008.1.2.4.999"},
      {"1.2.3.4", "1.2.3.4"},
      {"J\xFCrgen", "UID is damaged"}};
  for (const auto& [uid, name] : cases) {
    writeMetaHeader(uid);
    expectRefusal(name);
  }
}

TEST_F(RefusalTest, SaysWhatAnObjectIsInstead) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {UID_EncapsulatedPDFStorage, "encapsulated PDF"},
      {UID_ComprehensiveSRStorage, "structured report"},
      {UID_GrayscaleSoftcopyPresentationStateStorage, "presentation state"},
      {UID_RawDataStorage, "raw data"},
      {UID_SegmentationStorage, "segmentation"},
      {UID_TwelveLeadECGWaveformStorage, "waveform"},
      {UID_MRSpectroscopyStorage, "spectroscopy"},
      {UID_RTDoseStorage, "radiotherapy"}};
  for (const auto& [sop_class, words] : cases) {
    object_.set(DCM_SOPClassUID, sop_class).save(path_);
    expectRefusal(words);
  }
}

TEST_F(RefusalTest, RefusesObjectsWithoutPictures) {
  object_.save(path_);
  expectRefusal("no pixel data");
  object_.dataset().putAndInsertString(DcmTag(0x7FE1, 0x0010, EVR_LO),
                                       "GEMS_Ultrasound_MovieGroup_001");
  object_.save(path_);
  expectRefusal("maker's own form");
}

TEST_F(RefusalTest, RefusesOtherModalities) {
  object_.pixels(noise8(120)).set(DCM_Modality, "CT").save(path_);
  expectRefusal("CT (computed tomography), not ultrasound");
  object_.set(DCM_Modality, "OT")
      .set(DCM_SOPClassUID, UID_SecondaryCaptureImageStorage)
      .save(path_);
  EXPECT_TRUE(
      mentions(readWhole(path_).clip.info.assumptions, "does not say that it is ultrasound"));
}

TEST_F(RefusalTest, RefusesContradictingPixelAttributes) {
  const auto trial = [&](const std::function<void(SyntheticObject&)>& spoil) {
    SyntheticObject object(Shape{});
    object.pixels(noise8(120));
    spoil(object);
    object.save(path_);
  };
  trial([](auto& o) { o.remove(DCM_Rows); });
  expectRefusal("Rows");
  trial([](auto& o) { o.setWord(DCM_Columns, 0); });
  expectRefusal("Columns");
  trial([](auto& o) { o.set(DCM_NumberOfFrames, "0"); });
  expectRefusal("Number of Frames");
  trial([](auto& o) { o.setWord(DCM_BitsAllocated, 32); });
  expectRefusal("32 bits");
  trial([](auto& o) { o.setWord(DCM_SamplesPerPixel, 3); });
  expectRefusal("samples a pixel");
  trial([](auto& o) { o.set(DCM_PhotometricInterpretation, "CMYK"); });
  expectRefusal("CMYK");
  trial([](auto& o) { o.set(DCM_PhotometricInterpretation, "John Doe"); });
  expectRefusal("is damaged");
  trial([](auto& o) { o.setWord(DCM_Rows, 65535).setWord(DCM_Columns, 65535); });
  expectRefusal("more than a picture can have");
  trial([](auto& o) { o.set(DCM_NumberOfFrames, "2000000000"); });
  expectRefusal("cut short");
  trial([](auto& o) { o.set(DCM_PhotometricInterpretation, "PALETTE COLOR"); });
  expectRefusal("palette");
}

// A frame smaller than promised would come out sheared.
TEST_F(RefusalTest, RefusesStreamsOfAnotherSize) {
  const Shape shape{.rows = 16, .cols = 16, .samples = 3, .photometric = "YBR_FULL"};
  const Bytes8 stream = jpegOf(shape, Bytes8(shape.sampleCount(), 9), {.jfif = true});
  for (const auto& [key, value] : {std::pair(DCM_Rows, 17), std::pair(DCM_Columns, 15)}) {
    SyntheticObject(shape)
        .setWord(key, value)
        .fragments(EXS_JPEGProcess1, {stream})
        .save(path_, EXS_JPEGProcess1);
    expectRefusal("its header promises");
  }
}

TEST_F(RefusalTest, RefusesCutStreams) {
  const Shape shape{.rows = 64, .cols = 64, .samples = 3, .photometric = "RGB"};
  const Bytes8 noise = noise8(shape.sampleCount());
  const Words16 words(noise.begin(), noise.end());
  for (const auto& [syntax, stream] :
       {std::pair(EXS_JPEGProcess1, jpegOf(shape, noise, {.jfif = true})),
        std::pair(EXS_JPEG2000LosslessOnly, jpeg2000Of(shape, words, {}))}) {
    const Bytes8 half(stream.begin(),
                      stream.begin() + static_cast<std::ptrdiff_t>(stream.size() / 2));
    SyntheticObject(shape).fragments(syntax, {half}).save(path_, syntax);
    expectRefusal("frame 0: its JPEG");
  }
}

// Memory goes by the bytes there are: 65 of RLE can hold 4160 samples.
TEST_F(RefusalTest, RefusesPicturesTooLargeForTheirBytes) {
  SyntheticObject({.rows = 16000, .cols = 16000})
      .fragments(EXS_RLELossless, {Bytes8(66, 1)})
      .save(path_, EXS_RLELossless);
  expectRefusal("too few for 16000 x 16000 pixels");
}

TEST_F(RefusalTest, RefusesWhatIsNoDicomOrNoFile) {
  expectRefusal("no such file");
  writeQuickly(path_, std::string_view("hello"));
  expectRefusal("not a DICOM file");
  path_ = folder_.path();
  expectRefusal("not a file");
}
}  // namespace
}  // namespace sonotwin::dicom::test
