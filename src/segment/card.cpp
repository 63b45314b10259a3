// SPDX-License-Identifier: Apache-2.0
#include "card.h"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "json_fields.h"
#include "report_json.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/base/version.h"

namespace sonotwin::segment {
namespace {
using nlohmann::json;
using nlohmann::ordered_json;
constexpr const char* kFormat = "sonotwin-model";
constexpr int kVersion = 1;
constexpr const char* kFit = "letterbox";
constexpr const char* kNormalization = "z-score over pixels that are not black";

ordered_json describeScore(const ValidationScore& score) {
  return {{"dice", score.case_dice}, {"pooled_dice", score.pooled_dice}};
}

ordered_json describeSplits(const Dataset& dataset) {
  std::map<Split, int> cases;
  std::map<Split, std::set<std::string>> groups;
  for (const Case& item : dataset.cases) {
    ++cases[item.split];
    groups[item.split].insert(item.group);
  }
  ordered_json described;
  for (const Split split : {Split::kTrain, Split::kVal, Split::kTest}) {
    described[splitName(split)] = {{"cases", cases[split]}, {"groups", groups[split].size()}};
  }
  return described;
}

std::string trainCommand(const TrainingRecord& record) {
  const TrainOptions& o = record.options;
  std::string command = "sonotwin train --dataset DATASET --out MODEL --name " + record.name +
                        " --preset " + o.preset + " --seed " + std::to_string(o.seed) +
                        " --epochs " + std::to_string(record.recipe.epochs);
  for (const std::string& region : o.body_regions) command += " --body-region '" + region + "'";
  if (o.max_minutes) command += " --max-minutes " + ordered_json(*o.max_minutes).dump();
  if (!o.mirror) command += " --no-mirror";
  if (o.synthetic) command += " --synthetic";
  return command;
}
}  // namespace

std::string makeCard(const TrainingRecord& record, const Dataset& dataset) {
  ordered_json card;
  card["format"] = kFormat;
  card["version"] = kVersion;
  card["name"] = record.name;
  card["synthetic"] = record.options.synthetic;
  card["classes"] = labelsToJson(dataset.labels);
  card["body_regions"] = record.options.body_regions;
  card["input"] = {{"grid", {record.plan.grid_rows, record.plan.grid_cols}},
                   {"channels", 1},
                   {"fit", kFit},
                   {"normalization", kNormalization}};
  card["network"] = planToJson(record.plan);
  card["network"]["parameters"] = record.parameters;
  card["inference"] = {{"flip_averaging", record.flip_averaging},
                       {"validation", describeScore(record.val_plain)},
                       {"validation_flip_averaged", nullptr}};
  if (record.val_flipped) {
    card["inference"]["validation_flip_averaged"] = describeScore(*record.val_flipped);
  }
  card["recipe"] = recipeToJson(record.recipe);
  card["data"] = {{"source", dataset.source},
                  {"sha256", record.dataset_sha256},
                  {"split_seed", dataset.seed},
                  {"splits", describeSplits(dataset)}};
  card["training"] = {
      {"seed", record.options.seed},           {"epochs_run", record.epochs_run},
      {"best_epoch", record.best_epoch},       {"device", record.device},
      {"seconds", std::round(record.seconds)}, {"program_version", std::string(programVersion())},
      {"command", trainCommand(record)}};
  card["training"]["max_minutes"] =
      record.options.max_minutes ? ordered_json(*record.options.max_minutes) : ordered_json();
  card["scores"] = ordered_json::object();
  card["weights"] = {{"file", kWeightsFile}, {"sha256", record.weights_sha256}};
  return card.dump(2) + "\n";
}

CardFields parseCard(const std::string& text, const std::string& where) {
  const json card = parseJson(text, where);
  requireFormat(card, kFormat, kVersion, where);
  CardFields fields;
  fields.name = requireText(card, "name", where);
  fields.labels = labelsFromJson(requireField(card, "classes", where), where);
  fields.plan = planFromJson(requireField(card, "network", where), where);
  const json& input = requireField(card, "input", where);
  if (requireText(input, "fit", where) != kFit ||
      requireText(input, "normalization", where) != kNormalization) {
    throwBadInput(where + " asks for a fit or normalization that this program does not know.");
  }
  if (fields.plan.classes != static_cast<int>(fields.labels.size()) + 1) {
    throwBadInput(where + ": the network has another number of classes than the card names.");
  }
  fields.flip_averaging =
      requireBool(requireField(card, "inference", where), "flip_averaging", where);
  fields.weights_sha256 = requireText(requireField(card, "weights", where), "sha256", where);
  return fields;
}

void recordScores(const std::filesystem::path& folder, const std::string& split,
                  const Evaluation& evaluation, const std::string& dataset_sha256) {
  const std::filesystem::path path = folder / kCardFile;
  ordered_json card = ordered_json::parse(readTextFile(path), nullptr, false);
  if (!card.is_object()) throwBadInput(path.string() + " is not a model's card.");
  ordered_json scores;
  scores["dataset_sha256"] = dataset_sha256;
  scores["cases"] = evaluation.cases.size();
  scores["labels"] = summaryToJson(evaluation);
  card["scores"][split] = std::move(scores);
  writeFileAtomically(path, card.dump(2) + "\n");
}

}  // namespace sonotwin::segment
