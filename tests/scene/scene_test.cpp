// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/scene/scene.h"

#include <gtest/gtest.h>
#include <vtkRenderWindow.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <optional>
#include <tuple>

#include "off_screen.h"
#include "sonotwin/base/error.h"

namespace sonotwin::scene {
namespace {
constexpr int kCols = 320;
constexpr int kRows = 240;
constexpr double kFill = 0.88;
constexpr double kOpening_rad = 28.0 * std::numbers::pi / 180.0;

using Pixel = std::array<std::uint8_t, 3>;
constexpr Pixel kGround = {0x0B, 0x0E, 0x12};
constexpr Pixel kPeach = {0xE6, 0x9E, 0x75};
constexpr Pixel kRed = {220, 20, 20};
constexpr Pixel kBlue = {20, 20, 220};
constexpr Pixel kGreen = {20, 220, 20};

media::Surface sphere(const Eigen::Vector3d& centre, double radius_mm) {
  constexpr int kMeridians = 96, kParallels = 48;
  media::Surface surface;
  for (int v = 0; v <= kParallels; ++v) {
    for (int u = 0; u < kMeridians; ++u) {
      const double theta = std::numbers::pi * v / kParallels;
      const double phi = 2.0 * std::numbers::pi * u / kMeridians;
      const Eigen::Vector3f point =
          (centre + radius_mm * Eigen::Vector3d(std::sin(theta) * std::cos(phi),
                                                std::sin(theta) * std::sin(phi), std::cos(theta)))
              .cast<float>();
      surface.vertices_mm.push_back({point.x(), point.y(), point.z()});
    }
  }
  for (std::uint32_t v = 0; v < kParallels; ++v) {
    for (std::uint32_t u = 0; u < kMeridians; ++u) {
      const std::uint32_t a = v * kMeridians + u, b = v * kMeridians + (u + 1) % kMeridians;
      surface.triangles.push_back({a, a + kMeridians, b});
      surface.triangles.push_back({b, a + kMeridians, b + kMeridians});
    }
  }
  return surface;
}

/// Frames of 100 x 80 pixels of 0.5 mm; columns along world x, depth along -z, moving along y.
media::Clip sweepAlongY(int frames) {
  media::Clip clip;
  clip.info.rows = 80;
  clip.info.cols = 100;
  clip.info.frame_count = frames;
  Eigen::Matrix4d scale = Eigen::Matrix4d::Identity();
  scale.diagonal().head<3>().setConstant(0.5);
  clip.info.probe_from_image = media::ProbeFromImage(scale);
  for (int index = 0; index < frames; ++index) {
    Eigen::Matrix4d pose = Eigen::Matrix4d::Identity();
    pose.col(1).head<3>() = Eigen::Vector3d(0.0, 0.0, -1.0);
    pose.col(2).head<3>() = Eigen::Vector3d(0.0, 1.0, 0.0);
    pose.col(3).head<3>() = Eigen::Vector3d(-25.0, 4.0 * index, 0.0);
    media::FrameInfo frame;
    frame.pose_status = media::PoseStatus::kValid;
    frame.world_from_probe = media::WorldFromProbe(pose);
    clip.frames.push_back(frame);
  }
  return clip;
}

Pixel pixelAt(const media::Image& picture, int col, int row) {
  const auto samples = picture.samples<std::uint8_t>();
  const auto first = (static_cast<std::size_t>(row) * static_cast<std::size_t>(picture.cols) +
                      static_cast<std::size_t>(col)) *
                     3;
  return {samples[first], samples[first + 1], samples[first + 2]};
}

struct Region {
  int area = 0;
  double col = 0.0, row = 0.0;  ///< centroid
};

Region regionWhere(const media::Image& picture, const std::function<bool(const Pixel&)>& test) {
  Region region;
  for (int row = 0; row < picture.rows; ++row) {
    for (int col = 0; col < picture.cols; ++col) {
      if (!test(pixelAt(picture, col, row))) continue;
      ++region.area;
      region.col += col;
      region.row += row;
    }
  }
  region.col /= std::max(region.area, 1);
  region.row /= std::max(region.area, 1);
  return region;
}

bool isGround(const Pixel& pixel) {
  return pixel == kGround;
}
bool isDrawn(const Pixel& pixel) {
  return !isGround(pixel);
}
bool isReddish(const Pixel& p) {
  return p[0] > p[1] + 25 && p[0] > p[2] + 25;
}
bool isGreenish(const Pixel& p) {
  return p[1] > p[0] + 25 && p[1] > p[2] + 25;
}
bool isBluish(const Pixel& p) {
  return p[2] > p[0] + 25 && p[2] > p[1] + 25;
}
bool isAccent(const Pixel& p) {
  return p[1] > p[0] + 50 && p[2] > p[0] + 50;
}

class SceneTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      std::ignore = scene_.renderImage(8, 8);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kDevice) throw;
      GTEST_SKIP() << "no off-screen OpenGL on this machine: " << error.what();
    }
    scene_.showOverlay(false);
  }

  media::Image picture() { return scene_.renderImage(kCols, kRows); }
  media::Image pictureOfAll() {
    std::ignore = picture();  // the camera fits the window's shape
    scene_.resetCamera();
    return picture();
  }

  Scene scene_;
};

// Oracle: the fitted camera's cone touches the sphere, so the silhouette is a circle that takes
// the fill of the picture's height whatever the sphere's size and place.
TEST_F(SceneTest, SphereHasTheAreaOfItsProjection) {
  scene_.addSurface(sphere({40.0, -10.0, 25.0}, 30.0), kPeach);
  const Region region = regionWhere(pictureOfAll(), isDrawn);
  const double radius_px = kFill * kRows / 2.0;
  const double area_px = std::numbers::pi * radius_px * radius_px;
  EXPECT_NEAR(region.area, area_px, 0.02 * area_px);
  EXPECT_NEAR(region.col, (kCols - 1) / 2.0, 0.5);
  EXPECT_NEAR(region.row, (kRows - 1) / 2.0, 0.5);
}

// Oracle: from half the distance d the same sphere has the slope tan(asin(2 R / d)).
TEST_F(SceneTest, ZoomHalvesTheDistanceAndPanFollowsThePointer) {
  scene_.addSurface(sphere({0.0, 0.0, 0.0}, 30.0), kPeach);
  std::ignore = pictureOfAll();
  scene_.zoom(0.5);
  const double half = std::tan(kOpening_rad / 2.0);
  const double slope = std::tan(std::asin(std::sin(std::atan(half * kFill)) / 2.0));
  const double radius_px = slope / half * kRows / 2.0;
  const double area_px = std::numbers::pi * radius_px * radius_px;
  const Region before = regionWhere(picture(), isDrawn);
  EXPECT_NEAR(before.area, area_px, 0.02 * area_px);
  scene_.pan(40.0, -20.0);
  const Region after = regionWhere(picture(), isDrawn);
  EXPECT_NEAR(after.col - before.col, 40.0, 1.0);
  EXPECT_NEAR(after.row - before.row, -20.0, 1.0);
}

TEST_F(SceneTest, SurfaceHasItsColourAndIsShaded) {
  scene_.addSurface(sphere({0.0, 0.0, 0.0}, 30.0), kPeach);
  const media::Image image = pictureOfAll();
  const auto brightness = [](const Pixel& p) { return p[0] + p[1] + p[2]; };
  const Pixel lit = pixelAt(image, kCols / 2 - 40, kRows / 2 - 40);
  const Pixel dark = pixelAt(image, kCols / 2 + 50, kRows / 2 + 50);
  EXPECT_GT(lit[0], lit[1]);
  EXPECT_GT(lit[1], lit[2]);
  EXPECT_GT(brightness(lit), 1.5 * brightness(dark));
  EXPECT_TRUE(isGround(pixelAt(image, 2, 2)));
}

TEST_F(SceneTest, PickGivesThePointOfTheSphereUnderThePixel) {
  const Eigen::Vector3d centre(40.0, -10.0, 25.0);
  scene_.addSurface(sphere(centre, 30.0), kPeach);
  const media::Image image = pictureOfAll();
  int agreeing = 0;
  for (int row = 0; row < kRows; row += 6) {
    for (int col = 0; col < kCols; col += 6) {
      const auto point = scene_.pick(col, row);
      if (point) {
        EXPECT_NEAR((*point - centre).norm(), 30.0, 0.1);
      }
      agreeing += point.has_value() == isDrawn(pixelAt(image, col, row)) ? 1 : 0;
    }
  }
  const int probes = ((kRows + 5) / 6) * ((kCols + 5) / 6);
  EXPECT_GE(agreeing, probes - 15) << "only pixels on the border may disagree";
  const auto middle = scene_.pick((kCols - 1) / 2.0, (kRows - 1) / 2.0);
  scene_.orbit(90.0, 0.0);
  const auto turned = scene_.pick((kCols - 1) / 2.0, (kRows - 1) / 2.0);
  ASSERT_TRUE(middle && turned);
  const Eigen::Vector3d a = *middle - centre, b = *turned - centre;
  EXPECT_NEAR(b.x(), -a.y(), 0.3);  // a quarter turn about z
  EXPECT_NEAR(b.y(), a.x(), 0.3);
  EXPECT_NEAR(b.z(), a.z(), 0.3);
}

TEST_F(SceneTest, HiddenSurfacesAreNeitherDrawnNorPicked) {
  const int ball = scene_.addSurface(sphere({0.0, 0.0, 0.0}, 30.0), kPeach);
  std::ignore = pictureOfAll();
  scene_.showSurface(ball, false);
  EXPECT_EQ(regionWhere(picture(), isDrawn).area, 0);
  EXPECT_FALSE(scene_.pick(kCols / 2.0, kRows / 2.0));
  scene_.showSurface(ball, true);
  scene_.showSurfaces(false);
  EXPECT_EQ(regionWhere(picture(), isDrawn).area, 0);
  EXPECT_THROW(scene_.showSurface(ball + 1, true), Error);
}

TEST_F(SceneTest, CutPlaneOpensTheSphere) {
  const Eigen::Vector3d centre(0.0, 0.0, 0.0);
  scene_.addSurface(sphere(centre, 30.0), kPeach);
  std::ignore = pictureOfAll();
  const auto nearest = scene_.pick((kCols - 1) / 2.0, (kRows - 1) / 2.0);
  ASSERT_TRUE(nearest);
  scene_.setCutPlane(CutPlane{centre, Eigen::Vector3d::UnitZ()});
  const media::Image image = picture();
  const auto point = scene_.pick((kCols - 1) / 2.0, (kRows - 1) / 2.0);
  ASSERT_TRUE(point) << "through the opening the inner wall is seen";
  EXPECT_LT(point->z(), 0.01);
  EXPECT_FALSE(scene_.pick(kCols / 2.0, kRows / 2.0 - 95.0)) << "the top is cut off";
  EXPECT_TRUE(isGround(pixelAt(image, kCols / 2, kRows / 2 - 95)));
  EXPECT_TRUE(isDrawn(pixelAt(image, kCols / 2, kRows / 2 + 95)));
}

TEST_F(SceneTest, SweepStandsWithItsProbeOnTopAndRunsToTheRight) {
  scene_.setSweep(sweepAlongY(21));
  scene_.addSurface(sphere({0.0, 0.0, -20.0}, 5.0), kRed);
  scene_.addSurface(sphere({0.0, 80.0, -20.0}, 5.0), kBlue);
  scene_.addSurface(sphere({0.0, 40.0, -50.0}, 5.0), kGreen);
  const media::Image image = pictureOfAll();
  const Region first = regionWhere(image, isReddish);
  const Region last = regionWhere(image, isBluish);
  const Region deep = regionWhere(image, isGreenish);
  const Region path = regionWhere(image, isAccent);
  ASSERT_GT(std::min({first.area, last.area, deep.area, path.area}), 30);
  EXPECT_LT(first.col + 50.0, last.col);
  EXPECT_GT(first.area, last.area) << "the sweep begins nearer to the eye";
  EXPECT_GT(deep.row, (first.row + last.row) / 2.0 + 20.0) << "depth goes down";
  EXPECT_LT(path.row, (first.row + last.row) / 2.0 - 10.0) << "the probe is on top";
  scene_.showSweep(false);
  EXPECT_EQ(regionWhere(picture(), isAccent).area, 0);
  scene_.showSweep(true);
  scene_.setSweep(media::Clip{});
  EXPECT_EQ(regionWhere(picture(), isAccent).area, 0);
}

media::Image quadrants() {
  media::Image frame(80, 100);
  for (int row = 0; row < 80; ++row) {
    for (int col = 0; col < 100; ++col) {
      const int level = (row < 40 ? 60 : 160) + (col < 50 ? 0 : 50);
      frame.samples<std::uint8_t>()[static_cast<std::size_t>(row * 100 + col)] =
          static_cast<std::uint8_t>(level);
    }
  }
  return frame;
}

Region levelRegion(const media::Image& picture, int level) {
  return regionWhere(picture, [level](const Pixel& p) {
    return p[0] == p[1] && p[1] == p[2] && std::abs(p[0] - level) <= 1;
  });
}

TEST_F(SceneTest, FramePictureKeepsItsGreyLevelsAndItsSides) {
  const media::Clip clip = sweepAlongY(21);
  scene_.setSweep(clip);
  scene_.showSweep(false);
  scene_.setFramePicture(quadrants(), *clip.worldFromImage(10));
  const media::Image image = pictureOfAll();
  const Region near_unmarked = levelRegion(image, 60), near_marked = levelRegion(image, 110);
  const Region far_unmarked = levelRegion(image, 160), far_marked = levelRegion(image, 210);
  ASSERT_GT(std::min({near_unmarked.area, near_marked.area, far_unmarked.area, far_marked.area}),
            500);
  EXPECT_LT(near_unmarked.row + 30.0, far_unmarked.row);
  EXPECT_LT(near_marked.row + 30.0, far_marked.row);
  EXPECT_LT(near_unmarked.col + 20.0, near_marked.col);
  EXPECT_LT(far_unmarked.col + 20.0, far_marked.col);
}

TEST_F(SceneTest, FramePictureLeavesOutWhatIsNotUltrasound) {
  const media::Clip clip = sweepAlongY(2);
  media::ScanSector sector;
  sector.rectangle = media::PixelRectangle{0, 0, 100, 40};
  scene_.setFramePicture(quadrants(), *clip.worldFromImage(0), sector);
  const media::Image image = pictureOfAll();
  EXPECT_GT(levelRegion(image, 60).area, 500);
  EXPECT_EQ(levelRegion(image, 160).area, 0);
}

media::Volume ballVolume(const Eigen::Vector3d& centre_mm, double radius_mm) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 3>() =
      Eigen::AngleAxisd(0.5, Eigen::Vector3d(1.0, 1.0, 0.0).normalized()).toRotationMatrix() *
      Eigen::Vector3d(1.0, 1.5, 2.0).asDiagonal();
  matrix.topRightCorner<3, 1>() = Eigen::Vector3d(10.0, 20.0, -30.0);
  media::Volume volume({48, 32, 24}, media::PixelType::kUint8, media::WorldFromVoxel(matrix));
  for (int k = 0; k < 24; ++k) {
    for (int j = 0; j < 32; ++j) {
      for (int i = 0; i < 48; ++i) {
        const Eigen::Vector3d place = volume.world_from_voxel(Eigen::Vector3d(i, j, k));
        volume.samples<std::uint8_t>()[volume.index(i, j, k)] =
            (place - centre_mm).norm() < radius_mm ? 255 : 0;
      }
    }
  }
  return volume;
}

// Oracle: a bright ball of voxels covers what a surface of the same ball covers.
TEST_F(SceneTest, VolumeShowsItsBallWhereTheSurfaceOfTheBallIs) {
  const media::Volume box = ballVolume({0.0, 0.0, 0.0}, 0.0);
  const Eigen::Vector3d centre = box.world_from_voxel(Eigen::Vector3d(30.0, 12.0, 9.0));
  scene_.setVolume(std::make_shared<media::Volume>(ballVolume(centre, 10.0)));
  const int ball = scene_.addSurface(sphere(centre, 10.0), kPeach);
  scene_.showVolume(false);
  std::ignore = pictureOfAll();
  scene_.zoom(0.5);
  const Region of_surface = regionWhere(picture(), isDrawn);
  scene_.showSurface(ball, false);
  scene_.showVolume(true);
  const auto is_bright = [](const Pixel& p) { return p[0] > 70; };
  const Region of_volume = regionWhere(picture(), is_bright);
  EXPECT_NEAR(of_volume.area, of_surface.area, 0.12 * of_surface.area);
  EXPECT_NEAR(of_volume.col, of_surface.col, 1.5);
  EXPECT_NEAR(of_volume.row, of_surface.row, 1.5);
  scene_.setVolume(nullptr);
  EXPECT_EQ(regionWhere(picture(), isDrawn).area, 0);
}

TEST_F(SceneTest, LabelVolumesAreRefused) {
  media::Volume labels = ballVolume({0.0, 0.0, 0.0}, 1.0);
  labels.labels = {{1, "head"}};
  EXPECT_THROW(scene_.setVolume(std::make_shared<media::Volume>(labels)), Error);
}

robot::ScanPlan straightPlan() {
  robot::ScanPlan plan;
  for (int lane = 0; lane < 2; ++lane) {
    for (int step = 0; step < 12; ++step) {
      robot::PlanPose pose;
      Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
      matrix.col(1).head<3>() = Eigen::Vector3d(0.0, -1.0, 0.0);
      matrix.col(2).head<3>() = Eigen::Vector3d(0.0, 0.0, -1.0);
      matrix.col(3).head<3>() = Eigen::Vector3d(5.0 * step, 30.0 * lane, 0.0);
      pose.world_from_tool = robot::WorldFromTool(matrix);
      pose.lane = lane;
      pose.contact = step < 10;
      plan.poses.push_back(pose);
    }
  }
  return plan;
}

TEST_F(SceneTest, PlanShowsLanesAndTheProbeAtItsPose) {
  scene_.setPlan(straightPlan());
  const media::Image image = pictureOfAll();
  const auto is_white = [](const Pixel& p) { return p[0] > 150 && p[1] > 150 && p[2] > 150; };
  EXPECT_GT(regionWhere(image, isGreenish).area, 200);
  EXPECT_EQ(regionWhere(image, is_white).area, 0);
  scene_.setPlanPose(3);
  EXPECT_GT(regionWhere(picture(), is_white).area, 50);
  EXPECT_THROW(scene_.setPlanPose(24), Error);
  scene_.setPlanPose(-1);
  EXPECT_EQ(regionWhere(picture(), is_white).area, 0);
  scene_.setPlan(std::nullopt);
  EXPECT_EQ(regionWhere(picture(), isDrawn).area, 0);
}

TEST_F(SceneTest, ClearEmptiesThePicture) {
  const media::Clip clip = sweepAlongY(5);
  scene_.addSurface(sphere({0.0, 0.0, 0.0}, 30.0), kPeach, 0.5);
  scene_.setSweep(clip);
  scene_.setFramePicture(quadrants(), *clip.worldFromImage(1));
  scene_.setPlan(straightPlan());
  scene_.setPlanPose(2);
  scene_.setVolume(std::make_shared<media::Volume>(ballVolume({20.0, 30.0, -20.0}, 9.0)));
  EXPECT_GT(regionWhere(pictureOfAll(), isDrawn).area, 1000);
  scene_.clear();
  EXPECT_EQ(regionWhere(picture(), isGround).area, kCols * kRows);
  EXPECT_FALSE(scene_.pick(kCols / 2.0, kRows / 2.0));
}

TEST_F(SceneTest, SurfaceWithAMissingVertexIsRefused) {
  media::Surface broken = sphere({0.0, 0.0, 0.0}, 1.0);
  broken.triangles.push_back({0, 1, 1000000});
  EXPECT_THROW(scene_.addSurface(broken, kPeach), Error);
}

TEST_F(SceneTest, OverlayIsDrawnOnlyWhereShown) {
  EXPECT_EQ(regionWhere(picture(), isDrawn).area, 0);
  scene_.showOverlay(true);
  const Region region = regionWhere(picture(), isDrawn);
  EXPECT_GT(region.area, 60);
  EXPECT_GT(region.col, kCols / 2.0);
  EXPECT_GT(region.row, kRows / 2.0);
}

// A host's window: the same picture as off screen, before, while and after it is attached.
TEST_F(SceneTest, AttachedToAHostsWindowShowsTheSamePicture) {
  scene_.addSurface(sphere({0.0, 0.0, 0.0}, 30.0), kPeach);
  scene_.setSweep(sweepAlongY(9));
  const media::Image before = pictureOfAll();
  {
    const OffScreen host;
    const OffScreen::Current current(host);
    host.window()->SetSize(64, 48);
    scene_.attach(host.window());
    EXPECT_EQ(picture().data, before.data);
    EXPECT_EQ(host.window()->GetSize()[0], 64);
    scene_.attach(nullptr);
  }
  EXPECT_EQ(picture().data, before.data);
}
}  // namespace
}  // namespace sonotwin::scene
