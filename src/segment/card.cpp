// SPDX-License-Identifier: Apache-2.0
#include "card.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "json_fields.h"
#include "report_json.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/base/version.h"
#include "sonotwin/segment/seen.h"

namespace sonotwin::segment {
namespace {
using nlohmann::json;
using nlohmann::ordered_json;
constexpr std::size_t kMostMembers = 64;
constexpr int kLargestGrid = 4096;

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

/// Training and validation cases, with those of the model that the training went on from.
SeenData seenInTraining(const TrainingRecord& record, const Dataset& dataset) {
  SeenData seen = seenIn(dataset);
  if (!record.options.start_from.empty()) {
    const std::filesystem::path card = record.options.start_from / kCardFile;
    join(seen, seenBy(readTextFile(card), card.string()));
  }
  return seen;
}

ordered_json describeSeen(const SeenData& seen) {
  return {{"pictures", seen.pictures},
          {"groups", seen.groups},
          {"unlisted_datasets", seen.unlisted_datasets}};
}

ordered_json describeCalibration(const Calibration& c) {
  const auto orNull = [](const std::optional<ValidationScore>& score) {
    return score ? describeScore(*score) : ordered_json();
  };
  return {{"flip_averaging", c.settings.flip_averaging},
          {"temperature", c.settings.temperature},
          {"second_look", c.settings.second_look},
          {"ellipses", c.settings.ellipses},
          {"validation", describeScore(c.plain)},
          {"validation_flip_averaged", orNull(c.flipped)},
          {"validation_second_look", orNull(c.second_look)},
          {"validation_ellipses", orNull(c.elliptic)},
          {"validation_likelihood_loss", {c.likelihood_loss, c.calibrated_likelihood_loss}}};
}

double numberWithin(const json& object, const char* key, double absent, double low, double high,
                    const std::string& where) {
  const auto given = object.find(key);
  if (given == object.end()) return absent;
  if (!given->is_number() || !(*given >= low && *given <= high)) {
    throwBadInput(where + ": the field '" + key + "' is not a number from " + json(low).dump() +
                  " to " + json(high).dump() + ".");
  }
  return given->get<double>();
}

InferenceSettings inferenceFromJson(const json& object, const std::vector<media::Label>& labels,
                                    const std::string& where) {
  InferenceSettings settings;
  settings.flip_averaging = requireBool(object, "flip_averaging", where);
  // Cards of the first programs know none of the rest.
  settings.temperature = numberWithin(object, "temperature", 1.0, 1e-3, 1e3, where);
  settings.second_look = numberWithin(object, "second_look", 0.0, 0.0, 10.0, where);
  if (const auto given = object.find("ellipses"); given != object.end()) {
    for (const json& item : *given) {
      const int value = requireInt({{"ellipses", item}}, "ellipses", 1, 255, where);
      if (std::ranges::find(labels, value, &media::Label::value) == labels.end()) {
        throwBadInput(where + ": the field 'ellipses' names a label that the card does not have.");
      }
      settings.ellipses.push_back(value);
    }
  }
  return settings;
}

std::string trainCommand(const TrainingRecord& record, const std::optional<Fold>& fold) {
  const TrainOptions& o = record.options;
  std::string command = "sonotwin train --dataset DATASET --out MODEL --name " + record.name +
                        " --preset " + o.preset + " --seed " + std::to_string(o.seed) +
                        " --epochs " + std::to_string(record.recipe.epochs);
  for (const std::string& region : o.body_regions) command += " --body-region '" + region + "'";
  if (o.max_minutes) command += " --max-minutes " + ordered_json(*o.max_minutes).dump();
  if (record.start) command += " --from '" + record.start->name + "'";
  if (o.patience) command += " --patience " + std::to_string(*o.patience);
  if (fold) {
    command +=
        " --fold " + std::to_string(fold->number) + " --folds " + std::to_string(fold->count);
  }
  if (!o.mirror) command += " --no-mirror";
  if (o.synthetic) command += " --synthetic";
  return command;
}
}  // namespace

std::string makeCard(const TrainingRecord& record, const Dataset& dataset) {
  ordered_json card;
  card["format"] = kCardFormat;
  card["version"] = kCardVersion;
  card["name"] = record.name;
  card["synthetic"] = record.options.synthetic;
  card["classes"] = labelsToJson(dataset.labels);
  card["body_regions"] = record.options.body_regions;
  card["input"] = {{"grid", {record.plan.grid_rows, record.plan.grid_cols}},
                   {"channels", 1},
                   {"fit", record.plan.crop ? kFitSector : kFit},
                   {"normalization", kNormalization},
                   {"training_pictures", scaleToJson(trainingScale(dataset, record.plan))}};
  card["network"] = planToJson(record.plan);
  card["network"]["parameters"] = record.parameters;
  card["inference"] = describeCalibration(record.calibration);
  card["recipe"] = recipeToJson(record.recipe);
  card["data"] = {{"source", dataset.source},
                  {"sha256", record.dataset_sha256},
                  {"split_seed", dataset.seed},
                  {"splits", describeSplits(dataset)},
                  {"seen", describeSeen(seenInTraining(record, dataset))}};
  if (dataset.fold) card["data"]["fold"] = foldToJson(*dataset.fold);
  if (!dataset.made_from.empty()) card["data"]["made_from"] = dataset.made_from;
  card["training"] = {{"seed", record.options.seed},
                      {"epochs_run", record.epochs_run},
                      {"best_epoch", record.best_epoch},
                      {"device", record.device},
                      {"seconds", std::round(record.seconds)},
                      {"program_version", std::string(programVersion())},
                      {"command", trainCommand(record, dataset.fold)}};
  if (record.start) {
    card["training"]["start_from"] = {{"model", record.start->name},
                                      {"weights_sha256", record.start->weights_sha256}};
  }
  card["training"]["max_minutes"] =
      record.options.max_minutes ? ordered_json(*record.options.max_minutes) : ordered_json();
  card["scores"] = ordered_json::object();
  card["weights"] = {{"file", kWeightsFile}, {"sha256", record.weights_sha256}};
  return card.dump(2) + "\n";
}

namespace {
void readNetwork(const json& card, const std::string& where, CardFields& fields) {
  fields.plan = planFromJson(requireField(card, "network", where), where);
  const json& input = requireField(card, "input", where);
  const std::string fit = requireText(input, "fit", where);
  fields.plan.crop = fit == kFitSector;
  if ((fit != kFit && fit != kFitSector) ||
      requireText(input, "normalization", where) != kNormalization) {
    throwBadInput(where + " asks for a fit or normalization that this program does not know.");
  }
  if (fields.plan.classes != static_cast<int>(fields.labels.size()) + 1) {
    throwBadInput(where + ": the network has another number of classes than the card names.");
  }
  if (input.contains("training_pictures")) {
    fields.scale = scaleFromJson(input["training_pictures"], where);
  }
  const json::json_pointer mirrored("/recipe/augmentation/mirror/chance");
  fields.mirror = card.contains(mirrored) && card[mirrored].is_number() && card[mirrored] > 0.0;
}

void readScript(const json& card, const std::string& where, CardFields& fields) {
  fields.script = scriptFromCard(card, where);
  const json& input = requireField(card, "input", where);
  const json& grid = requireField(input, "grid", where);
  if (!grid.is_array() || grid.size() != 2) {
    throwBadInput(where + ": the field 'grid' is not two numbers.");
  }
  fields.plan.grid_rows = requireInt({{"grid", grid[0]}}, "grid", 1, kLargestGrid, where);
  fields.plan.grid_cols = requireInt({{"grid", grid[1]}}, "grid", 1, kLargestGrid, where);
  fields.plan.classes = static_cast<int>(fields.labels.size()) + 1;
  const std::string fit = requireText(input, "fit", where);
  fields.plan.crop = fit == kFitSector;
  fields.plan.stretch = fit == kFitStretch;
  if (fit != kFit && fit != kFitSector && fit != kFitStretch) {
    throwBadInput(where + " asks for a fit that this program does not know.");
  }
}

void readMembers(const json& card, const std::string& where, CardFields& fields) {
  const json& list = requireField(card, "members", where);
  if (!list.is_array() || list.size() < 2 || list.size() > kMostMembers) {
    throwBadInput(where + ": the field 'members' is not a list of 2 to " +
                  std::to_string(kMostMembers) + " networks.");
  }
  for (const json& item : list) {
    fields.members.push_back({requireText(item, "name", where),
                              requireText(item, "weights_sha256", where),
                              requireText(item, "card_sha256", where)});
  }
}

ModelKind kindOf(const json& card, const std::string& where) {
  if (!card.contains("kind")) return ModelKind::kUNet;
  const std::string kind = requireText(card, "kind", where);
  if (kind == kEnsembleKind) return ModelKind::kEnsemble;
  if (kind == kScriptKind) return ModelKind::kTorchScript;
  throwBadInput(where + " describes a kind of model that this program does not know.");
}
}  // namespace

CardFields parseCard(const std::string& text, const std::string& where) {
  const json card = parseJson(text, where);
  requireFormat(card, kCardFormat, kCardVersion, where);
  CardFields fields;
  fields.kind = kindOf(card, where);
  fields.name = requireText(card, "name", where);
  fields.labels = labelsFromJson(requireField(card, "classes", where), where);
  if (fields.kind == ModelKind::kEnsemble) {
    readMembers(card, where, fields);
  } else if (fields.kind == ModelKind::kTorchScript) {
    readScript(card, where, fields);
  } else {
    readNetwork(card, where, fields);
  }
  fields.inference =
      inferenceFromJson(requireField(card, "inference", where), fields.labels, where);
  fields.weights_sha256 = requireText(requireField(card, "weights", where), "sha256", where);
  return fields;
}

ordered_json readCard(const std::filesystem::path& path) {
  ordered_json card = ordered_json::parse(readTextFile(path), nullptr, false);
  if (!card.is_object()) throwBadInput(path.string() + " is not a model's card.");
  return card;
}

std::filesystem::path memberFolder(const std::filesystem::path& folder, std::size_t member) {
  return folder / "members" / std::to_string(member);
}

std::string ensembleSha256(const std::vector<EnsembleMember>& members) {
  std::string lines;
  for (const EnsembleMember& member : members) {
    lines += member.weights_sha256 + " " + member.card_sha256 + "\n";
  }
  return sha256Hex(lines);
}

void recordCalibration(const std::filesystem::path& folder, const Calibration& calibration,
                       const Dataset& dataset, const std::string& dataset_sha256) {
  ordered_json card = readCard(folder / kCardFile);
  card["inference"] = describeCalibration(calibration);
  card["inference"]["dataset_sha256"] = dataset_sha256;
  card["scores"] = ordered_json::object();
  ordered_json& data = card["data"];
  const bool trained_on_it = data.is_object() && data.value("sha256", "") == dataset_sha256;
  if (trained_on_it && !data.contains("seen") && !card["training"].contains("start_from")) {
    data["seen"] = describeSeen(seenIn(dataset));
  }
  writeFileAtomically(folder / kCardFile, card.dump(2) + "\n");
}

void recordScores(const std::filesystem::path& folder, const std::string& split,
                  const Evaluation& evaluation, const std::string& dataset_sha256) {
  const std::filesystem::path path = folder / kCardFile;
  ordered_json card = readCard(path);
  ordered_json scores;
  scores["dataset_sha256"] = dataset_sha256;
  scores["cases"] = evaluation.cases.size();
  scores["labels"] = summaryToJson(evaluation);
  card["scores"][split] = std::move(scores);
  writeFileAtomically(path, card.dump(2) + "\n");
}

}  // namespace sonotwin::segment
