// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "context.h"
#include "ingest_options.h"
#include "library_versions.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/version.h"
#include "sonotwin/pipeline/stages.h"
#include "sonotwin/reconstruct/voxels.h"
#include "sonotwin/segment/model.h"
#include "space_options.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

struct RunArguments {
  IngestArguments ingest;
  pipeline::MainJobOptions options;
};

std::string hint(pipeline::Remedy remedy) {
  switch (remedy) {
    case pipeline::Remedy::kNone:
      break;
    case pipeline::Remedy::kCalibration:
      return "--calibration FILE";
    case pipeline::Remedy::kModel:
      return "--model NAME";
  }
  return {};
}

json lineJson(const pipeline::StageLine& line) {
  return {
      {"stage", line.stage},
      {"clip", line.clip_id.empty() ? json(nullptr) : json(line.clip_id)},
      {"result", line.result},
      {"ids", line.ids},
      {"skipped", line.skipped},
      {"remedy", line.remedy == pipeline::Remedy::kNone ? json(nullptr) : json(hint(line.remedy))}};
}

void printLine(const pipeline::StageLine& line) {
  std::string text = line.stage;
  text.resize(13, ' ');
  text += line.clip_id.empty() ? std::string(23, ' ') : line.clip_id + "  ";
  text += line.result;
  if (line.remedy != pipeline::Remedy::kNone) text += " (" + hint(line.remedy) + ")";
  for (const auto& id : line.ids) {
    if (id != line.clip_id) text += "  " + id;
  }
  std::cout << oneLine(text) << std::endl;
}

void run(Context& context, RunArguments& arguments) {
  store::Store store =
      store::Store::exists(context.store_folder) ? context.openStore() : context.makeStore();
  pipeline::MainJobOptions options = arguments.options;
  options.ingest = optionsOf(arguments.ingest);
  pipeline::IngestReport report;
  const auto lines = pipeline::runMainJob(
      store, arguments.ingest.paths, options, report,
      [&](const pipeline::StageLine& line) {
        if (!context.json) printLine(line);
      },
      context.progress());
  if (context.json) {
    json document = {{"lines", json::array()}, {"quarantined", quarantinedJson(report)}};
    for (const auto& line : lines) document["lines"].push_back(lineJson(line));
    context.print({}, document);
  } else {
    std::cout << quarantinedText(report) << std::flush;
  }
  const bool usable = !report.added.empty() || !report.known.empty() || !report.quarantined.empty();
  if (!usable) context.exit_code = 3;
  if (usable && !report.refused.empty()) context.exit_code = kPartlyDone;
  if (!report.quarantined.empty()) context.exit_code = kPartlyDone;
  if (!usable && report.refused.empty()) {
    throwBadInput("Nothing to ingest: no DICOM, sequence (.mha, .mhd, .nrrd) or picture found.");
  }
}

void addRun(CLI::App& app, Context& context) {
  const auto given = std::make_shared<RunArguments>();
  CLI::App* job = app.add_subcommand("run", "The main job: ingest, segment, reconstruct, surface");
  addIngestOptions(*job, given->ingest);
  job->add_option("--model", given->options.model,
                  "Name or folder of a model (default: by the body region the file names)");
  addVoxelOptions(*job, given->options.voxels);
  job->callback([&context, given] {
    given->options.device = given->options.voxels.device;
    run(context, *given);
  });
}

struct SimulateArguments {
  std::string out, case_name = "demo";
  std::uint64_t seed = 1;
};

void simulate(Context& context, const SimulateArguments& arguments) {
  pipeline::simulate(arguments.out, arguments.case_name, arguments.seed, context.progress());
  context.print("Wrote a virtual patient's sweep to " + arguments.out +
                    ": sweep.igs.mha, calibration.xml, truth/.",
                {{"out", arguments.out}, {"case", arguments.case_name}, {"seed", arguments.seed}});
}

void version(Context& context) {
  const std::string program(programVersion());
  const std::string network = segment::describeDevice("auto");
  const std::string voxels = reconstruct::describeDevice("auto");
  const std::string blas = segment::linearAlgebraLibrary();
  const auto devices = segment::devices();
  json document = {{"sonotwin", program}, {"device", network},      {"devices", devices},
                   {"voxels_on", voxels}, {"linear_algebra", blas}, {"libraries", json::object()}};
  std::string text = "sonotwin " + program + "\ndevices found:";
  for (const auto& device : devices) text += " " + device;
  text += "\nnetworks run on: " + network + "\nvoxels are made on: " + voxels +
          "\nlinear algebra: " + blas + "\n";
  for (const auto& [name, value] : kLibraryVersions) {
    document["libraries"][std::string(name)] = value;
    text += std::string(name) + " " + std::string(value) + "\n";
  }
  text += "Research software, not a medical device.\n";
  context.print(text, document);
}
}  // namespace

void addJobCommands(CLI::App& app, Context& context) {
  addRun(app, context);

  const auto given = std::make_shared<SimulateArguments>();
  CLI::App* virtual_patient =
      app.add_subcommand("simulate", "A virtual patient's tracked sweep, with the truth beside it");
  virtual_patient->add_option("--out", given->out, "Folder to write to")->required();
  virtual_patient->add_option("--case", given->case_name, "demo, abdomen, neck or organs")
      ->capture_default_str();
  virtual_patient->add_option("--seed", given->seed, "Another patient of the same kind")
      ->capture_default_str();
  virtual_patient->callback([&context, given] { simulate(context, *given); });

  app.add_subcommand("version", "Versions of the program, its libraries and devices")
      ->callback([&context] { version(context); });
}

}  // namespace sonotwin::cli
