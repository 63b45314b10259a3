// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sonotwin/pipeline/ingest.h"

namespace sonotwin::cli {

/// What `ingest` and `run` are told of the files they take, as typed.
struct IngestArguments {
  std::vector<std::filesystem::path> paths;
  std::string patient, exam_date, calibration;
  bool pixels_checked = false;
  std::vector<std::string> blank;
  bool remove_dates = false;
  bool keep_device = false;
  bool keep_patient_characteristics = false;
  bool clean_descriptors = false;
};

void addIngestOptions(CLI::App& command, IngestArguments& arguments);
[[nodiscard]] pipeline::IngestOptions optionsOf(const IngestArguments& arguments);

/// What waits for a person, with what to do next.
[[nodiscard]] nlohmann::json quarantinedJson(const pipeline::IngestReport& report);
[[nodiscard]] std::string quarantinedText(const pipeline::IngestReport& report);

}  // namespace sonotwin::cli
