// SPDX-License-Identifier: Apache-2.0
#include "train.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "augment.h"
#include "card.h"
#include "loss.h"
#include "optimizer.h"
#include "sonotwin/base/file.h"
#include "validation.h"
#include "weights.h"

namespace sonotwin::segment {
namespace {
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kInitialization = 1;  // uses of the seed
constexpr std::uint64_t kFirstEpoch = 1000;
constexpr double kFlipGain = 0.001;  // Dice that makes twice the work worth it
constexpr double kCheckpointEvery_s = 60.0;
constexpr const char* kStateKey = "sonotwin";

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Images and classes of the training split on the grid, on the network's device.
struct TrainingImages {
  at::Tensor gray;   ///< [n x 1 x rows x cols] uint8
  at::Tensor truth;  ///< [n x rows x cols] uint8
};

TrainingImages prepareTraining(const Dataset& dataset, const NetworkPlan& plan,
                               const Runtime& runtime, const Progress& progress) {
  std::vector<at::Tensor> gray, truth;
  const auto tensorOf = [&plan](const std::vector<std::uint8_t>& pixels) {
    at::Tensor tensor = at::empty({plan.grid_rows, plan.grid_cols}, at::kByte);
    std::ranges::copy(pixels, tensor.data_ptr<std::uint8_t>());
    return tensor;
  };
  for (const Case& item : dataset.cases) {
    progress.throwIfCancelled();
    if (item.split != Split::kTrain) continue;
    const Placement p = placeInGrid(item.rows, item.cols, plan.grid_rows, plan.grid_cols);
    gray.push_back(tensorOf(toGrid(item.gray, item.rows, item.cols, p)).unsqueeze(0));
    truth.push_back(tensorOf(truthToGrid(item.truth, item.rows, item.cols, dataset.labels, p)));
  }
  return {at::stack(gray).to(runtime.device), at::stack(truth).to(runtime.device)};
}

class Training {
 public:
  Training(const Dataset& dataset, const std::string& dataset_sha256,
           const std::filesystem::path& folder, const TrainOptions& options,
           const Progress& progress)
      : dataset_(dataset),
        dataset_sha256_(dataset_sha256),
        folder_(folder),
        options_(options),
        progress_(progress),
        runtime_(openDevice(options.device, options.threads)),
        recipe_(makeRecipe(options)),
        plan_(planNetwork(options.preset, dataset)),
        network_(plan_, runtime_, derivedSeed(options.seed, kInitialization)),
        averaged_(plan_, runtime_, std::nullopt),
        best_(plan_, runtime_, std::nullopt),
        optimizer_(recipe_, network_.parameters()),
        validation_(dataset, plan_) {
    runtime_.useThreads();
    averaged_.copyFrom(network_);
    best_.copyFrom(network_);
    network_.setTrainable(true);
    training_ = prepareTraining(dataset_, plan_, runtime_, progress_);
    const auto count = static_cast<int>(training_.gray.size(0));
    batch_ = std::min(recipe_.batch, count);
    steps_per_epoch_ = std::max(count / batch_, recipe_.min_steps);
  }

  void resume();
  void run(const std::function<void(const EpochReport&)>& on_epoch);
  void finish();

 private:
  [[nodiscard]] double elapsed() const { return seconds_before_ + secondsSince(start_); }
  [[nodiscard]] bool timeIsUp() const {
    return options_.max_minutes && elapsed() >= *options_.max_minutes * 60.0;
  }
  [[nodiscard]] double position(int epoch, int step) const;
  double trainEpoch(int epoch);
  at::Tensor trainStep(const at::Tensor& chosen, Random& random, double learning_rate);
  void average();
  [[nodiscard]] std::vector<NamedTensor> state() const;
  [[nodiscard]] json identity() const;
  void saveCheckpoint() const;

  const Dataset& dataset_;
  std::string dataset_sha256_;
  std::filesystem::path folder_;
  TrainOptions options_;
  Progress progress_;
  Runtime runtime_;
  TrainRecipe recipe_;
  NetworkPlan plan_;
  UNet network_, averaged_, best_;
  Optimizer optimizer_;
  TrainingImages training_;
  Validation validation_;
  int batch_ = 0;
  int steps_per_epoch_ = 0;
  int epochs_done_ = 0;
  int best_epoch_ = 0;
  ValidationScore best_score_{-1.0, -1.0};
  double seconds_before_ = 0.0;
  Clock::time_point start_ = Clock::now();
};

double Training::position(int epoch, int step) const {
  const double done = static_cast<double>(epoch) * steps_per_epoch_ + step;
  const double by_steps = done / (static_cast<double>(recipe_.epochs) * steps_per_epoch_);
  if (!options_.max_minutes) return by_steps;
  return std::max(by_steps, elapsed() / (*options_.max_minutes * 60.0));
}

double Training::trainEpoch(int epoch) {
  // Seeded anew each epoch: a resumed training draws what an uninterrupted one would have.
  Random random(derivedSeed(options_.seed, kFirstEpoch + static_cast<std::uint64_t>(epoch)));
  std::vector<std::int64_t> order;
  const auto needed = static_cast<std::size_t>(steps_per_epoch_) * static_cast<std::size_t>(batch_);
  while (order.size() < needed) {
    std::vector<std::int64_t> pass(static_cast<std::size_t>(training_.gray.size(0)));
    for (std::size_t i = 0; i < pass.size(); ++i) pass[i] = static_cast<std::int64_t>(i);
    random.shuffle(pass);
    order.insert(order.end(), pass.begin(), pass.end());
  }
  at::Tensor sum = at::zeros({}, at::TensorOptions(runtime_.device));
  int step = 0;
  for (; step < steps_per_epoch_ && (step == 0 || !timeIsUp()); ++step) {
    const double now = position(epoch, step);
    progress_.report(
        now, "epoch " + std::to_string(epoch + 1) + " of " + std::to_string(recipe_.epochs));
    at::Tensor chosen = at::empty({batch_}, at::kLong);
    std::copy_n(order.begin() + static_cast<std::ptrdiff_t>(step) * batch_, batch_,
                chosen.data_ptr<std::int64_t>());
    sum += trainStep(chosen.to(runtime_.device), random,
                     recipe_.learning_rate * scheduleFactor(recipe_, now));
    average();
  }
  const double loss = sum.item<double>() / step;
  if (!std::isfinite(loss)) {
    throw Error(ErrorKind::kInternal, "The training diverged in epoch " +
                                          std::to_string(epoch + 1) +
                                          ": its loss is not a number.");
  }
  return loss;
}

at::Tensor Training::trainStep(const at::Tensor& chosen, Random& random, double learning_rate) {
  const Batch batch =
      augment(training_.gray.index_select(0, chosen), training_.truth.index_select(0, chosen),
              plan_.classes, recipe_.augmentation, random);
  std::vector<at::Tensor> logits;
  {
    const HalfPrecision half(runtime_);
    logits = network_.forward(batch.image, network_.headCount());
  }
  const at::Tensor loss = segmentationLoss(logits, batch.truth);
  loss.backward();
  optimizer_.step(learning_rate);
  return loss.detach();
}

void Training::average() {
  const at::NoGradGuard no_grad;
  const auto steps = static_cast<double>(optimizer_.steps());
  const double keep = std::min(recipe_.ema_decay, (1.0 + steps) / (10.0 + steps));
  for (std::size_t i = 0; i < averaged_.parameters().size(); ++i) {
    at::Tensor target = averaged_.parameters()[i].tensor;
    target.lerp_(network_.parameters()[i].tensor, 1.0 - keep);
  }
}

void Training::run(const std::function<void(const EpochReport&)>& on_epoch) {
  Clock::time_point saved = start_;
  while (epochs_done_ < recipe_.epochs && (epochs_done_ == 0 || !timeIsUp())) {
    const Clock::time_point epoch_start = Clock::now();
    EpochReport report{.epoch = epochs_done_ + 1, .epochs = recipe_.epochs};
    report.train_loss = trainEpoch(epochs_done_);
    const ValidationScore score = validation_.score(averaged_, runtime_, false, progress_);
    ++epochs_done_;
    if (score.selection() > best_score_.selection()) {
      best_score_ = score;
      best_epoch_ = epochs_done_;
      best_.copyFrom(averaged_);
    }
    report.val_dice = score.case_dice;
    report.val_pooled_dice = score.pooled_dice;
    report.best_dice = best_score_.case_dice;
    report.seconds = secondsSince(epoch_start);
    if (on_epoch) on_epoch(report);
    if (saved == start_ || secondsSince(saved) > kCheckpointEvery_s) {
      saveCheckpoint();
      saved = Clock::now();
    }
  }
}

std::vector<NamedTensor> Training::state() const {
  std::vector<NamedTensor> all = optimizer_.state();
  for (const NamedTensor& item : network_.parameters()) all.push_back(item);
  for (const NamedTensor& item : averaged_.parameters()) {
    all.push_back({"averaged." + item.name, item.tensor});
  }
  for (const NamedTensor& item : best_.parameters()) {
    all.push_back({"best." + item.name, item.tensor});
  }
  return all;
}

json Training::identity() const {
  return {{"dataset_sha256", dataset_sha256_},
          {"seed", options_.seed},
          {"recipe", recipeToJson(recipe_)},
          {"network", planToJson(plan_)}};
}

void Training::saveCheckpoint() const {
  const json where = {{"identity", identity()},
                      {"epochs_done", epochs_done_},
                      {"best_epoch", best_epoch_},
                      {"best_dice", {best_score_.case_dice, best_score_.pooled_dice}},
                      {"steps", optimizer_.steps()},
                      {"seconds", elapsed()}};
  writeTensors(folder_ / kCheckpointFile, state(), Dtype::kF32, {{kStateKey, where.dump()}});
}

void Training::resume() {
  const std::filesystem::path path = folder_ / kCheckpointFile;
  if (!std::filesystem::exists(path)) return;
  const auto metadata = SafetensorsReader(path).metadata();
  const auto found = metadata.find(kStateKey);
  const json where = found == metadata.end() ? json() : json::parse(found->second, nullptr, false);
  if (!where.is_object() || where.value("identity", json()) != identity()) {
    throw Error(ErrorKind::kConflict,
                path.string() +
                    " is of a training with another dataset, preset, seed or recipe. Train with "
                    "the same options, or without resuming.");
  }
  network_.setTrainable(false);
  readTensorsInto(path, state());
  network_.setTrainable(true);
  try {
    epochs_done_ = where.at("epochs_done");
    best_epoch_ = where.at("best_epoch");
    best_score_ = {where.at("best_dice").at(0), where.at("best_dice").at(1)};
    optimizer_.setSteps(where.at("steps"));
    seconds_before_ = where.at("seconds");
  } catch (const json::exception&) {
    throwBadInput(path.string() + " does not say how far the training was. Train anew.");
  }
}

void Training::finish() {
  TrainingRecord record;
  record.options = options_;
  record.recipe = recipe_;
  record.plan = plan_;
  record.dataset_sha256 = dataset_sha256_;
  record.name = options_.name.empty()
                    ? std::filesystem::absolute(folder_ / "").parent_path().filename().string()
                    : options_.name;
  record.device = describe(runtime_);
  record.parameters = best_.parameterCount();
  record.epochs_run = epochs_done_;
  record.best_epoch = best_epoch_;
  record.val_plain = best_score_;
  if (options_.mirror) {
    record.val_flipped = validation_.score(best_, runtime_, true, progress_);
    record.flip_averaging = record.val_flipped->selection() > best_score_.selection() + kFlipGain;
  }
  record.seconds = elapsed();
  // The card goes last: without it, or with an older one, the folder is no model.
  record.weights_sha256 = writeTensors(folder_ / kWeightsFile, best_.parameters(), Dtype::kF16,
                                       {{"format", "sonotwin-weights"}});
  writeFileAtomically(folder_ / kCardFile, makeCard(record, dataset_));
  std::filesystem::remove(folder_ / kCheckpointFile);
}
}  // namespace

void trainNetwork(const Dataset& dataset, const std::string& dataset_sha256,
                  const std::filesystem::path& folder, const TrainOptions& options,
                  const std::function<void(const EpochReport&)>& on_epoch,
                  const Progress& progress) {
  Training training(dataset, dataset_sha256, folder, options, progress);
  if (options.resume) training.resume();
  training.run(on_epoch);
  training.finish();
}

}  // namespace sonotwin::segment
