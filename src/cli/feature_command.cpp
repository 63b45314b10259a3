// SPDX-License-Identifier: Apache-2.0
#include "feature_command.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "clip_conditions.h"
#include "sonotwin/base/file.h"
#include "sonotwin/pipeline/features.h"
#include "sonotwin/pipeline/registry.h"
#include "sonotwin/segment/model.h"
#include "usage.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

struct FeatureArguments {
  std::string out, model;
  pipeline::FeatureSelection selection;
};

void writeFeatures(Context& context, const FeatureArguments& arguments) {
  if (arguments.out.empty() && !context.json) throwUsage("Give --out FILE.csv, or --json.");
  if (!arguments.out.empty()) makeFolderFor(arguments.out);
  const store::Store store = context.openStore();
  requireKnown(store, arguments.selection.clips);
  std::optional<segment::Model> network;
  if (!arguments.model.empty()) {
    network = segment::Model::load(pipeline::findModel(store, arguments.model).model.folder);
  }
  const auto table = pipeline::featureTable(store, arguments.selection, context.progress(),
                                            network ? &*network : nullptr);
  if (!arguments.out.empty()) writeFileAtomically(arguments.out, pipeline::featureCsv(table));
  json document = {{"rows", json::parse(pipeline::featureJson(table))}};
  if (!arguments.out.empty()) document["out"] = arguments.out;
  context.print("Wrote " + arguments.out + ": " + std::to_string(table.rows.size()) + " rows of " +
                    std::to_string(table.columns.size()) + " features.",
                document);
}
}  // namespace

void addFeatures(CLI::App& app, Context& context) {
  const auto given = std::make_shared<FeatureArguments>();
  CLI::App* command = app.add_subcommand(
      "features", "Shape, grey levels and texture of masks, a row for each label and frame");
  command->add_option("--out", given->out, "CSV file to write");
  CLI::Option* clips =
      command->add_option("--clip", given->selection.clip_ids, "Id of a clip (repeatable)");
  command
      ->add_option("--mask", given->selection.mask_ids,
                   "Id of a mask (repeatable); else each clip's newest that nobody rejected")
      ->excludes(clips);
  command->add_option("--model", given->model,
                      "Network (name or folder) whose own features are added to each row");
  addConditions(*command, given->selection.clips);
  command->callback([&context, given] { writeFeatures(context, *given); });
}

}  // namespace sonotwin::cli
