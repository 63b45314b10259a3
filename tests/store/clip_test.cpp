// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <limits>
#include <stop_token>

#include "same_info.h"
#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using media::PixelType;
using testing::HasSubstr;
using testing::IsEmpty;

class StoredClip : public testing::Test {
 protected:
  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "store";
  Store store_ = Store::create(folder_);
};

void expectSamePixels(const media::Clip& a, const media::Clip& b) {
  ASSERT_EQ(a.info.frame_count, b.info.frame_count);
  for (int i = a.info.frame_count - 1; i >= 0; --i) {  // backwards: each readable without the rest
    const media::Image x = a.pixels->frame(i), y = b.pixels->frame(i);
    EXPECT_EQ(x.data, y.data) << "frame " << i;
    EXPECT_EQ(x.rows, y.rows);
    EXPECT_EQ(x.cols, y.cols);
    EXPECT_EQ(x.channels, y.channels);
    EXPECT_EQ(x.type, y.type);
  }
}

TEST_F(StoredClip, ComesBackInEveryPixelForm) {
  std::uint32_t seed = 0;
  for (const PixelType type : {PixelType::kUint8, PixelType::kUint16, PixelType::kFloat32}) {
    for (const int channels : {1, 3}) {
      const media::Clip clip = noiseClip(++seed, 4, 7, 5, channels, type);
      const AddedClip added = store_.addClip(clip, originOf("a"), {});
      EXPECT_TRUE(added.added);
      expectSamePixels(store_.clip(added.id), clip);
    }
  }
}

media::Clip describedClip() {
  media::Clip clip = noiseClip(5, 3);
  clip.info.spacing_mm = {0.1, 1.0 / 3.0};
  clip.info.spacing_source = "ultrasound region";
  clip.info.regions = {{.rectangle = {1, 2, 9, 11},
                        .spatial_format = 1,
                        .data_type = 2,
                        .units_x = 3,
                        .units_y = 3,
                        .delta_x = -0.01,
                        .delta_y = 0.02},
                       {.rectangle = {0, 0, 3, 3}, .spatial_format = 2, .units_x = 4}};
  clip.info.sector = {.rectangle = media::PixelRectangle{1, 2, 9, 11},
                      .fan = media::Fan{.apex_x_px = 4.5,
                                        .apex_y_px = -3.25,
                                        .start_radius_px = 1.0,
                                        .end_radius_px = 12.0,
                                        .left_rad = -0.6,
                                        .right_rad = 0.7,
                                        .rows_per_col = 1.1}};
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topRows<3>() = Eigen::Matrix<double, 3, 4>::Random();
  clip.info.probe_from_image = media::ProbeFromImage(matrix);
  clip.info.orientation = "MFA";
  clip.info.times_known = true;
  clip.info.body_region = "Schilddrüse";
  clip.info.probe_name = "L14-5";
  clip.info.device_model = "Scanner 3000";
  clip.info.depth_mm = 45.5;
  clip.info.frequency_mhz = 7.5;
  clip.info.transfer_syntax = "1.2.840.10008.1.2.1";
  clip.info.assumptions = {"times are counted at 30 Hz", "", "depth from the file"};
  clip.frames[1].pose_status = media::PoseStatus::kInvalid;
  clip.frames[2].time_s = 1.0 / 7.0;
  Eigen::Matrix4d pose = Eigen::Matrix4d::Identity();
  pose.topRows<3>() = Eigen::Matrix<double, 3, 4>::Random();
  clip.frames[2].world_from_probe = media::WorldFromProbe(pose);
  return clip;
}

TEST_F(StoredClip, ComesBackWithAllThatIsKnownOfIt) {
  const media::Clip clip = describedClip();
  const media::Clip back = store_.clip(store_.addClip(clip, originOf("a"), {}).id);
  media::expectSameInfo(clip.info, back.info);
  ASSERT_EQ(back.frames.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(clip.frames[i].time_s, back.frames[i].time_s);
    EXPECT_EQ(clip.frames[i].pose_status, back.frames[i].pose_status);
    if (clip.frames[i].pose_status != media::PoseStatus::kValid) continue;
    EXPECT_EQ(clip.frames[i].world_from_probe.matrix(), back.frames[i].world_from_probe.matrix());
  }
  EXPECT_EQ(back.placedFrameCount(), 2);
}

TEST_F(StoredClip, RowShowsWhatListsNeed) {
  const ClipRow row = store_.clipRow(store_.addClip(describedClip(), originOf("a"), {}).id);
  EXPECT_EQ(row.frames, 3);
  EXPECT_EQ(row.rows, 12);
  EXPECT_EQ(row.cols, 10);
  EXPECT_EQ(row.spacing_mm, (std::array{0.1, 1.0 / 3.0}));
  EXPECT_TRUE(row.tracked);
  EXPECT_TRUE(row.calibrated);
  EXPECT_DOUBLE_EQ(row.duration_s, 1.0 / 7.0);
  EXPECT_EQ(row.body_region, "Schilddrüse");
  EXPECT_EQ(row.patient_id, store_.pseudonym("a"));
}

TEST_F(StoredClip, IsAddedOnce) {
  const AddedClip first = store_.addClip(describedClip(), originOf("a"), {});
  const AddedClip again = store_.addClip(noiseClip(5, 3), originOf("a"), {});
  const media::Clip same = noiseClip(99);
  const AddedClip other = store_.addClip(same, originOf("a"), {});
  const AddedClip other_again = store_.addClip(same, originOf("a"), {});
  EXPECT_NE(first.id, again.id) << "other poses and regions make another clip";
  EXPECT_TRUE(other.added);
  EXPECT_FALSE(other_again.added);
  EXPECT_FALSE(other_again.calibration_changed);
  EXPECT_EQ(other.id, other_again.id);
  EXPECT_EQ(store_.clips().size(), 3U);
  EXPECT_TRUE(other.id.starts_with("clip-") && other.id.size() == 21U);
}

TEST_F(StoredClip, OfTwoPatientsAreTwoClipsAndOneObject) {
  const media::Clip clip = noiseClip(1);
  EXPECT_NE(store_.addClip(clip, originOf("a"), {}).id, store_.addClip(clip, originOf("b"), {}).id);
  EXPECT_EQ(store_.clips().size(), 2U);
  EXPECT_EQ(filesUnder(folder_ / "objects").size(), 1U);
}

// Without this an id would depend on the store's history.
TEST_F(StoredClip, IdDependsOnTheExam) {
  const media::Clip clip = noiseClip(1);
  EXPECT_NE(store_.addClip(clip, originOf("a", 19000), {}).id,
            store_.addClip(clip, originOf("a", 19001), {}).id);
}

TEST_F(StoredClip, StaysReadableWhenTheStoreIsClosed) {
  const media::Clip clip = noiseClip(1);
  const std::string id = store_.addClip(clip, originOf("a"), {}).id;
  media::Clip back;
  {
    const Store reader = Store::open(folder_);
    back = reader.clip(id);
  }
  expectSamePixels(back, clip);
  EXPECT_EQ(failureOf([&] { std::ignore = back.pixels->frame(3); }).kind, ErrorKind::kNotFound);
  EXPECT_EQ(failureOf([&] { std::ignore = back.pixels->frame(-1); }).kind, ErrorKind::kNotFound);
}

TEST_F(StoredClip, NamesTheFrameThatIsLost) {
  const std::string id = store_.addClip(noiseClip(1, 3, 12, 10), originOf("a"), {}).id;
  const fs::path object = filesUnder(folder_ / "objects").at(0);
  fs::resize_file(object, 2 * 120 + 60);
  const media::Clip cut = store_.clip(id);
  EXPECT_NO_THROW(std::ignore = cut.pixels->frame(1));
  const Failure failure = failureOf([&] { std::ignore = cut.pixels->frame(2); });
  EXPECT_EQ(failure.kind, ErrorKind::kDamaged);
  EXPECT_THAT(failure.text, HasSubstr("Frame 2 of " + id));
  fs::remove(object);
  const Failure gone = failureOf([&] { std::ignore = store_.clip(id).pixels->frame(0); });
  EXPECT_EQ(gone.kind, ErrorKind::kDamaged);
  EXPECT_THAT(gone.text, HasSubstr("Frame 0"));
}

TEST_F(StoredClip, LostPixelsComeBackWithTheSameFile) {
  const media::Clip clip = noiseClip(1);
  const std::string id = store_.addClip(clip, originOf("a"), {}).id;
  fs::resize_file(filesUnder(folder_ / "objects").at(0), 5);
  EXPECT_FALSE(store_.addClip(clip, originOf("a"), {}).added);
  expectSamePixels(store_.clip(id), clip);
  EXPECT_THAT(store_.verify(VerifyDepth::kBytes, {}), IsEmpty());
}

TEST_F(StoredClip, CalibrationThatComesLaterIsARevision) {
  const media::Clip plain = noiseClip(1);
  media::Clip calibrated = plain;
  calibrated.info.probe_from_image = media::ProbeFromImage();
  calibrated.info.spacing_mm = {0.2, 0.2};
  const AddedClip first = store_.addClip(plain, originOf("a"), {});
  EXPECT_FALSE(store_.clipRow(first.id).calibrated);
  const AddedClip second = store_.addClip(calibrated, originOf("a"), {});
  EXPECT_EQ(second.id, first.id);
  EXPECT_FALSE(second.added);
  EXPECT_TRUE(second.calibration_changed);
  EXPECT_TRUE(store_.clipRow(first.id).calibrated);
  EXPECT_FALSE(store_.addClip(calibrated, originOf("a"), {}).calibration_changed);
  EXPECT_FALSE(store_.addClip(plain, originOf("a"), {}).calibration_changed);
  EXPECT_TRUE(store_.clipRow(first.id).calibrated) << "a file without one takes none away";
  EXPECT_THAT(store_.verify(VerifyDepth::kRows, {}), IsEmpty());
}

TEST_F(StoredClip, CanBeCorrectedByAPerson) {
  const std::string id = store_.addClip(noiseClip(1), originOf("a"), {}).id;
  media::ClipInfo info = store_.clip(id).info;
  info.body_region = "neck";
  info.spacing_mm = {0.3, 0.4};
  info.spacing_source = "measured on the depth scale";
  info.rows = 999;  // not a person's to change
  store_.setCalibration(id, info);
  const media::ClipInfo back = store_.clip(id).info;
  EXPECT_EQ(back.body_region, "neck");
  EXPECT_EQ(back.spacing_mm, (std::array{0.3, 0.4}));
  EXPECT_EQ(back.rows, 12);
  EXPECT_EQ(store_.clips({.body_region = "neck"}).size(), 1U);
  EXPECT_FALSE(store_.addClip(noiseClip(1), originOf("a"), {}).added);
  EXPECT_EQ(store_.clip(id).info.body_region, "neck") << "ingesting again undoes nothing";
  EXPECT_EQ(failureOf([&] { store_.setCalibration("clip-none", info); }).kind,
            ErrorKind::kNotFound);
}

TEST_F(StoredClip, IsKnownByItsFile) {
  Origin origin = originOf("a");
  origin.source_sha256 = "file";
  EXPECT_EQ(store_.clipOfSource("file"), std::nullopt);
  const std::string id = store_.addClip(noiseClip(1), origin, {}).id;
  EXPECT_EQ(store_.clipOfSource("file"), id);
  EXPECT_EQ(store_.clipOfSource("file", "calibration"), std::nullopt);
  EXPECT_EQ(store_.clipOfSource(""), std::nullopt);

  media::Clip calibrated = noiseClip(1);
  calibrated.info.probe_from_image = media::ProbeFromImage();
  origin.calibration_sha256 = "calibration";
  EXPECT_EQ(store_.addClip(calibrated, origin, {}).id, id);
  EXPECT_EQ(store_.clipOfSource("file", "calibration"), id);
  EXPECT_EQ(store_.clipOfSource("file"), id);

  media::ClipInfo info = store_.clip(id).info;
  info.spacing_mm = {1.0, 1.0};
  store_.setCalibration(id, info);
  EXPECT_EQ(store_.clipOfSource("file", "calibration"), std::nullopt)
      << "the file's calibration is no longer the one in force";
  EXPECT_EQ(store_.clipOfSource("file"), id);
  EXPECT_THAT(store_.verify(VerifyDepth::kRows, {}), IsEmpty());
}

/// Has one frame of another size.
class UnevenFrames final : public media::FrameSource {
 public:
  [[nodiscard]] media::Image frame(int index) const override {
    return media::Image(12, index == 1 ? 11 : 10);
  }
};

TEST_F(StoredClip, LeavesNothingWhenItDoesNotFit) {
  media::Clip uneven = noiseClip(1);
  uneven.pixels = std::make_shared<UnevenFrames>();
  const Failure failure = failureOf([&] { store_.addClip(uneven, originOf("a"), {}); });
  EXPECT_EQ(failure.kind, ErrorKind::kBadInput);
  EXPECT_THAT(failure.text, HasSubstr("Frame 1"));

  media::Clip missing = noiseClip(1);
  missing.frames.pop_back();
  EXPECT_EQ(failureOf([&] { store_.addClip(missing, originOf("a"), {}); }).kind,
            ErrorKind::kBadInput);
  EXPECT_EQ(failureOf([&] { store_.addClip(noiseClip(1), originOf(""), {}); }).kind,
            ErrorKind::kBadInput);
  EXPECT_EQ(failureOf([&] { store_.addClip({}, originOf("a"), {}); }).kind, ErrorKind::kBadInput);
  EXPECT_THAT(store_.patients(), IsEmpty());
  EXPECT_THAT(filesUnder(folder_ / "objects"), IsEmpty());
  EXPECT_THAT(filesUnder(folder_ / "tmp"), IsEmpty());
}

TEST_F(StoredClip, RefusesWhatNoDatabaseShouldHold) {
  media::Clip latin = noiseClip(1);
  latin.info.device_model = "K\xF6ln";
  EXPECT_EQ(failureOf([&] { store_.addClip(latin, originOf("a"), {}); }).kind,
            ErrorKind::kBadInput);
  media::Clip endless = noiseClip(1);
  endless.frames[2].time_s = std::numeric_limits<double>::infinity();
  EXPECT_EQ(failureOf([&] { store_.addClip(endless, originOf("a"), {}); }).kind,
            ErrorKind::kBadInput);
  EXPECT_THAT(store_.patients(), IsEmpty());
}

TEST_F(StoredClip, LeavesNothingWhenCancelled) {
  std::stop_source stop;
  const Progress progress(
      [&](double fraction, std::string_view) {
        if (fraction > 0.4) stop.request_stop();
      },
      stop.get_token());
  EXPECT_EQ(failureOf([&] { store_.addClip(noiseClip(1, 10), originOf("a"), progress); }).kind,
            ErrorKind::kCancelled);
  EXPECT_THAT(store_.patients(), IsEmpty());
  EXPECT_THAT(filesUnder(folder_ / "objects"), IsEmpty());
  EXPECT_THAT(filesUnder(folder_ / "tmp"), IsEmpty());
}
}  // namespace
}  // namespace sonotwin::store
