// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <iostream>

#include "sonotwin/phantom/virtual_patient.h"
#include "sonotwin/reconstruct/measure.h"
#include "sonotwin/reconstruct/surface.h"

namespace sonotwin::reconstruct {
namespace {
phantom::SimulatedSweep tremblingSweep(const phantom::VirtualPatient& patient, std::uint64_t seed,
                                       double jitter) {
  phantom::ScanOptions options;
  options.frames = 300;
  options.jitter_mm = options.jitter_deg = jitter;
  options.pictures = false;
  return phantom::scan(patient, options, seed, Progress());
}

int patients() {
  return std::getenv("SONOTWIN_LONG_TRIALS") ? 8 : 1;
}

// Exact organs, exact masks, poses that tremble by 0.2 mm and 0.2 degrees.
TEST(Organs, AreMetByTheirSurfacesThoughTheTrackerTrembles) {
  for (int i = 0; i < patients(); ++i) {
    const auto seed = static_cast<std::uint64_t>(11 + i);
    const auto patient = phantom::VirtualPatient::make("organs", seed);
    const auto sweep = tremblingSweep(patient, seed, 0.2);
    for (const media::Label& label : patient.labels()) {
      SCOPED_TRACE(label.name + " of patient " + std::to_string(seed));
      const media::Surface surface =
          surfaceOfMasks(sweep.clip, sweep.truth_masks, label.value, {}, {}, Progress());
      EXPECT_TRUE(isClosed(surface));
      const auto distance =
          surfaceDistance(surface, phantom::truthSurface(patient, label.value, 1.0));
      EXPECT_NEAR(volumeMl(surface) / patient.volumeMl(label.value), 1.0, 0.015);
      EXPECT_LT(distance.mean_mm, 0.25);
      EXPECT_LT(distance.hd95_mm, 0.8);
      const double planimetry_ml = planimetryMl(sweep.clip, sweep.truth_masks, label.value);
      EXPECT_NEAR(planimetry_ml / patient.volumeMl(label.value), 1.0, 0.05);
    }
  }
}

/// How many standard deviations each organ's volume is off, over several patients.
struct Coverage {
  int organs = 0;
  int held = 0;  ///< within 1.96
  double square = 0.0;
};

Coverage coverage(int patients, double jitter) {
  Coverage result;
  for (int i = 0; i < patients; ++i) {
    const auto seed = static_cast<std::uint64_t>(31 + i);
    const auto patient = phantom::VirtualPatient::make("organs", seed);
    const auto sweep = tremblingSweep(patient, seed, jitter);
    for (const media::Label& label : patient.labels()) {
      const media::Surface surface =
          surfaceOfMasks(sweep.clip, sweep.truth_masks, label.value, {}, {}, Progress());
      const double deviation_ml =
          volumeDeviationMl(sweep.clip, sweep.truth_masks, label.value, surface);
      const double off = (volumeMl(surface) - patient.volumeMl(label.value)) / deviation_ml;
      ++result.organs;
      result.held += std::abs(off) <= 1.96 ? 1 : 0;
      result.square += off * off;
    }
  }
  return result;
}

TEST(Organs, VolumesLieWithinTheirStatedIntervals) {
  if (std::getenv("SONOTWIN_LONG_TRIALS") == nullptr) {
    GTEST_SKIP() << "SONOTWIN_LONG_TRIALS is not set: this takes minutes.";
  }
  for (const double jitter : {0.1, 0.2, 0.4}) {
    const Coverage trial = coverage(8, jitter);
    const double share = static_cast<double>(trial.held) / trial.organs;
    std::cout << "jitter " << jitter << ": " << trial.held << " of " << trial.organs
              << " within 95 %, RMS " << std::sqrt(trial.square / trial.organs) << "\n";
    EXPECT_GT(share, 0.85);
    EXPECT_LT(std::sqrt(trial.square / trial.organs), 1.3);
    EXPECT_GT(std::sqrt(trial.square / trial.organs), 0.6) << "wider than it need be";
  }
}
}  // namespace
}  // namespace sonotwin::reconstruct
