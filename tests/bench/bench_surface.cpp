// SPDX-License-Identifier: Apache-2.0
// How near the surfaces of tracked masks come to the exact organs: `bench_surface [SEEDS
// [JITTER]]`, the tracker's jitter in mm and degrees. Masks are exact; only poses err.
#include <cstdio>
#include <cstdlib>

#include "sonotwin/phantom/virtual_patient.h"
#include "sonotwin/reconstruct/measure.h"
#include "sonotwin/reconstruct/surface.h"
#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin {
namespace {
using reconstruct::SurfaceOptions;
using reconstruct::VoxelOptions;

void printRow(const char* method, const phantom::VirtualPatient& patient, const media::Label& label,
              const media::Surface& surface) {
  const auto truth = phantom::truthSurface(patient, label.value, 0.5);
  const auto distance = reconstruct::surfaceDistance(surface, truth);
  const double truth_ml = patient.volumeMl(label.value);
  std::printf("| %s | %s | %.3f | %+.2f %% | %.3f | %.3f | %.3f | %zu |\n", label.name.c_str(),
              method, truth_ml, 100.0 * (reconstruct::volumeMl(surface) / truth_ml - 1.0),
              distance.mean_mm, distance.hd95_mm, distance.max_mm, surface.triangles.size());
  std::fflush(stdout);
}

void measure(std::uint64_t seed, double jitter) {
  const auto patient = phantom::VirtualPatient::make("organs", seed);
  phantom::ScanOptions scan;
  scan.frames = 300;
  scan.jitter_mm = scan.jitter_deg = jitter;
  scan.pictures = false;
  const auto [clip, masks, poses] = phantom::scan(patient, scan, seed + 100, Progress());
  const auto labels = reconstruct::reconstructLabels(clip, masks, VoxelOptions(), Progress());
  for (const media::Label& label : patient.labels()) {
    const SurfaceOptions options;
    printRow("label volume", patient, label,
             reconstruct::extractSurface(labels.volume, label.value, options, Progress()));
    printRow("masks", patient, label,
             reconstruct::surfaceOfMasks(clip, masks, label.value, {}, options, Progress()));
  }
}
}  // namespace
}  // namespace sonotwin

int main(int argc, char** argv) {
  const int seeds = argc > 1 ? std::atoi(argv[1]) : 1;
  const double jitter = argc > 2 ? std::atof(argv[2]) : 0.2;
  std::puts("| organ | from | truth ml | volume | mean mm | HD95 mm | max mm | triangles |");
  for (int seed = 1; seed <= seeds; ++seed) {
    sonotwin::measure(static_cast<std::uint64_t>(seed), jitter);
  }
}
