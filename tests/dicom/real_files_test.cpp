// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <optional>

#include "synthetic_object.h"

namespace sonotwin::dicom::test {
namespace {
struct Truth {
  const char* file;
  int frames, rows, cols, channels;
  std::optional<double> spacing_mm;  ///< square in all of these
  const char* source;
  std::optional<media::PixelRectangle> sector;
  bool times_known;
  double last_time_s;
  const char* transfer_syntax;
};

// Read off dcmdump of these files.
const std::vector<Truth> kTruths = {
    {"mono-jpeg-lossless.dcm", 1, 768, 1024, 1, 0.25476696592378157, "ultrasound region 1 of 1",
     media::PixelRectangle{14, 38, 1011, 759}, true, 0.0, "1.2.840.10008.1.2.4.70"},
    {"palette-2regions.dcm", 1, 350, 800, 3, 0.2622878766196998, "ultrasound region 1 of 2",
     std::nullopt, true, 0.0, "1.2.840.10008.1.2.1"},
    {"palette-big-endian-2frames.dcm", 2, 600, 800, 3, 0.2622878766196998,
     "ultrasound region 1 of 2", media::PixelRectangle{120, 60, 800, 519}, false, 1.0 / 30.0,
     "1.2.840.10008.1.2.2"},
    {"palette-explicit-le.dcm", 1, 600, 800, 3, 0.2622878766196998, "ultrasound region 1 of 2",
     media::PixelRectangle{120, 60, 800, 519}, true, 0.0, "1.2.840.10008.1.2.1"},
    {"palette-jpeg-ls-10frames.dcm", 10, 430, 600, 3, std::nullopt, "uncalibrated", std::nullopt,
     true, 0.684, "1.2.840.10008.1.2.4.80"},
    {"palette-rle-10frames.dcm", 10, 430, 600, 3, std::nullopt, "uncalibrated", std::nullopt, true,
     0.684, "1.2.840.10008.1.2.5"},
    {"palette-rle-2frames.dcm", 2, 600, 800, 3, 0.2622878766196998, "ultrasound region 1 of 2",
     media::PixelRectangle{120, 60, 800, 519}, false, 1.0 / 30.0, "1.2.840.10008.1.2.5"},
    {"palette16-implicit-le-3regions.dcm", 1, 480, 640, 3, 0.3826530650258064,
     "ultrasound region 1 of 3", media::PixelRectangle{32, 24, 336, 416}, true, 0.0,
     "1.2.840.10008.1.2"},
    {"rgb-big-endian-small.dcm", 1, 60, 80, 3, std::nullopt, "uncalibrated", std::nullopt, true,
     0.0, "1.2.840.10008.1.2.2"},
    {"rgb-explicit-le.dcm", 1, 480, 640, 3, std::nullopt, "uncalibrated", std::nullopt, true, 0.0,
     "1.2.840.10008.1.2.1"},
    {"rgb-planar-retired-us.dcm", 1, 120, 256, 3, std::nullopt, "uncalibrated", std::nullopt, true,
     0.0, "1.2.840.10008.1.2.1"},
    {"ybr-rct-jpeg2000-lossless.dcm", 1, 480, 640, 3, std::nullopt, "uncalibrated", std::nullopt,
     true, 0.0, "1.2.840.10008.1.2.4.90"},
    {"ybr422-explicit-le.dcm", 1, 555, 800, 3, 0.061599999666213994, "ultrasound region 1 of 1",
     media::PixelRectangle{184, 75, 800, 555}, true, 0.0, "1.2.840.10008.1.2.1"},
    {"ybr422-jpeg-baseline-30frames.dcm", 30, 240, 320, 3, 0.5104970559477806,
     "ultrasound region 1 of 1", std::nullopt, true, 29 * 0.033333, "1.2.840.10008.1.2.4.50"},
    {"burned-in/synthetic-phi-mono.dcm", 1, 768, 1024, 1, 0.064904689685088305,
     "ultrasound region 1 of 1", media::PixelRectangle{14, 38, 1011, 759}, true, 0.0,
     "1.2.840.10008.1.2.1"},
    {"burned-in/synthetic-phi-rgb.dcm", 1, 768, 1024, 3, 0.2378716878592968,
     "ultrasound region 1 of 1", media::PixelRectangle{0, 60, 1009, 765}, true, 0.0,
     "1.2.840.10008.1.2.1"}};

std::filesystem::path realFile(const char* name) {
  return sonotwin::test::realData() / "dicom" / name;
}

TEST(RealFiles, AreReadAsTheirHeadersSay) {
  SONOTWIN_NEEDS_REAL_DATA();
  for (const Truth& truth : kTruths) {
    SCOPED_TRACE(truth.file);
    const DicomClip read = readWhole(realFile(truth.file));
    const media::ClipInfo& info = read.clip.info;
    EXPECT_EQ(info.frame_count, truth.frames);
    EXPECT_EQ(info.rows, truth.rows);
    EXPECT_EQ(info.cols, truth.cols);
    EXPECT_EQ(info.channels, truth.channels);
    ASSERT_EQ(info.spacing_mm.has_value(), truth.spacing_mm.has_value());
    for (std::size_t axis = 0; truth.spacing_mm && axis < 2; ++axis) {
      EXPECT_NEAR((*info.spacing_mm)[axis], *truth.spacing_mm, 1e-12);
    }
    EXPECT_EQ(info.spacing_source.find(truth.source), 0U) << info.spacing_source;
    EXPECT_EQ(info.sector.rectangle, truth.sector);
    EXPECT_EQ(info.times_known, truth.times_known);
    EXPECT_NEAR(read.clip.frames.back().time_s, truth.last_time_s, 1e-9);
    EXPECT_EQ(info.transfer_syntax, truth.transfer_syntax);
    EXPECT_FALSE(mentions(info.assumptions, "leniently"));
  }
}

// The same exam exists in several encodings: their pictures must be one and the same.
TEST(RealFiles, SameExamInOtherEncodingsGivesTheSamePictures) {
  SONOTWIN_NEEDS_REAL_DATA();
  const auto frames = [](const char* name) { return framesOf(readDicom(realFile(name)).clip); };
  EXPECT_EQ(frames("palette-big-endian-2frames.dcm"), frames("palette-rle-2frames.dcm"));
  EXPECT_EQ(frames("palette-jpeg-ls-10frames.dcm"), frames("palette-rle-10frames.dcm"));
  const Bytes8 both = frames("palette-rle-2frames.dcm");
  EXPECT_EQ(frames("palette-explicit-le.dcm"),
            Bytes8(both.begin(), both.begin() + static_cast<std::ptrdiff_t>(both.size() / 2)));
  EXPECT_EQ(frames("ybr-rct-jpeg2000-lossless.dcm"), frames("rgb-explicit-le.dcm"));
}

TEST(RealFiles, IdentityStaysOutOfTheClip) {
  SONOTWIN_NEEDS_REAL_DATA();
  const DicomClip read = readDicom(realFile("burned-in/synthetic-phi-rgb.dcm"));
  EXPECT_EQ(read.identity.patient_id, "40404040404");
  EXPECT_EQ(read.identity.study_date, "20200414");
  EXPECT_FALSE(mentions(read.clip.info.assumptions, "4040404"));
  EXPECT_TRUE(mentions(read.clip.info.assumptions, "Pixel Spacing was not used"));
}

TEST(RealFiles, OtherFilesDoNotLookLikeDicom) {
  SONOTWIN_NEEDS_REAL_DATA();
  int tried = 0;
  for (const char* folder : {"tracked", "segmentation/fetal-head", "deidentify"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(sonotwin::test::realData() / folder)) {
      if (!entry.is_regular_file()) continue;
      EXPECT_FALSE(looksLikeDicom(entry.path())) << entry.path().filename();
      ++tried;
    }
  }
  EXPECT_GT(tried, 100);
}
}  // namespace
}  // namespace sonotwin::dicom::test
