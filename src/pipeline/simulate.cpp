// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/media/calibration_io.h"
#include "sonotwin/media/sequence_io.h"
#include "sonotwin/media/surface_io.h"
#include "sonotwin/media/volume_io.h"
#include "sonotwin/phantom/virtual_patient.h"
#include "sonotwin/pipeline/stages.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;
constexpr double kTruthSpacing_mm = 0.5;

std::string posesJson(const std::vector<media::WorldFromProbe>& poses) {
  nlohmann::json json = {{"frame", "world_from_probe, row-major, mm"},
                         {"poses", nlohmann::json::array()}};
  for (const auto& pose : poses) {
    nlohmann::json matrix;
    for (int i = 0; i < 16; ++i) matrix.push_back(pose.matrix()(i / 4, i % 4));
    json["poses"].push_back(matrix);
  }
  return json.dump() + "\n";
}
}  // namespace

void simulate(const fs::path& folder, const std::string& case_name, std::uint64_t seed,
              const Progress& progress) {
  const auto patient = phantom::VirtualPatient::make(case_name, seed);
  const fs::path truth = folder / "truth";
  makeFolder(truth);
  const phantom::SimulatedSweep sweep =
      phantom::scan(patient, {}, seed, progress.part(0.0, 0.6, "scanning"));

  progress.report(0.6, "writing the sweep");
  media::writeSequence(folder / "sweep.igs.mha", sweep.clip, true);
  media::writeCalibration(folder / "calibration.xml",
                          {sweep.clip.info.probe_from_image, sweep.clip.info.sector});
  writeFileAtomically(truth / "poses.json", posesJson(sweep.true_poses));

  progress.report(0.7, "writing the truth");
  const media::Volume labels = phantom::truthLabels(patient, kTruthSpacing_mm);
  media::writeVolume(truth / "labels.nrrd", labels);
  media::writeVolume(truth / "volume.nrrd", phantom::truthEcho(patient, kTruthSpacing_mm));
  for (const media::Label& label : patient.labels()) {
    progress.report(0.9, "writing surfaces");
    media::writeSurface(truth / (label.name + ".stl"),
                        phantom::truthSurface(patient, label.value, kTruthSpacing_mm));
  }
  progress.report(1.0);
}

}  // namespace sonotwin::pipeline
