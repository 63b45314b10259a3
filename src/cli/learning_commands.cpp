// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "clip_conditions.h"
#include "context.h"
#include "segment_command.h"
#include "sonotwin/base/file.h"
#include "sonotwin/pipeline/dataset_build.h"
#include "sonotwin/pipeline/evaluate.h"
#include "sonotwin/pipeline/models.h"
#include "sonotwin/pipeline/registry.h"
#include "sonotwin/pipeline/stages.h"
#include "sonotwin/store/store.h"
#include "usage.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

// ---- dataset build ------------------------------------------------------------------------------

struct DatasetArguments {
  std::string out, images, masks, cases, labels, split = "patient:0.7,0.15,0.15", source, phantom;
  int patients = 24;
  int frames_each = 24;
  std::uint64_t seed = 1;
  std::uint64_t first_patient = 1000;
  bool keep_groups = false;
  bool from_store = false;
  store::ClipQuery clips;
  pipeline::StoreFrames frames;
};

std::string joinedText(const segment::NearDuplicateSummary& found) {
  const int joined = found.groups_before - found.groups;
  if (joined == 0) return " No near-duplicates in different groups.";
  return " " + std::to_string(found.groups_before) + " groups became " +
         std::to_string(found.groups) + ", for " + std::to_string(found.pairs) +
         (found.pairs == 1 ? " pair" : " pairs") + " of near-duplicates.";
}

json joinedDocument(const std::optional<segment::NearDuplicateSummary>& found) {
  if (!found) return nullptr;
  return {{"pairs", found->pairs},
          {"groups_before", found->groups_before},
          {"groups", found->groups},
          {"least_likeness", found->least_likeness}};
}

segment::Dataset readDatasetFor(Context& context, const DatasetArguments& arguments,
                                const pipeline::DatasetOptions& options) {
  if (!arguments.phantom.empty()) {
    return pipeline::datasetFromPhantom(arguments.phantom, arguments.patients,
                                        arguments.first_patient, arguments.frames_each, options,
                                        context.progress());
  }
  if (!arguments.images.empty() && !arguments.masks.empty()) {
    if (options.labels.empty()) throwUsage("Give --labels, as in --labels 1=nerve,2=vessel.");
    pipeline::FolderPairs pairs{arguments.images, arguments.masks, {}};
    if (!arguments.cases.empty()) pairs.cases = arguments.cases;
    return pipeline::datasetFromFolders(pairs, options, context.progress());
  }
  throwUsage("Give --from-store, --images DIR and --masks DIR, or --phantom CASE.");
}

std::string leftOutText(const pipeline::StoreDataset& built) {
  std::string text;
  const auto say = [&text](int count, const std::string& what) {
    if (count > 0) text += "\nLeft out: " + std::to_string(count) + " " + what + ".";
  };
  say(built.left_out.masks_lacking_a_label, "versions that lack one of the labels");
  say(built.left_out.proposed_frames, "frames as a network proposed them (--proposed-frames)");
  say(built.left_out.empty_frames, "frames without a label (--empty-frames)");
  if (built.clips_of_oblong_pixels > 0) {
    text += "\nWithout a pixel size, for its pixels are not square: " +
            std::to_string(built.clips_of_oblong_pixels) + " clips.";
  }
  return text;
}

json leftOutDocument(const pipeline::StoreDataset& built) {
  return {{"masks_lacking_a_label", built.left_out.masks_lacking_a_label},
          {"proposed_frames", built.left_out.proposed_frames},
          {"empty_frames", built.left_out.empty_frames},
          {"clips_of_oblong_pixels", built.clips_of_oblong_pixels}};
}

pipeline::StoreDataset datasetFromStore(Context& context, const DatasetArguments& arguments,
                                        const pipeline::DatasetOptions& options) {
  const store::Store store = context.openStore();
  requireKnown(store, arguments.clips);
  return pipeline::datasetFromStore(store, arguments.clips, arguments.frames, options,
                                    context.progress());
}

void buildDataset(Context& context, const DatasetArguments& arguments) {
  makeFolderFor(arguments.out);
  pipeline::DatasetOptions options;
  options.split = pipeline::parseSplit(arguments.split);
  options.seed = arguments.seed;
  options.source = arguments.source;
  options.keep_groups = arguments.keep_groups;
  if (!arguments.labels.empty()) options.labels = pipeline::parseLabels(arguments.labels);
  pipeline::StoreDataset built;
  if (arguments.from_store) {
    built = datasetFromStore(context, arguments, options);
  } else {
    built.dataset = readDatasetFor(context, arguments, options);
  }
  const segment::Dataset& dataset = built.dataset;
  const std::string hash = segment::writeDataset(arguments.out, dataset);
  json counts = {{"train", 0}, {"val", 0}, {"test", 0}};
  for (const auto& item : dataset.cases) {
    json& count = counts[segment::splitName(item.split)];
    count = count.get<int>() + 1;
  }
  json document = {{"out", arguments.out},
                   {"sha256", hash},
                   {"cases", counts},
                   {"near_duplicates", joinedDocument(dataset.near_duplicates)}};
  if (arguments.from_store) {
    document["masks"] = dataset.made_from;
    document["left_out"] = leftOutDocument(built);
  }
  context.print("Wrote " + arguments.out + ": " + std::to_string(dataset.cases.size()) +
                    " images (train, val, test: " + counts["train"].dump() + ", " +
                    counts["val"].dump() + ", " + counts["test"].dump() + ")." +
                    (dataset.near_duplicates ? joinedText(*dataset.near_duplicates) : "") +
                    leftOutText(built),
                document);
}

void addDataset(CLI::App& app, Context& context) {
  const auto given = std::make_shared<DatasetArguments>();
  CLI::App* dataset = app.add_subcommand("dataset", "Training sets");
  dataset->require_subcommand(1);
  CLI::App* build = dataset->add_subcommand("build", "Make a self-contained training set");
  build->add_option("--out", given->out, "File to write")->required();
  build->add_option("--images", given->images, "Folder of pictures");
  build->add_option("--masks", given->masks, "Folder of masks with the same names");
  build->add_option("--cases", given->cases,
                    "CSV: file, patient or group, pixel_size_mm, head_circumference_mm");
  build->add_option("--labels", given->labels, "VALUE=NAME,...");
  build->add_option("--split", given->split, "patient:TRAIN,VAL,TEST")->capture_default_str();
  build->add_option("--seed", given->seed, "Of the split")->capture_default_str();
  build->add_option("--source", given->source, "Origin and licence, for the model's card");
  build->add_flag("--keep-groups", given->keep_groups,
                  "Do not join groups that hold near-duplicates of each other");
  build->add_option("--phantom", given->phantom,
                    "Virtual patients of this case instead of folders");
  build->add_option("--patients", given->patients, "Virtual patients")->capture_default_str();
  build->add_option("--first-patient", given->first_patient, "Seed of the first virtual patient")
      ->capture_default_str();
  build->add_option("--frames", given->frames_each, "Frames of each virtual patient")
      ->capture_default_str();
  build->add_flag("--from-store", given->from_store,
                  "The store's annotations that are final; the conditions say of which clips");
  build->add_flag("--proposed-frames", given->frames.proposed,
                  "Of these also the frames left as a network proposed them");
  build->add_flag("--empty-frames", given->frames.empty,
                  "Of these also the frames without a label, as background");
  addConditions(*build, given->clips);
  build->callback([&context, given] { buildDataset(context, *given); });
}

// ---- train --------------------------------------------------------------------------------------

/// Of a network of the program, of the store, or anywhere.
/// @param to_change  something shall be written into it: not into one that the store keeps
std::string modelFolder(const Context& context, const std::string& name, bool to_change = false) {
  if (!store::Store::exists(context.store_folder)) {
    return pipeline::findModel(name, context.store_folder).folder.string();
  }
  const auto found = pipeline::findModel(context.openStore(), name);
  if (found.kept && to_change) {
    throwUsage("The store keeps " + found.model.name +
               " as it is. Change the folder it came from, then judge that anew.");
  }
  return found.model.folder.string();
}

struct TrainArguments {
  std::string dataset, out;
  segment::TrainOptions options;
  int epochs = 0;
  double max_minutes = 0.0;
  std::string from;
  bool no_mirror = false;
  segment::Fold fold;
};

void reportEpoch(const Context& context, const segment::EpochReport& epoch) {
  if (context.json) {
    std::cout << segment::epochJson(epoch) << std::endl;
  } else {
    std::cout << "epoch " << epoch.epoch << " of " << epoch.epochs << "  loss "
              << decimal(epoch.train_loss, 4) << "  validation Dice " << decimal(epoch.val_dice, 4)
              << " (best " << decimal(epoch.best_dice, 4) << ")  " << decimal(epoch.seconds, 1)
              << " s" << std::endl;
  }
}

void train(Context& context, TrainArguments& arguments) {
  segment::TrainOptions options = arguments.options;
  if (arguments.epochs > 0) options.epochs = arguments.epochs;
  if (arguments.max_minutes > 0.0) options.max_minutes = arguments.max_minutes;
  options.mirror = !arguments.no_mirror;
  if (!arguments.from.empty()) options.start_from = modelFolder(context, arguments.from);
  pipeline::trainModel(
      arguments.dataset, arguments.out, options,
      {.on_epoch = [&](const segment::EpochReport& epoch) { reportEpoch(context, epoch); }},
      context.progress(), arguments.fold.count > 0 ? std::optional(arguments.fold) : std::nullopt);
  const bool wrote = options.place.rank == 0;
  if (!context.json && wrote) std::cout << "Wrote " << arguments.out << ".\n";
}

std::vector<std::string> presetNames() {
  std::vector<std::string> names;
  for (const auto& preset : segment::trainPresets()) names.push_back(preset.name);
  return names;
}

void addTrain(CLI::App& app, Context& context) {
  const auto given = std::make_shared<TrainArguments>();
  CLI::App* learn = app.add_subcommand("train", "Train a network on a training set");
  learn->add_option("--dataset", given->dataset, "Dataset file")->required();
  learn->add_option("--out", given->out, "Folder of the model")->required();
  learn->add_option("--preset", given->options.preset)
      ->check(CLI::IsMember(presetNames()))
      ->capture_default_str();
  learn->add_option("--from", given->from,
                    "Go on from this network (name or folder), with a gentler schedule");
  learn
      ->add_option("--patience", given->options.patience,
                   "Stop after so many epochs without a better validation score")
      ->check(CLI::PositiveNumber);
  CLI::Option* fold = learn
                          ->add_option("--fold", given->fold.number,
                                       "Validate on this one of --folds, train on the others")
                          ->check(CLI::PositiveNumber);
  CLI::Option* folds = learn
                           ->add_option("--folds", given->fold.count,
                                        "Deal what is not in the test into so many folds")
                           ->check(CLI::Range(2, 100));
  fold->needs(folds);
  folds->needs(fold);
  learn->add_option("--device", given->options.device, "auto, cpu, cuda, cuda:1")
      ->capture_default_str();
  learn->add_option("--seed", given->options.seed, "Of everything random")->capture_default_str();
  learn->add_option("--epochs", given->epochs, "Instead of the preset's")
      ->check(CLI::PositiveNumber);
  learn->add_option("--max-minutes", given->max_minutes, "Stop after the epoch that passes this")
      ->check(CLI::PositiveNumber);
  learn->add_option("--name", given->options.name, "Name of the model (default: the folder's)");
  learn->add_option("--body-region", given->options.body_regions,
                    "Body region the model is for, as files name it (repeatable)");
  learn->add_option("--threads", given->options.threads, "On the CPU (0: all)")
      ->check(CLI::NonNegativeNumber);
  // The names that launchers of processes give.
  learn
      ->add_option("--rank", given->options.place.rank,
                   "Of this process among those that train one network together")
      ->envname("RANK");
  learn->add_option("--ranks", given->options.place.size, "Processes that train together")
      ->envname("WORLD_SIZE");
  learn->add_option("--meet", given->options.place.meet, "HOST:PORT of the process of rank 0");
  learn->add_flag("--synthetic", given->options.synthetic, "The images are simulated");
  learn->add_flag("--no-mirror", given->no_mirror, "Labels have sides: no left-right mirroring");
  learn->add_flag("--resume", given->options.resume, "Go on from the last checkpoint");
  learn->callback([&context, given] { train(context, *given); });
}

// ---- evaluate -----------------------------------------------------------------------------------

std::string evaluationText(const segment::Evaluation& evaluation) {
  Table table({"LABEL", "N", "DICE", "PRECISION", "RECALL", "IOU", "HD95", "ASSD", "NSD"});
  const auto cell = [](const segment::Estimate& estimate, int digits) {
    return decimal(estimate.mean, digits) + " [" + decimal(estimate.ci95[0], digits) + ", " +
           decimal(estimate.ci95[1], digits) + "]";
  };
  for (const auto& label : evaluation.summary) {
    table.add({label.label, std::to_string(label.n), cell(label.dice, 4), cell(label.precision, 3),
               cell(label.recall, 3), cell(label.iou, 3),
               cell(label.hd95, 2) + " " + label.distance_unit,
               cell(label.assd, 2) + " " + label.distance_unit, cell(label.nsd, 3)});
  }
  std::string text = table.text();
  for (const auto& label : evaluation.summary) {
    if (!label.circumference_error_mm) continue;
    text += "\nCircumference of " + label.label + ": mean absolute error " +
            cell(*label.circumference_error_mm, 2) + " mm, bias " +
            cell(*label.circumference_bias_mm, 2) + " mm.\n";
  }
  return text;
}

std::string pairedText(const std::vector<segment::PairedDifference>& differences,
                       const std::string& other) {
  Table table({"LABEL", "METRIC", "PATIENTS", "DIFFERENCE", "P", "P (HOLM)"});
  for (const auto& item : differences) {
    table.add({item.label, item.metric, std::to_string(item.groups),
               decimal(item.difference.mean, 4) + " [" + decimal(item.difference.ci95[0], 4) +
                   ", " + decimal(item.difference.ci95[1], 4) + "]",
               decimal(item.p, 4), decimal(item.p_holm, 4)});
  }
  return "\nLess " + other + " on the same cases:\n" + table.text();
}

struct EvaluateArguments {
  std::string model, against, dataset, split = "test", masks, truth, device = "auto";
  double spacing_mm = 0.0;
  bool record = false;
};

segment::Evaluation evaluationOf(Context& context, const EvaluateArguments& arguments) {
  if (!arguments.model.empty() && !arguments.dataset.empty()) {
    return pipeline::evaluateModel(modelFolder(context, arguments.model, arguments.record),
                                   arguments.dataset, arguments.split, arguments.device,
                                   arguments.record, context.progress());
  }
  if (!arguments.masks.empty() && !arguments.truth.empty()) {
    std::optional<double> spacing;
    if (arguments.spacing_mm > 0.0) spacing = arguments.spacing_mm;
    return pipeline::evaluateFolders(arguments.masks, arguments.truth, spacing, context.progress());
  }
  throwUsage("Give --model and --dataset, or --masks and --truth.");
}

void evaluate(Context& context, const EvaluateArguments& arguments) {
  const segment::Evaluation evaluation = evaluationOf(context, arguments);
  std::string text = evaluationText(evaluation);
  json document = json::parse(segment::evaluationJson(evaluation));
  if (!arguments.against.empty()) {
    if (arguments.model.empty()) throwUsage("--against goes with --model and --dataset.");
    const auto other =
        pipeline::evaluateModel(modelFolder(context, arguments.against), arguments.dataset,
                                arguments.split, arguments.device, false, context.progress());
    const auto differences = segment::comparePaired(evaluation, other);
    text += pairedText(differences, arguments.against);
    document["against"] = {{"model", arguments.against},
                           {"summary", json::parse(segment::evaluationJson(other))["summary"]},
                           {"differences", json::parse(segment::pairedJson(differences))}};
  }
  context.print(text, document);
}

void addEvaluate(CLI::App& app, Context& context) {
  const auto given = std::make_shared<EvaluateArguments>();
  CLI::App* judge = app.add_subcommand("evaluate", "Compare masks with the truth");
  judge->add_option("--model", given->model, "Name or folder of a model");
  judge->add_option("--against", given->against,
                    "Another model, compared on the same cases: paired differences");
  judge->add_option("--dataset", given->dataset, "Training set to take the cases from");
  judge->add_option("--split", given->split)
      ->check(CLI::IsMember({"test", "val", "train", "all"}))
      ->capture_default_str();
  judge->add_option("--masks", given->masks, "Folder of masks");
  judge->add_option("--truth", given->truth, "Folder of true masks with the same names");
  judge->add_option("--spacing-mm", given->spacing_mm, "Pixel size, for distances in mm")
      ->check(CLI::PositiveNumber);
  judge->add_option("--device", given->device, "auto, cpu, cuda or cuda:1")->capture_default_str();
  judge->add_flag("--record", given->record, "Write the scores into the model's card");
  judge->callback([&context, given] { evaluate(context, *given); });
}

struct CalibrateArguments {
  std::string model, dataset, device = "auto";
};

void calibrate(Context& context, const CalibrateArguments& arguments) {
  const std::string card =
      pipeline::calibrateModel(modelFolder(context, arguments.model, true), arguments.dataset,
                               arguments.device, context.progress());
  const json chosen = json::parse(card)["inference"];
  context.print(chosen.dump(2), chosen);
}

void addCalibrate(CLI::App& app, Context& context) {
  const auto given = std::make_shared<CalibrateArguments>();
  CLI::App* command = app.add_subcommand(
      "calibrate", "Choose by the validation split how a network's answers are put together");
  command->add_option("--model", given->model, "Name or folder of a model")->required();
  command->add_option("--dataset", given->dataset, "Training set")->required();
  command->add_option("--device", given->device, "auto, cpu, cuda or cuda:1")
      ->capture_default_str();
  command->callback([&context, given] { calibrate(context, *given); });
}
}  // namespace

void addLearningCommands(CLI::App& app, Context& context) {
  addDataset(app, context);
  addTrain(app, context);
  addSegment(app, context);
  addEvaluate(app, context);
  addCalibrate(app, context);
}

}  // namespace sonotwin::cli
