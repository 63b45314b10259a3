// SPDX-License-Identifier: Apache-2.0
#include "ingest_options.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "context.h"
#include "usage.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

std::string nextStep(const pipeline::QuarantinedFile& file) {
  return "sonotwin quarantine show " + file.id;
}
}  // namespace

void addIngestOptions(CLI::App& command, IngestArguments& arguments) {
  command.add_option("paths", arguments.paths, "Files, folders, DICOMDIR")->required();
  command.add_option("--patient", arguments.patient, "Patient, for formats that carry none");
  command.add_option("--exam-date", arguments.exam_date, "YYYY-MM-DD, for formats that carry none")
      ->check(date());
  command.add_option("--calibration", arguments.calibration,
                     "Image-to-probe calibration of tracked sweeps: PLUS XML or our JSON");
  command.add_flag("--pixels-checked", arguments.pixels_checked,
                   "I have looked at every picture and none names anybody: no search for text, no "
                   "quarantine");
  addBoxes(command, "--blank", arguments.blank,
           "Box to blank on every frame of pictures and sweeps; may be given again");
  command.add_flag("--remove-dates", arguments.remove_dates,
                   "DICOM: remove dates and times instead of shifting dates by the patient's "
                   "number of days");
  command.add_flag("--keep-device", arguments.keep_device, "DICOM: keep what names the device");
  command.add_flag("--keep-patient-characteristics", arguments.keep_patient_characteristics,
                   "DICOM: keep sex, size, weight, age (above 89 as 90)");
  command.add_flag("--clean-descriptors", arguments.clean_descriptors,
                   "DICOM: keep the known terms in descriptions");
}

pipeline::IngestOptions optionsOf(const IngestArguments& arguments) {
  pipeline::IngestOptions options;
  options.patient = arguments.patient;
  if (!arguments.exam_date.empty()) options.exam_date = arguments.exam_date;
  if (!arguments.calibration.empty()) options.calibration = arguments.calibration;
  options.pixels_checked = arguments.pixels_checked;
  for (const std::string& box : arguments.blank) options.blank.push_back(boxOf(box));
  options.deidentify.shift_dates = !arguments.remove_dates;
  options.deidentify.keep_device = arguments.keep_device;
  options.deidentify.keep_patient_characteristics = arguments.keep_patient_characteristics;
  options.deidentify.clean_descriptors = arguments.clean_descriptors;
  return options;
}

json quarantinedJson(const pipeline::IngestReport& report) {
  json document = json::array();
  for (const auto& file : report.quarantined) {
    document.push_back({{"path", file.path.string()},
                        {"id", file.id},
                        {"reason", file.reason},
                        {"places", file.found},
                        {"notes", file.notes},
                        {"next", nextStep(file)}});
  }
  return document;
}

std::string quarantinedText(const pipeline::IngestReport& report) {
  std::string text;
  for (const auto& file : report.quarantined) {
    text += "waits    " + file.id + "  " + oneLine(file.path.string()) + "\n      " + file.reason +
            "; " + std::to_string(file.found) +
            (file.found == 1 ? " place looks" : " places look") + " like text: " + nextStep(file) +
            "\n";
    for (const std::string& note : file.notes) text += "      " + note + "\n";
  }
  return text;
}

}  // namespace sonotwin::cli
