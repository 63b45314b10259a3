// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>

#include "sonotwin/phantom/virtual_patient.h"
#include "sonotwin/reconstruct/measure.h"
#include "sonotwin/reconstruct/surface.h"

namespace sonotwin::reconstruct {
namespace {
phantom::SimulatedSweep tremblingSweep(const phantom::VirtualPatient& patient, std::uint64_t seed) {
  phantom::ScanOptions options;
  options.frames = 300;
  options.jitter_mm = options.jitter_deg = 0.2;
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
    const auto sweep = tremblingSweep(patient, seed);
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
    }
  }
}
}  // namespace
}  // namespace sonotwin::reconstruct
