// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <random>

#include "sequence_files.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/media/sequence_io.h"
#include "temporary_folder.h"

namespace sonotwin::media {
namespace {
using testing::Contains;
using testing::HasSubstr;

Eigen::Matrix4d rigid(double angle_rad, const Eigen::Vector3d& axis, const Eigen::Vector3d& shift) {
  Eigen::Matrix4d result = Eigen::Matrix4d::Identity();
  result.topLeftCorner<3, 3>() = Eigen::AngleAxisd(angle_rad, axis.normalized()).toRotationMatrix();
  result.topRightCorner<3, 1>() = shift;
  return result;
}

const Eigen::Matrix4d kTrackerFromProbe = rigid(0.7, {1, 2, 3}, {10, -20, 30});
const Eigen::Matrix4d kTrackerFromReference = rigid(-1.1, {0, 1, 1}, {-5, 7, 90});
const std::string kIdentity = "1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1";

Clip clipWith(const std::map<std::string, std::string>& fields) {
  const test::TemporaryFolder folder;
  writeFileAtomically(folder / "a.mha", metaHeader(fields) + std::string(24, 'x'));
  return readSequence(folder / "a.mha");
}

void expectPose(const Clip& clip, std::size_t frame, const Eigen::Matrix4d& expected) {
  ASSERT_EQ(clip.frames[frame].pose_status, PoseStatus::kValid);
  EXPECT_TRUE(clip.frames[frame].world_from_probe.matrix().isApprox(expected, 1e-9))
      << clip.frames[frame].world_from_probe.matrix();
}

TEST(SequencePoses, WorldIsTheTrackerWithoutAReference) {
  const Clip clip = clipWith({{"Seq_Frame0000_ProbeToTrackerTransform", matrix(kTrackerFromProbe)},
                              {"Seq_Frame0001_ProbeToTrackerTransform", matrix(kTrackerFromProbe)},
                              {"Seq_Frame0001_ProbeToTrackerTransformStatus", "INVALID"}});
  EXPECT_EQ(clip.info.world, "Tracker");
  EXPECT_TRUE(clip.info.tracked);
  expectPose(clip, 0, kTrackerFromProbe);
  EXPECT_EQ(clip.frames[1].pose_status, PoseStatus::kInvalid);
}

// The reference moves with the patient: each frame is taken into that frame's own Reference.
TEST(SequencePoses, WorldIsTheReferenceWhereItIsTracked) {
  const Eigen::Matrix4d moved = rigid(0.3, {1, 0, 0}, {1, 1, 1});
  const Clip clip = clipWith(
      {{"Seq_Frame0000_ProbeToTrackerTransform", matrix(kTrackerFromProbe)},
       {"Seq_Frame0000_ReferenceToTrackerTransform", matrix(kTrackerFromReference)},
       {"Seq_Frame0001_ProbeToTrackerTransform", matrix(moved * kTrackerFromProbe)},
       {"Seq_Frame0001_ReferenceToTrackerTransform", matrix(moved * kTrackerFromReference)}});
  EXPECT_EQ(clip.info.world, "Reference");
  const Eigen::Matrix4d expected = kTrackerFromReference.inverse() * kTrackerFromProbe;
  expectPose(clip, 0, expected);
  expectPose(clip, 1, expected);
}

TEST(SequencePoses, APoseIsInvalidIfEitherPartIs) {
  const Clip clip =
      clipWith({{"Seq_Frame0000_ProbeToTrackerTransform", matrix(kTrackerFromProbe)},
                {"Seq_Frame0000_ProbeToTrackerTransformStatus", "OK"},
                {"Seq_Frame0000_ReferenceToTrackerTransform", matrix(kTrackerFromReference)},
                {"Seq_Frame0000_ReferenceToTrackerTransformStatus", "INVALID"},
                {"Seq_Frame0001_ProbeToTrackerTransform", matrix(kTrackerFromProbe)}});
  EXPECT_EQ(clip.frames[0].pose_status, PoseStatus::kInvalid);
  EXPECT_EQ(clip.frames[1].pose_status, PoseStatus::kMissing);
  EXPECT_FALSE(clip.info.tracked);
}

TEST(SequencePoses, ReadsProbeToReferenceDirectly) {
  const Clip clip =
      clipWith({{"Seq_Frame0000_ProbeToReferenceTransform", matrix(kTrackerFromProbe)}});
  EXPECT_EQ(clip.info.world, "Reference");
  expectPose(clip, 0, kTrackerFromProbe);
  EXPECT_EQ(clip.frames[1].pose_status, PoseStatus::kMissing);
}

TEST(SequencePoses, FollowsTransformsBackwards) {
  const Clip clip =
      clipWith({{"Seq_Frame0000_TrackerToProbeTransform", matrix(kTrackerFromProbe.inverse())},
                {"TrackerToReferenceTransform", matrix(kTrackerFromReference.inverse())}});
  EXPECT_EQ(clip.info.world, "Reference");
  expectPose(clip, 0, kTrackerFromReference.inverse() * kTrackerFromProbe);
}

TEST(SequencePoses, AnotherFixedFrameIsTheWorldAndSaidSo) {
  const Clip clip =
      clipWith({{"Seq_Frame0000_ProbeToStepperHomeTransform", matrix(kTrackerFromProbe)},
                {"Seq_Frame0000_TemplateToStepperHomeTransform", kIdentity}});
  EXPECT_EQ(clip.info.world, "StepperHome");
  expectPose(clip, 0, kTrackerFromProbe);
  EXPECT_THAT(clip.info.assumptions, Contains(HasSubstr("StepperHome")));
}

TEST(SequencePoses, OtherToolsAreNotTakenForTheProbe) {
  const Clip clip = clipWith({{"Seq_Frame0000_ToolToTrackerTransform", matrix(kTrackerFromProbe)},
                              {"Seq_Frame0000_StylusToTrackerTransform", kIdentity}});
  EXPECT_FALSE(clip.info.tracked);
  EXPECT_EQ(clip.info.world, "");
  EXPECT_THAT(clip.info.assumptions, Contains(HasSubstr("ToolToTracker")));
}

TEST(SequencePoses, MatricesThatAreNoMotionAreInvalid) {
  const std::vector<std::string> broken = {
      "2 0 0 0 0 2 0 0 0 0 2 0 0 0 0 1",      "-1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1",
      "0 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1",      "1 0 0 0 0 1 0 0 0 0 1 0 0 0 1 1",
      "nan 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1",    "1 0 0 0 0 1 0 0 0 0 1 0",
      "1.#QNAN 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1"};
  for (const std::string& text : broken) {
    const Clip clip = clipWith({{"Seq_Frame0000_ProbeToTrackerTransform", text},
                                {"Seq_Frame0001_ProbeToTrackerTransform", kIdentity}});
    EXPECT_EQ(clip.frames[0].pose_status, PoseStatus::kInvalid) << text;
    EXPECT_EQ(clip.frames[1].pose_status, PoseStatus::kValid);
  }
}

TEST(SequencePoses, InvalidPicturesAreNotPlaced) {
  const Clip clip = clipWith({{"Seq_Frame0000_ProbeToTrackerTransform", kIdentity},
                              {"Seq_Frame0000_ImageStatus", "INVALID"},
                              {"Seq_Frame0001_ProbeToTrackerTransform", kIdentity},
                              {"Seq_Frame0001_ImageStatus", "OK"}});
  EXPECT_EQ(clip.frames[0].pose_status, PoseStatus::kInvalid);
  EXPECT_EQ(clip.frames[1].pose_status, PoseStatus::kValid);
}

TEST(SequencePoses, TimesCountFromTheFirstFrame) {
  const Clip clip =
      clipWith({{"Seq_Frame0000_Timestamp", "100.25"}, {"Seq_Frame0001_Timestamp", "100.75"}});
  EXPECT_TRUE(clip.info.times_known);
  EXPECT_DOUBLE_EQ(clip.frames[1].time_s, 0.5);
  const Clip unknown = clipWith({{"Seq_Frame0000_Timestamp", "100.25"}});
  EXPECT_FALSE(unknown.info.times_known);
  EXPECT_DOUBLE_EQ(unknown.frames[1].time_s, 1.0 / 30.0);
  EXPECT_THAT(unknown.info.assumptions, Contains(HasSubstr("30 frames")));
}

TEST(SequencePoses, CalibrationInTheFileIsUsed) {
  const Clip clip = clipWith({{"ImageToProbeTransform", "0 0.2 0 5 -0.1 0 0 6 0 0 0.1 7 0 0 0 1"}});
  ASSERT_TRUE(clip.info.probe_from_image.has_value());
  EXPECT_TRUE((*clip.info.probe_from_image)({1, 1, 0}).isApprox(Eigen::Vector3d(5.2, 5.9, 7)));
  ASSERT_TRUE(clip.info.spacing_mm.has_value());
  EXPECT_NEAR((*clip.info.spacing_mm)[0], 0.1, 1e-12);
  EXPECT_NEAR((*clip.info.spacing_mm)[1], 0.2, 1e-12);
  const Clip placeholder = clipWith({{"ImageToProbeTransform", kIdentity}});
  EXPECT_FALSE(placeholder.info.probe_from_image.has_value());
  EXPECT_FALSE(placeholder.info.spacing_mm.has_value());
}

// The picture itself is placed: sheared pixels, turned and moved, the third column rubbish.
TEST(SequencePoses, PicturesMayBePlacedWithoutAProbe) {
  Eigen::Matrix4d pixels = Eigen::Matrix4d::Identity();
  pixels.topLeftCorner<2, 2>() << 0.0854, -0.0037, 0.0, 0.0790;
  Eigen::Matrix4d first = kTrackerFromProbe * pixels, second = kTrackerFromReference * pixels;
  first.col(2).setZero();
  const Clip clip = clipWith({{"Seq_Frame0000_ImageToReferenceTransform", matrix(first)},
                              {"Seq_Frame0001_ImageToReferenceTransform", matrix(second)}});
  EXPECT_EQ(clip.info.world, "Reference");
  EXPECT_EQ(clip.placedFrameCount(), 2);
  for (const Eigen::Vector3d& pixel : {Eigen::Vector3d(0, 0, 0), Eigen::Vector3d(100, 200, 0)}) {
    EXPECT_TRUE((*clip.worldFromImage(0))(pixel).isApprox((first * pixel.homogeneous()).head<3>()));
    EXPECT_TRUE(
        (*clip.worldFromImage(1))(pixel).isApprox((second * pixel.homogeneous()).head<3>()));
  }
  EXPECT_TRUE(clip.frames[1].world_from_probe.isRigid(1e-9));
  ASSERT_TRUE(clip.info.spacing_mm.has_value());
  EXPECT_NEAR((*clip.info.spacing_mm)[0], 0.0854, 1e-9);
}

TEST(SequencePoses, PicturesWhosePixelsChangeSizeAreNotPlaced) {
  const Clip clip =
      clipWith({{"Seq_Frame0000_ImageToTrackerTransform", "0.1 0 0 0 0 0.1 0 0 0 0 1 0 0 0 0 1"},
                {"Seq_Frame0001_ImageToTrackerTransform", "0.2 0 0 0 0 0.2 0 0 0 0 1 0 0 0 0 1"}});
  EXPECT_EQ(clip.frames[0].pose_status, PoseStatus::kValid);
  EXPECT_EQ(clip.frames[1].pose_status, PoseStatus::kInvalid);
}

TEST(SequencePoses, SpacingFollowsTheAxes) {
  const Clip clip = clipWith({{"DimSize", "3 4 2"},
                              {"ElementSpacing", "0.3 0.4 1"},
                              {"UltrasoundImageOrientation", "FM"}});
  ASSERT_TRUE(clip.info.spacing_mm.has_value());
  EXPECT_THAT(*clip.info.spacing_mm, testing::ElementsAre(0.4, 0.3));
  EXPECT_FALSE(clipWith({{"ElementSpacing", "1 1 1"}}).info.spacing_mm.has_value());
}

// The numbers are frame 0's in the file's text.
TEST(SequencePoses, RealSweepsHoldTheirOwnEquation) {
  SONOTWIN_NEEDS_REAL_DATA();
  const Clip clip =
      readSequence(test::realData() / "tracked" / "freehand" / "SpinePhantomFreehand.igs.mha");
  EXPECT_EQ(clip.info.frame_count, 21);
  EXPECT_EQ(clip.info.cols, 820);
  EXPECT_EQ(clip.info.rows, 616);
  EXPECT_EQ(clip.info.world, "Reference");
  EXPECT_NEAR(clip.frames.back().time_s, 1.845, 1e-3);
  EXPECT_TRUE(std::ranges::all_of(clip.frames, [](const FrameInfo& frame) {
    return frame.pose_status == PoseStatus::kValid && frame.world_from_probe.isRigid(1e-4);
  }));
  Eigen::Matrix4d tracker_from_probe, tracker_from_reference;
  tracker_from_probe << 0.231245, 0.951424, -0.203269, 172.641, -0.127436, -0.17751, -0.975833,
      -98.0022, -0.964513, 0.25156, 0.0801977, -22.0262, 0, 0, 0, 1;
  tracker_from_reference << 0.949536, -0.208383, 0.234431, 264.096, -0.195717, -0.977686, -0.076326,
      93.8733, 0.245105, 0.0265923, -0.969132, 3.0506, 0, 0, 0, 1;
  EXPECT_TRUE((tracker_from_reference * clip.frames[0].world_from_probe.matrix())
                  .isApprox(tracker_from_probe, 1e-9));
}

// The same recording in two formats, written by two writers.
TEST(SequencePoses, RealSweepIsTheSameInBothFormats) {
  SONOTWIN_NEEDS_REAL_DATA();
  const auto folder = test::realData() / "tracked" / "freehand";
  const Clip meta = readSequence(folder / "NwirePhantomFreehand.igs.mha");
  const Clip nrrd = readSequence(folder / "NwirePhantomFreehand.igs.nrrd");
  ASSERT_EQ(meta.info.frame_count, 97);
  ASSERT_EQ(nrrd.info.frame_count, 97);
  for (int i = 0; i < 97; ++i) {
    const auto at = static_cast<std::size_t>(i);
    ASSERT_TRUE(meta.pixels->frame(i).data == nrrd.pixels->frame(i).data) << i;
    ASSERT_EQ(meta.frames[at].time_s, nrrd.frames[at].time_s);
    ASSERT_TRUE(meta.frames[at].world_from_probe.matrix().isApprox(
        nrrd.frames[at].world_from_probe.matrix(), 1e-12));
  }
}

TEST(SequencePoses, RealInvalidPoseIsTheOnlyOne) {
  SONOTWIN_NEEDS_REAL_DATA();
  const Clip clip =
      readSequence(test::realData() / "tracked" / "formats" / "TransformInterpolationTest.igs.mha");
  EXPECT_EQ(clip.info.frame_count, 500);
  EXPECT_EQ(std::ranges::count(clip.frames, PoseStatus::kInvalid, &FrameInfo::pose_status), 1);
}

TEST(SequencePoses, RealFilesThatCannotBeReadSayWhy) {
  SONOTWIN_NEEDS_REAL_DATA();
  const auto tracked = test::realData() / "tracked";
  const auto refusal = [&](const std::filesystem::path& path) -> std::string {
    try {
      std::ignore = readSequence(tracked / path);
    } catch (const Error& error) {
      return error.what();
    }
    return "read without complaint";
  };
  EXPECT_THAT(refusal("formats/MetaImageSequenceIOTest1.igs.mhd"),
              HasSubstr("MetaImageSequenceIOTest1.zraw"));
  EXPECT_THAT(refusal("temporal/WaterTankBottomTranslationTrackerBuffer-trimmed.igs.mha"),
              HasSubstr("no pictures"));
  EXPECT_THAT(refusal("freehand/reference/VolumeReconstructorTestNNLATEvolumeRef.mha"),
              HasSubstr("volume"));
}

Clip writtenClip(PixelType type, int channels) {
  Clip clip;
  std::mt19937 random(3);
  std::vector<Image> images;
  for (int i = 0; i < 3; ++i) {
    images.emplace_back(5, 7, channels, type);
    if (type == PixelType::kFloat32) continue;
    for (std::byte& byte : images.back().data) byte = static_cast<std::byte>(random());
  }
  clip.pixels = std::make_shared<MemoryFrames>(images);
  clip.frames = {{0.0, PoseStatus::kValid, WorldFromProbe(kTrackerFromProbe)},
                 {0.1, PoseStatus::kInvalid, {}},
                 {0.3, PoseStatus::kMissing, {}}};
  clip.info.frame_count = 3;
  clip.info.rows = 5;
  clip.info.cols = 7;
  clip.info.channels = channels;
  clip.info.type = type;
  clip.info.tracked = true;
  clip.info.world = "Reference";
  clip.info.times_known = true;
  clip.info.body_region = "LIVER\nElementDataFile = evil";
  return clip;
}

TEST(SequenceWrite, ComesBackAsWritten) {
  const test::TemporaryFolder folder;
  for (const PixelType type : {PixelType::kUint8, PixelType::kUint16, PixelType::kFloat32}) {
    for (const int channels : {1, 3}) {
      for (const bool compressed : {false, true}) {
        const Clip clip = writtenClip(type, channels);
        writeSequence(folder / "a.igs.mha", clip, compressed);
        const Clip back = readSequence(folder / "a.igs.mha");
        ASSERT_EQ(back.info.frame_count, 3);
        EXPECT_EQ(back.info.type, type);
        EXPECT_EQ(back.info.channels, channels);
        EXPECT_EQ(back.info.world, "Reference");
        EXPECT_EQ(back.info.orientation, "MFA");
        EXPECT_EQ(back.info.body_region, "LIVER ElementDataFile = evil");
        EXPECT_FALSE(back.info.spacing_mm.has_value());
        for (int i = 0; i < 3; ++i) {
          const auto at = static_cast<std::size_t>(i);
          EXPECT_TRUE(back.pixels->frame(i).data == clip.pixels->frame(i).data);
          EXPECT_EQ(back.frames[at].pose_status, clip.frames[at].pose_status);
          EXPECT_DOUBLE_EQ(back.frames[at].time_s, clip.frames[at].time_s);
        }
        EXPECT_EQ(back.frames[0].world_from_probe.matrix(), kTrackerFromProbe);
      }
    }
  }
}

TEST(SequenceWrite, KeepsCalibrationAndUntrackedClips) {
  const test::TemporaryFolder folder;
  Clip clip = writtenClip(PixelType::kUint8, 1);
  clip.info.tracked = false;
  clip.info.times_known = false;
  Eigen::Matrix4d calibration = Eigen::Matrix4d::Identity();
  calibration.diagonal() << 0.2, 0.3, 0.25, 1.0;
  clip.info.probe_from_image = ProbeFromImage(calibration);
  clip.info.spacing_mm = {0.2, 0.3};
  writeSequence(folder / "a.mha", clip, false);
  const Clip back = readSequence(folder / "a.mha");
  EXPECT_FALSE(back.info.tracked);
  EXPECT_FALSE(back.info.times_known);
  ASSERT_TRUE(back.info.probe_from_image.has_value());
  EXPECT_EQ(back.info.probe_from_image->matrix(), calibration);
}

TEST(SequenceWrite, LeavesNothingBehindWhenAFrameFails) {
  const test::TemporaryFolder folder;
  Clip clip = writtenClip(PixelType::kUint8, 1);
  clip.info.frame_count = 4;
  clip.frames.resize(4);
  EXPECT_THROW(writeSequence(folder / "a.mha", clip, false), Error);
  EXPECT_THROW(writeSequence(folder / "a.mha", Clip{}, false), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}
}  // namespace
}  // namespace sonotwin::media
