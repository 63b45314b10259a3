// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/calibration_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numbers>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "temporary_folder.h"

namespace sonotwin::media {
namespace {
using testing::HasSubstr;
using testing::Not;

Calibration calibrationIn(const std::string& text) {
  const test::TemporaryFolder folder;
  writeFileAtomically(folder / "calibration.xml", text);
  return readCalibration(folder / "calibration.xml");
}

std::string refusalOf(const std::string& text) {
  try {
    std::ignore = calibrationIn(text);
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return error.what();
  }
  return "read without complaint";
}

std::string plus(const std::string& transforms, const std::string& settings = "") {
  return "<PlusConfiguration><CoordinateDefinitions>" + transforms +
         "</CoordinateDefinitions><VolumeReconstruction " + settings + "/></PlusConfiguration>";
}

const std::string kMatrix = "0.1 0 0 1  0 0.2 0 2  0 0 0.15 3  0 0 0 1";

TEST(CalibrationIo, ReadsPlusConfiguration) {
  const Calibration read = calibrationIn(
      plus("<Transform From='Image' To='Probe' Matrix='" + kMatrix + "'/>",
           "ClipRectangleOrigin='192 16' ClipRectangleSize='420 580' FanAnglesDeg='-45 30' "
           "FanOriginPixel='380 20' FanRadiusStartPixel='120' FanRadiusStopPixel='360'"));
  ASSERT_TRUE(read.probe_from_image.has_value());
  EXPECT_TRUE((*read.probe_from_image)({10, 10, 0}).isApprox(Eigen::Vector3d(2, 4, 3)));
  EXPECT_EQ(read.sector.rectangle, (PixelRectangle{192, 16, 612, 596}));
  ASSERT_TRUE(read.sector.fan.has_value());
  EXPECT_DOUBLE_EQ(read.sector.fan->left_rad, -std::numbers::pi / 4);
  EXPECT_DOUBLE_EQ(read.sector.fan->right_rad, std::numbers::pi / 6);
  EXPECT_EQ(read.sector.fan->apex_x_px, 380.0);
  EXPECT_EQ(read.sector.fan->apex_y_px, 20.0);
  EXPECT_EQ(read.sector.fan->start_radius_px, 120.0);
  EXPECT_EQ(read.sector.fan->end_radius_px, 360.0);
  EXPECT_EQ(read.sector.fan->rows_per_col, 1.0);
}

TEST(CalibrationIo, UnderstandsOlderNames) {
  const Calibration read = calibrationIn(
      plus("", "FanAngles='-20 20' FanOrigin='5 6' FanDepth='70' ClipRectangleSize='0 0'"));
  EXPECT_FALSE(read.sector.rectangle.has_value());
  ASSERT_TRUE(read.sector.fan.has_value());
  EXPECT_EQ(read.sector.fan->end_radius_px, 70.0);
  EXPECT_EQ(read.sector.fan->start_radius_px, 0.0);
}

// Image -> TransducerOriginPixel -> TransducerOrigin -> Probe, one of them written backwards.
TEST(CalibrationIo, ChainsTransforms) {
  const Calibration read =
      calibrationIn(plus("<Transform From='TransducerOriginPixel' To='Image' "
                         "Matrix='1 0 0 10  0 1 0 20  0 0 1 0  0 0 0 1'/>"
                         "<Transform From='TransducerOrigin' To='Probe' "
                         "Matrix='0 1 0 5  1 0 0 6  0 0 -1 7  0 0 0 1'/>"
                         "<Transform From='TransducerOriginPixel' To='TransducerOrigin' "
                         "Matrix='0.1 0 0 0  0 0.2 0 0  0 0 0.1 0  0 0 0 1'/>"));
  // Pixel (12, 23) is (2, 3) from the transducer's origin, (0.2, 0.6) mm, then turned and moved.
  ASSERT_TRUE(read.probe_from_image.has_value());
  EXPECT_TRUE((*read.probe_from_image)({12, 23, 0}).isApprox(Eigen::Vector3d(5.6, 6.2, 7)));
}

TEST(CalibrationIo, ReadsOwnJson) {
  const Calibration read = calibrationIn(
      R"({"probe_from_image": [0.1,0,0,1, 0,0.2,0,2, 0,0,1,3, 0,0,0,1],
          "rectangle_px": [1, 2, 30, 40],
          "fan": {"apex_x_px": 1, "apex_y_px": -2, "start_radius_px": 3, "end_radius_px": 4,
                  "left_rad": -0.5, "right_rad": 0.25, "rows_per_col": 0.9}})");
  ASSERT_TRUE(read.probe_from_image.has_value());
  EXPECT_EQ(read.sector.rectangle, (PixelRectangle{1, 2, 30, 40}));
  EXPECT_EQ(read.sector.fan, (Fan{1, -2, 3, 4, -0.5, 0.25, 0.9}));
}

TEST(CalibrationIo, ComesBackAsWritten) {
  const test::TemporaryFolder folder;
  Calibration calibration;
  Eigen::Matrix4d matrix;
  matrix << -0.00157821, 0.0785919, -0.00803285, 15.3978, -0.0839128, 0.00372697, 0.0153803,
      49.5705, 0.0159024, 0.00714276, 0.0803604, -8.63446, 0, 0, 0, 1;
  calibration.probe_from_image = ProbeFromImage(matrix);
  calibration.sector.rectangle = PixelRectangle{192, 16, 612, 596};
  calibration.sector.fan = Fan{380, 20, 120, 360, -std::numbers::pi / 4, 0.6, 0.93};
  writeCalibration(folder / "c.xml", calibration);
  const Calibration back = readCalibration(folder / "c.xml");
  EXPECT_EQ(back.probe_from_image->matrix(), matrix);
  EXPECT_EQ(back.sector.rectangle, calibration.sector.rectangle);
  EXPECT_NEAR(back.sector.fan->left_rad, calibration.sector.fan->left_rad, 1e-14);
  EXPECT_EQ(back.sector.fan->rows_per_col, 0.93);
}

TEST(CalibrationIo, RefusesInOneLine) {
  const std::string good = "<Transform From='Image' To='Probe' Matrix='" + kMatrix + "'/>";
  EXPECT_THAT(refusalOf("rubbish"), HasSubstr("neither XML nor JSON"));
  EXPECT_THAT(refusalOf(""), HasSubstr("neither XML nor JSON"));
  EXPECT_THAT(refusalOf("<Other/>"), HasSubstr("CoordinateDefinitions"));
  EXPECT_THAT(refusalOf(plus("<Transform From='Image' To='Probe' Matrix='1 0 0'/>")),
              HasSubstr("ImageToProbe"));
  EXPECT_THAT(refusalOf(plus("<Transform From='Image' To='Probe' "
                             "Matrix='1 2 0 0  1 2 0 0  0 0 1 0  0 0 0 1'/>")),
              HasSubstr("no area"));
  EXPECT_THAT(refusalOf(plus(good, "ClipRectangleSize='1'")), HasSubstr("ClipRectangleSize"));
  EXPECT_THAT(refusalOf(plus(good, "ClipRectangleSize='9e9 1'")), HasSubstr("ClipRectangle"));
  EXPECT_THAT(refusalOf(plus(good, "FanAnglesDeg='-4 4'")), HasSubstr("FanOriginPixel"));
  EXPECT_THAT(refusalOf(plus(good,
                             "FanAnglesDeg='5 -5' FanOriginPixel='1 1' "
                             "FanRadiusStopPixel='9'")),
              HasSubstr("fan is impossible"));
  EXPECT_THAT(refusalOf("{}"), HasSubstr("none of"));
  EXPECT_THAT(refusalOf("{\"probe_from_image\": [1]}"), HasSubstr("16 numbers"));
  EXPECT_THAT(refusalOf("{\"probe_from_image\": \"x\"}"), HasSubstr("16 numbers"));
  EXPECT_THAT(refusalOf("{\"probe_from_image\": [1, 2, 3]}"), HasSubstr("16 numbers"));
  EXPECT_THAT(refusalOf("{\"rectangle_px\": [0, 0, 1.5, 2]}"), HasSubstr("whole numbers"));
  EXPECT_THAT(refusalOf("{\"fan\": 3}"), HasSubstr("object"));
  EXPECT_THAT(refusalOf("{\"fan\": {\"apex_x_px\": 1}}"), HasSubstr("\"apex_y_px\""));
  EXPECT_THAT(refusalOf("{\n  \"fan\": {,\n}"), HasSubstr("line 2, column 11"));
  for (const char* text : {"{\"fan\":", "{\"fan\": []}", "{}", "{\"rectangle_px\": {}}"}) {
    EXPECT_THAT(refusalOf(text), Not(HasSubstr("json.exception"))) << text;
    EXPECT_THAT(refusalOf(text), HasSubstr("Correct")) << text;
  }
  EXPECT_THAT(refusalOf("{\"fan\": {}}"), HasSubstr("apex_x_px"));
}

TEST(CalibrationIo, SpacingIsTheLengthOfTheMatrixColumns) {
  Clip clip;
  clip.info.rows = 100;
  clip.info.cols = 200;
  Calibration calibration;
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 2>() << 0.3, 0.0, 0.0, -0.5, 0.4, 0.0;
  calibration.probe_from_image = ProbeFromImage(matrix);
  calibration.sector.rectangle = PixelRectangle{-5, 10, 500, 90};
  applyCalibration(calibration, clip);
  EXPECT_NEAR((*clip.info.spacing_mm)[0], 0.5, 1e-12);
  EXPECT_NEAR((*clip.info.spacing_mm)[1], 0.5, 1e-12);
  EXPECT_THAT(clip.info.spacing_source, HasSubstr("calibration file"));
  EXPECT_EQ(clip.info.sector.rectangle, (PixelRectangle{0, 10, 200, 90}));

  calibration.sector.rectangle = PixelRectangle{300, 10, 500, 90};
  EXPECT_THROW(applyCalibration(calibration, clip), Error);
  calibration.probe_from_image =
      ProbeFromImage(Eigen::Matrix4d(Eigen::Vector4d(0, 0, 0, 1).asDiagonal()));
  EXPECT_THROW(applyCalibration(calibration, clip), Error);
}

// The numbers are those of the file's text, read by eye; 0.0854 and 0.0790 mm at 92.7 degrees are
// what the field notes for this probe.
TEST(CalibrationIo, ReadsTheSpinePhantomsConfigurations) {
  SONOTWIN_NEEDS_REAL_DATA();
  const auto data = test::realData();
  const auto folder = data / "tracked" / "freehand" / "config";
  const Calibration mean =
      readCalibration(folder / "Config_VolumeReconstruction_SpinePhantom_NN_MEAN.xml");
  const Eigen::Matrix4d& matrix = mean.probe_from_image->matrix();
  EXPECT_EQ(matrix(0, 1), 0.0785919);
  EXPECT_EQ(matrix(1, 0), -0.0839128);
  EXPECT_EQ(matrix(1, 3), 49.5705);
  const Eigen::Vector3d along = matrix.block<3, 1>(0, 0), away = matrix.block<3, 1>(0, 1);
  EXPECT_NEAR(along.norm(), 0.0854, 5e-5);
  EXPECT_NEAR(away.norm(), 0.0790, 5e-5);
  EXPECT_NEAR(std::acos(along.dot(away) / along.norm() / away.norm()) * 180 / std::numbers::pi,
              92.7, 0.8);
  EXPECT_EQ(mean.sector.rectangle, (PixelRectangle{0, 0, 820, 616}));
  EXPECT_FALSE(mean.sector.fan.has_value());
  const Calibration latest =
      readCalibration(folder / "Config_VolumeReconstruction_SonixRP_TRUS_D70mm_NN_LATE.xml");
  EXPECT_EQ(latest.sector.rectangle, (PixelRectangle{192, 16, 612, 596}));
  ASSERT_TRUE(latest.sector.fan.has_value());
  EXPECT_EQ(latest.sector.fan->end_radius_px, 360.0);
  const Calibration result =
      readCalibration(data / "tracked" / "calibration" / "FreehandCalibration3NWires.results.xml");
  EXPECT_EQ(result.probe_from_image->matrix()(2, 3), -7.35909);
}
}  // namespace
}  // namespace sonotwin::media
