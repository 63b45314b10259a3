// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <set>
#include <stop_token>
#include <tuple>

#include "sonotwin/base/error.h"
#include "sonotwin/base/progress.h"
#include "sonotwin/phantom/virtual_patient.h"

namespace sonotwin::phantom {
namespace {
using Eigen::Vector3d;

ScanOptions shortSweep() {
  ScanOptions options;
  options.frames = 10;
  options.rows = options.cols = 160;
  options.pixel_mm = 0.5;
  options.sweep_mm = 6.0;
  return options;
}

std::vector<std::byte> allBytes(const SimulatedSweep& sweep) {
  std::vector<std::byte> bytes;
  for (int i = 0; i < sweep.clip.info.frame_count; ++i) {
    const media::Image image = sweep.clip.pixels->frame(i);
    bytes.insert(bytes.end(), image.data.begin(), image.data.end());
  }
  for (const auto& frame : sweep.clip.frames) {
    const auto* first = reinterpret_cast<const std::byte*>(frame.world_from_probe.matrix().data());
    bytes.insert(bytes.end(), first, first + 16 * sizeof(double));
  }
  return bytes;
}

TEST(Scan, SameSeedSameBytesForAnyNumberOfThreads) {
  const VirtualPatient patient = VirtualPatient::make("abdomen", 2);
  const auto bytes = allBytes(scan(patient, shortSweep(), 5, Progress()));
  cpu_set_t all;
  ASSERT_EQ(sched_getaffinity(0, sizeof all, &all), 0);
  cpu_set_t one;
  CPU_ZERO(&one);
  for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu) {
    if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  const auto again = allBytes(scan(patient, shortSweep(), 5, Progress()));
  sched_setaffinity(0, sizeof all, &all);
  EXPECT_EQ(bytes, again);
  EXPECT_NE(bytes, allBytes(scan(patient, shortSweep(), 6, Progress())));
}

TEST(Scan, TwoPatientsDiffer) {
  const auto a = scan(VirtualPatient::make("demo", 1), shortSweep(), 5, Progress());
  const auto b = scan(VirtualPatient::make("demo", 2), shortSweep(), 5, Progress());
  EXPECT_NE(a.clip.pixels->frame(0).data, b.clip.pixels->frame(0).data);
}

// Oracle: the mask must be what the public transform chain and labelAt say of each pixel centre.
TEST(Scan, TruthMasksAgreeWithPosesAndLabels) {
  const VirtualPatient patient = VirtualPatient::make("demo", 1);
  ScanOptions options = shortSweep();
  options.jitter_mm = 0.4;
  const SimulatedSweep sweep = scan(patient, options, 3, Progress());
  ASSERT_EQ(sweep.truth_masks.frames.size(), 10U);
  std::set<int> seen;
  for (const media::FrameMask& mask : sweep.truth_masks.frames) {
    const auto frame = static_cast<std::size_t>(mask.frame_index);
    const auto world_from_image = sweep.true_poses[frame] * *sweep.clip.info.probe_from_image;
    const media::Image image = sweep.clip.pixels->frame(mask.frame_index);
    for (int i = 0; i < mask.rows * mask.cols; ++i) {
      const int col = i % mask.cols;
      const int row = i / mask.cols;
      const bool seen_by_probe = sweep.clip.info.sector.contains(col, row);
      const int expected =
          seen_by_probe ? patient.labelAt(world_from_image(Vector3d(col, row, 0))) : 0;
      ASSERT_EQ(mask.labels[static_cast<std::size_t>(i)], expected);
      if (!seen_by_probe) {
        ASSERT_EQ(image.samples<std::uint8_t>()[static_cast<std::size_t>(i)], 0);
      }
      seen.insert(expected);
    }
    const Vector3d off_mm = sweep.clip.frames[frame].world_from_probe.translation() -
                            sweep.true_poses[frame].translation();
    EXPECT_GT(off_mm.norm(), 0.0);
    EXPECT_LT(off_mm.norm(), 3.0);
  }
  EXPECT_EQ(seen, (std::set<int>{0, 1, 2, 3}));
}

TEST(Scan, ClipSaysWhatItIs) {
  const SimulatedSweep sweep = scan(VirtualPatient::make("neck", 1), shortSweep(), 1, Progress());
  const media::ClipInfo& info = sweep.clip.info;
  EXPECT_EQ(info.frame_count, 10);
  EXPECT_EQ(sweep.clip.frames.size(), 10U);
  EXPECT_EQ(info.body_region, "PHANTOM");
  EXPECT_EQ(info.world, "Reference");
  EXPECT_TRUE(info.tracked);
  EXPECT_TRUE(info.times_known);
  ASSERT_TRUE(info.probe_from_image);
  EXPECT_FALSE(info.probe_from_image->isRigid());
  EXPECT_NEAR(info.probe_from_image->direction(Vector3d::UnitX()).norm(), 0.5, 1e-12);
  EXPECT_NEAR(info.probe_from_image->direction(Vector3d::UnitY()).norm(), 0.5, 1e-12);
  ASSERT_TRUE(info.sector.fan);
  double before_s = -1.0;
  for (const media::FrameInfo& frame : sweep.clip.frames) {
    EXPECT_GT(frame.time_s, before_s);
    before_s = frame.time_s;
    EXPECT_EQ(frame.pose_status, media::PoseStatus::kValid);
    EXPECT_TRUE(frame.world_from_probe.isRigid(1e-9));
  }
  EXPECT_EQ(sweep.clip.placedFrameCount(), 10);
}

TEST(Scan, LinearArrayFillsItsRectangle) {
  ScanOptions options = shortSweep();
  options.curvilinear = false;
  options.frames = 2;
  const SimulatedSweep sweep = scan(VirtualPatient::make("neck", 1), options, 1, Progress());
  const media::Image image = sweep.clip.pixels->frame(0);
  int lit = 0;
  int inside = 0;
  for (int i = 0; i < 160 * 160; ++i) {
    if (!sweep.clip.info.sector.contains(i % 160, i / 160)) continue;
    ++inside;
    lit += image.samples<std::uint8_t>()[static_cast<std::size_t>(i)] > 40 ? 1 : 0;
  }
  EXPECT_EQ(inside, 158 * 158);
  EXPECT_GT(lit, inside * 3 / 4);
}

TEST(Scan, RefusesOptionsThatMakeNoPicture) {
  const VirtualPatient patient = VirtualPatient::make("demo", 1);
  const auto refused = [&](auto change) {
    ScanOptions options = shortSweep();
    change(options);
    EXPECT_THROW(std::ignore = scan(patient, options, 1, Progress()), Error);
  };
  refused([](ScanOptions& o) { o.frames = 1; });
  refused([](ScanOptions& o) { o.rows = 8; });
  refused([](ScanOptions& o) { o.pixel_mm = 0.0; });
  refused([](ScanOptions& o) { o.jitter_mm = -1.0; });
  refused([](ScanOptions& o) { o.frame_rate_hz = 0.0; });
  refused([](ScanOptions& o) { o.tilt_amplitude_deg = 80.0; });
}

TEST(Scan, StopsWhenAsked) {
  std::stop_source stop;
  const Progress progress(
      [&](double fraction, std::string_view) {
        if (fraction > 0.1) stop.request_stop();
      },
      stop.get_token());
  try {
    std::ignore = scan(VirtualPatient::make("demo", 1), shortSweep(), 1, progress);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  }
}

TEST(Scan, WithoutPicturesHasTheSamePosesAndMasks) {
  const VirtualPatient patient = VirtualPatient::make("demo", 1);
  ScanOptions options = shortSweep();
  options.jitter_mm = 0.2;
  const SimulatedSweep whole = scan(patient, options, 3, Progress());
  options.pictures = false;
  const SimulatedSweep masks = scan(patient, options, 3, Progress());
  for (std::size_t f = 0; f < whole.clip.frames.size(); ++f) {
    EXPECT_EQ(masks.truth_masks.frames[f].labels, whole.truth_masks.frames[f].labels);
    EXPECT_EQ(masks.clip.frames[f].world_from_probe.matrix(),
              whole.clip.frames[f].world_from_probe.matrix());
  }
  const media::Image black = masks.clip.pixels->frame(4);
  EXPECT_EQ(std::ranges::max(black.samples<std::uint8_t>()), 0);
}

}  // namespace
}  // namespace sonotwin::phantom
