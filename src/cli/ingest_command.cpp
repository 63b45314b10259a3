// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "context.h"
#include "ingest_options.h"
#include "rows.h"
#include "sonotwin/base/error.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

json ingestedJson(const pipeline::IngestedFile& file) {
  const store::ClipRow& clip = file.clip;
  return {{"clip", clip.id},
          {"path", file.path.string()},
          {"patient", clip.patient_id},
          {"frames", clip.frames},
          {"rows", clip.rows},
          {"cols", clip.cols},
          {"channels", clip.channels},
          {"spacing_mm", spacingJson(clip.spacing_mm)},
          {"tracked", clip.tracked},
          {"image_to_probe", clip.calibrated},
          {"transfer_syntax", clip.transfer_syntax},
          {"notes", file.notes}};
}

json reportJson(const pipeline::IngestReport& report) {
  json document = {{"passed_over", json::array()},
                   {"added", json::array()},
                   {"known", json::array()},
                   {"quarantined", quarantinedJson(report)},
                   {"refused", json::array()}};
  for (const auto& file : report.added) document["added"].push_back(ingestedJson(file));
  for (const auto& file : report.known) document["known"].push_back(ingestedJson(file));
  for (const auto& path : report.passed_over) document["passed_over"].push_back(path.string());
  for (const auto& file : report.refused) {
    document["refused"].push_back({{"path", file.path.string()}, {"reason", file.reason}});
  }
  return document;
}

std::string reportText(const pipeline::IngestReport& report) {
  std::string text;
  const auto line = [&](const char* word, const pipeline::IngestedFile& file) {
    text += std::string(word) + " " + file.clip.id + "  " + file.clip.patient_id + "  " +
            std::to_string(file.clip.frames) + " x " + std::to_string(file.clip.cols) + " x " +
            std::to_string(file.clip.rows) + "  " + spacingText(file.clip.spacing_mm) +
            (file.clip.tracked ? "  tracked" : "") + "  " + oneLine(file.path.string()) + "\n";
    for (const std::string& note : file.notes) text += "      " + note + "\n";
    if (file.clip.tracked && !file.clip.calibrated) {
      text += "      give --calibration FILE to place it in space\n";
    }
  };
  for (const auto& file : report.added) line("added  ", file);
  for (const auto& file : report.known) line("known  ", file);
  text += quarantinedText(report);
  for (const auto& file : report.refused) {
    text += "refused  " + oneLine(file.path.string() + ": " + file.reason) + "\n";
  }
  return text + std::to_string(report.added.size()) + " added, " +
         std::to_string(report.known.size()) + " known, " +
         std::to_string(report.quarantined.size()) + " in quarantine, " +
         std::to_string(report.refused.size()) + " refused" +
         (report.passed_over.empty()
              ? ""
              : ", " + std::to_string(report.passed_over.size()) +
                    " passed over as neither DICOM, sequence nor picture (--json names them)") +
         ".\n";
}

void ingest(Context& context, const IngestArguments& arguments) {
  store::Store store = context.openStore();
  pipeline::IngestReport report;
  try {
    report = pipeline::ingest(store, arguments.paths, optionsOf(arguments), context.progress());
  } catch (const pipeline::IngestStopped& stopped) {
    json document = reportJson(stopped.report());
    document["stopped"] = {{"path", stopped.at().string()}, {"reason", stopped.what()}};
    context.print(reportText(stopped.report()), document);
    throw;
  }
  context.print(reportText(report), reportJson(report));
  const bool usable = !report.added.empty() || !report.known.empty() || !report.quarantined.empty();
  if (!report.refused.empty()) context.exit_code = usable ? kPartlyDone : 3;
  if (!report.quarantined.empty()) context.exit_code = kPartlyDone;
  if (report.refused.empty() && !usable) {
    throwBadInput("Nothing to ingest: no DICOM, sequence (.mha, .mhd, .nrrd) or picture found.");
  }
}
}  // namespace

void addIngest(CLI::App& app, Context& context) {
  const auto given = std::make_shared<IngestArguments>();
  CLI::App* take = app.add_subcommand("ingest", "Take files and folders into the store");
  addIngestOptions(*take, *given);
  take->callback([&context, given] { ingest(context, *given); });
}

}  // namespace sonotwin::cli
