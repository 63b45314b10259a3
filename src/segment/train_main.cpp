// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

#include "safetensors.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/interrupt.h"
#include "sonotwin/base/quiet_threads.h"
#include "sonotwin/base/version.h"
#include "sonotwin/segment/model.h"

namespace {
using namespace sonotwin;

struct Arguments {
  std::string dataset, model;
  std::string device = "auto";
  std::string split = "test";
  segment::TrainOptions train;
  segment::Fold fold;
  bool no_mirror = false;
  bool record = false;
  bool json = false;
};

void runTrain(const Arguments& arguments, const Progress& progress) {
  segment::Dataset dataset = segment::readDataset(arguments.dataset);
  if (arguments.fold.count > 0) segment::useFold(dataset, arguments.fold);
  segment::TrainOptions options = arguments.train;
  options.device = arguments.device;
  options.mirror = !arguments.no_mirror;
  if (!arguments.json) {
    const std::string device = segment::describeDevice(options.device, options.threads);
    std::cerr << "Training on " << device << ", " << dataset.cases.size() << " cases\n";
  }
  const auto show = [&](const segment::EpochReport& report) {
    if (arguments.json) {
      std::cout << segment::epochJson(report) << std::endl;
    } else {
      std::printf("epoch %d/%d  loss %.4f  val Dice %.4f, pooled %.4f  best %.4f  %.1f s\n",
                  report.epoch, report.epochs, report.train_loss, report.val_dice,
                  report.val_pooled_dice, report.best_dice, report.seconds);
      std::fflush(stdout);
    }
  };
  segment::train(dataset, segment::fileSha256(arguments.dataset), arguments.model, options,
                 {.on_epoch = show}, progress);
}

void printSummary(const segment::Evaluation& evaluation) {
  const auto print = [](const char* name, const segment::Estimate& e, const char* unit) {
    std::printf("  %-10s %.4f  [%.4f, %.4f] %s\n", name, e.mean, e.ci95[0], e.ci95[1], unit);
  };
  for (const segment::LabelSummary& label : evaluation.summary) {
    std::printf("%s (%d cases)\n", label.label.c_str(), label.n);
    print("Dice", label.dice, "");
    print("IoU", label.iou, "");
    print("precision", label.precision, "");
    print("recall", label.recall, "");
    print("HD95", label.hd95, label.distance_unit.c_str());
    print("ASSD", label.assd, label.distance_unit.c_str());
  }
}

void runEvaluate(const Arguments& arguments, const Progress& progress) {
  const segment::Model model = segment::Model::load(arguments.model, arguments.device);
  const segment::Dataset dataset = segment::readDataset(arguments.dataset);
  std::optional<segment::Split> split;
  if (arguments.split != "all") split = segment::parseSplit(arguments.split);
  const segment::Evaluation evaluation = segment::evaluate(model, dataset, split, progress);
  if (arguments.record) {
    segment::recordScores(arguments.model, arguments.split, evaluation,
                          segment::fileSha256(arguments.dataset));
  }
  if (arguments.json) {
    std::cout << segment::evaluationJson(evaluation) << '\n';
  } else {
    printSummary(evaluation);
  }
}

void runInfo(const Arguments& arguments) {
  std::cout << segment::Model::load(arguments.model, arguments.device).cardJson();
}

void addTrain(CLI::App& app, Arguments& arguments) {
  CLI::App* command = app.add_subcommand("train", "Train a network from a dataset file");
  segment::TrainOptions& options = arguments.train;
  command->add_option("--dataset", arguments.dataset, "Dataset file")->required();
  command->add_option("--out", arguments.model, "Folder of the model")->required();
  command->add_option("--name", options.name, "Name of the model (default: the folder's)");
  command->add_option("--preset", options.preset, "small, quick, standard or max")
      ->capture_default_str();
  command->add_option("--device", arguments.device, "auto, cpu, cuda or cuda:1")
      ->capture_default_str();
  command->add_option("--seed", options.seed, "Of everything random")->capture_default_str();
  command->add_option("--epochs", options.epochs, "Instead of the preset's");
  command->add_option("--max-minutes", options.max_minutes, "Fit the training into this time");
  command->add_option("--threads", options.threads, "On the CPU (0: all)")->capture_default_str();
  command->add_option("--body-region", options.body_regions, "What the model is for; repeatable");
  command->add_option("--from", options.start_from, "Folder of a model to go on from");
  command->add_option("--patience", options.patience,
                      "Stop after so many epochs without a better validation score");
  CLI::Option* fold = command->add_option("--fold", arguments.fold.number,
                                          "Validate on this one of --folds, train on the others");
  CLI::Option* folds = command->add_option("--folds", arguments.fold.count,
                                           "Deal what is not in the test into so many folds");
  fold->needs(folds)->check(CLI::PositiveNumber);
  folds->needs(fold)->check(CLI::Range(2, 100));
  // The names that launchers of processes give.
  command
      ->add_option("--rank", options.place.rank, "Of this process among those that train together")
      ->envname("RANK");
  command->add_option("--ranks", options.place.size, "Processes that train together")
      ->envname("WORLD_SIZE");
  command->add_option("--meet", options.place.meet, "HOST:PORT of the process of rank 0");
  command->add_flag("--synthetic", options.synthetic, "The images are simulated");
  command->add_flag("--no-mirror", arguments.no_mirror, "For labels that have a side");
  command->add_flag("--resume", options.resume, "Go on from the folder's checkpoint");
  command->add_flag("--json", arguments.json, "One JSON line an epoch");
}

void addOthers(CLI::App& app, Arguments& arguments) {
  CLI::App* evaluate = app.add_subcommand("evaluate", "Score a model on a split of a dataset");
  evaluate->add_option("--model", arguments.model, "Folder of the model")->required();
  evaluate->add_option("--dataset", arguments.dataset, "Dataset file")->required();
  evaluate->add_option("--split", arguments.split, "train, val, test or all")
      ->capture_default_str();
  evaluate->add_option("--device", arguments.device, "auto, cpu, cuda or cuda:1");
  evaluate->add_flag("--record", arguments.record, "Write the scores into the model's card");
  evaluate->add_flag("--json", arguments.json, "One JSON document");
  CLI::App* info = app.add_subcommand("info", "Check a model and print its card");
  info->add_option("--model", arguments.model, "Folder of the model")->required();
}

int exitCode(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kBadInput:
    case ErrorKind::kConflict:
      return 3;
    case ErrorKind::kDamaged:
      return 4;
    case ErrorKind::kNotFound:
      return 5;
    case ErrorKind::kCancelled:
      return 130;
    default:
      return 1;
  }
}
}  // namespace

int main(int argc, char** argv) {
  startWithQuietThreads(argv);
  CLI::App app{
      "Trains and evaluates segmentation networks. Research software, not a medical device."};
  app.set_version_flag("--version", std::string(programVersion()));
  app.require_subcommand(1);
  Arguments arguments;
  addTrain(app, arguments);
  addOthers(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const Progress progress({}, stopOnInterrupt());
  try {
    if (app.got_subcommand("train")) runTrain(arguments, progress);
    if (app.got_subcommand("evaluate")) runEvaluate(arguments, progress);
    if (app.got_subcommand("info")) runInfo(arguments);
  } catch (const Error& error) {
    std::cerr << error.what() << '\n';
    return exitCode(error.kind());
  } catch (const std::exception& error) {
    std::cerr << "Internal error: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
