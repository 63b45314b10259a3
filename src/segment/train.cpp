// SPDX-License-Identifier: Apache-2.0
#include "train.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>

#include "augment.h"
#include "calibration.h"
#include "card.h"
#include "loss.h"
#include "optimizer.h"
#include "sonotwin/base/file.h"
#include "training_group.h"
#include "validation.h"
#include "weights.h"

namespace sonotwin::segment {
namespace {
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kInitialization = 1;  // uses of the seed
constexpr std::uint64_t kFirstEpoch = 1000;
constexpr std::uint64_t kOtherProcess = 1'000'000;  // times the rank, and the epoch
constexpr double kCheckpointEvery_s = 60.0;
constexpr std::chrono::milliseconds kPauseLook{50};
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
    const Cut cut = cutFor(plan, item.gray, item.rows, item.cols);
    const GridPicture picture = makeGridPicture(item.gray, item.rows, item.cols, plan, cut);
    gray.push_back(tensorOf(picture.gray).unsqueeze(0));
    truth.push_back(tensorOf(truthToGrid(cutOut(item.truth, item.cols, cut), cut.rows, cut.cols,
                                         dataset.labels, picture.placement)));
  }
  return {at::stack(gray).to(runtime.device), at::stack(truth).to(runtime.device)};
}

/// The model that a training goes on from.
struct Start {
  std::filesystem::path weights;
  CardFields card;
};

std::optional<Start> readStart(const std::filesystem::path& folder) {
  if (folder.empty()) return std::nullopt;
  const std::filesystem::path card = folder / kCardFile;
  return Start{folder / kWeightsFile, parseCard(readTextFile(card), card.string())};
}

/// The network of the model to start from where it knows the same labels; with others, its widths
/// on a grid for the new pictures.
NetworkPlan planFor(const TrainOptions& options, const std::optional<Start>& start,
                    const Dataset& dataset) {
  if (!start) return planNetwork(networkSize(options.preset), dataset);
  const NetworkPlan& plan = start->card.plan;
  if (start->card.labels == dataset.labels) return plan;
  const double pixels = static_cast<double>(plan.grid_rows) * plan.grid_cols;
  NetworkPlan planned =
      planNetwork({pixels, plan.widths, plan.encoder_blocks, plan.block}, dataset);
  if (planned.widths != plan.widths) {
    throwBadInput("The training images are too small for the network of '" + start->card.name +
                  "'. Train without starting from it.");
  }
  return planned;
}

class Training {
 public:
  Training(const Dataset& dataset, const std::string& dataset_sha256,
           const std::filesystem::path& folder, const TrainOptions& options,
           const TrainHooks& hooks, const Progress& progress)
      : dataset_(dataset),
        dataset_sha256_(dataset_sha256),
        folder_(folder),
        options_(options),
        hooks_(hooks),
        progress_(progress),
        runtime_(openDevice(options.device, options.threads)),
        group_(options.place, runtime_),
        recipe_(makeRecipe(options)),
        start_from_(readStart(options.start_from)),
        plan_(planFor(options, start_from_, dataset)),
        network_(plan_, runtime_, derivedSeed(options.seed, kInitialization)),
        averaged_(plan_, runtime_, std::nullopt),
        best_(plan_, runtime_, std::nullopt),
        optimizer_(recipe_, network_.parameters()),
        validation_(dataset, plan_) {
    runtime_.useThreads();
    const int fitting = picturesWithin(plan_, memoryBytes(runtime_)) * group_.size();
    recipe_.batch = std::min(recipe_.batch, fitting);
    if (start_from_) startFromWeights();
    averaged_.copyFrom(network_);
    best_.copyFrom(network_);
    network_.setTrainable(true);
    training_ = prepareTraining(dataset_, plan_, runtime_, progress_);
    const auto count = static_cast<int>(training_.gray.size(0));
    const int whole = std::min(recipe_.batch, count);
    batch_ = (whole + group_.size() - 1) / group_.size();
    steps_per_epoch_ = std::max(count / (batch_ * group_.size()), recipe_.min_steps);
  }

  /// All that a checkpoint holds, as it was at the end of an epoch.
  struct Snapshot {
    json where;
    std::vector<NamedTensor> state;
  };

  void resume();
  /// Every process goes on from where the leading one is.
  void shareState();
  /// To the model. Stopped on the way, its last whole epoch is kept.
  void run();

 private:
  void runEpochs();
  void finish();
  [[nodiscard]] double elapsed() const {
    return seconds_before_ + secondsSince(start_) - paused_seconds_;
  }
  /// The same for all processes, by the leading one's clock.
  [[nodiscard]] bool timeIsUp() const {
    if (!options_.max_minutes) return false;
    return group_.share(elapsed() >= *options_.max_minutes * 60.0 ? 1.0 : 0.0) > 0.5;
  }
  [[nodiscard]] double position(int epoch, int step) const;
  [[nodiscard]] bool gaveUp() const {
    return recipe_.patience && epochs_done_ - best_epoch_ >= *recipe_.patience;
  }
  void startFromWeights();
  void waitWhilePaused();
  [[nodiscard]] std::vector<std::int64_t> drawOrder(Random& random) const;
  void trainEpoch(int epoch, EpochReport& report);
  /// @throws Error(kInternal) where the processes' weights have come apart
  void checkInStep() const;
  void judge(EpochReport& report);
  at::Tensor trainStep(const at::Tensor& chosen, Random& random, double learning_rate);
  void average();
  [[nodiscard]] std::vector<NamedTensor> state() const;
  [[nodiscard]] json identity() const;
  [[nodiscard]] Snapshot snapshot() const;
  void save(const Snapshot& snapshot) const;

  const Dataset& dataset_;
  std::string dataset_sha256_;
  std::filesystem::path folder_;
  TrainOptions options_;
  TrainHooks hooks_;
  Progress progress_;
  Runtime runtime_;
  KeptMemory kept_;
  TrainingGroup group_;
  TrainRecipe recipe_;
  std::optional<Start> start_from_;
  NetworkPlan plan_;
  UNet network_, averaged_, best_;
  Optimizer optimizer_;
  TrainingImages training_;
  Validation validation_;
  int batch_ = 0;  ///< of this process
  int steps_per_epoch_ = 0;
  int epochs_done_ = 0;
  int best_epoch_ = 0;
  ValidationScore best_score_{-1.0, -1.0};
  std::optional<Snapshot> unsaved_;  ///< epochs that no checkpoint has yet
  std::string history_;              ///< training.jsonl as far as the epochs done
  double seconds_before_ = 0.0;
  double paused_seconds_ = 0.0;
  Clock::time_point start_ = Clock::now();
};

double Training::position(int epoch, int step) const {
  const double done = static_cast<double>(epoch) * steps_per_epoch_ + step;
  const double by_steps = done / (static_cast<double>(recipe_.epochs) * steps_per_epoch_);
  if (!options_.max_minutes) return by_steps;
  return std::max(by_steps, group_.share(elapsed() / (*options_.max_minutes * 60.0)));
}

void Training::startFromWeights() {
  // Heads give the labels; with other labels they begin anew.
  const bool whole = start_from_->card.labels == dataset_.labels;
  std::vector<NamedTensor> targets;
  for (const NamedTensor& parameter : network_.parameters()) {
    if (whole || !parameter.name.starts_with("head.")) targets.push_back(parameter);
  }
  readTensorsInto(start_from_->weights, targets, whole ? Others::kRefused : Others::kIgnored);
}

void Training::waitWhilePaused() {
  if (!hooks_.paused || !hooks_.paused()) return;
  const Clock::time_point since = Clock::now();
  while (hooks_.paused()) {
    progress_.throwIfCancelled();
    std::this_thread::sleep_for(kPauseLook);
  }
  paused_seconds_ += secondsSince(since);
}

std::vector<std::int64_t> Training::drawOrder(Random& random) const {
  std::vector<std::int64_t> order;
  const auto needed =
      static_cast<std::size_t>(steps_per_epoch_) * static_cast<std::size_t>(batch_ * group_.size());
  while (order.size() < needed) {
    std::vector<std::int64_t> pass(static_cast<std::size_t>(training_.gray.size(0)));
    for (std::size_t i = 0; i < pass.size(); ++i) pass[i] = static_cast<std::int64_t>(i);
    random.shuffle(pass);
    order.insert(order.end(), pass.begin(), pass.end());
  }
  return order;
}

void Training::trainEpoch(int epoch, EpochReport& report) {
  // Seeded anew each epoch: a resumed training draws what an uninterrupted one would have.
  Random random(derivedSeed(options_.seed, kFirstEpoch + static_cast<std::uint64_t>(epoch)));
  const std::vector<std::int64_t> order = drawOrder(random);
  if (!group_.leads()) {
    random = Random(
        derivedSeed(options_.seed, kOtherProcess * static_cast<std::uint64_t>(group_.rank()) +
                                       static_cast<std::uint64_t>(epoch)));
  }
  at::Tensor sum = at::zeros({}, at::TensorOptions(runtime_.device));
  const double since = elapsed();
  int step = 0;
  for (; step < steps_per_epoch_ && (step == 0 || !timeIsUp()); ++step) {
    waitWhilePaused();
    const double now = position(epoch, step);
    progress_.report(
        now, "epoch " + std::to_string(epoch + 1) + " of " + std::to_string(recipe_.epochs));
    at::Tensor chosen = at::empty({batch_}, at::kLong);
    const std::ptrdiff_t share = static_cast<std::ptrdiff_t>(step) * group_.size() + group_.rank();
    std::copy_n(order.begin() + share * batch_, batch_, chosen.data_ptr<std::int64_t>());
    report.learning_rate = recipe_.learning_rate * scheduleFactor(recipe_, now);
    sum += trainStep(chosen.to(runtime_.device), random, report.learning_rate);
    average();
  }
  const double total = group_.sum(at::full({1}, sum.item<double>(), at::kDouble)).item<double>();
  report.train_loss = total / (step * group_.size());
  report.images_per_second = step * batch_ * group_.size() / std::max(elapsed() - since, 1e-9);
  if (!std::isfinite(report.train_loss)) {
    throw Error(ErrorKind::kInternal, "The training diverged in epoch " +
                                          std::to_string(epoch + 1) +
                                          ": its loss is not a number.");
  }
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
  std::vector<at::Tensor> gradients;
  for (const NamedTensor& parameter : network_.parameters()) {
    gradients.push_back(parameter.tensor.grad());
  }
  group_.average(std::move(gradients));
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

void Training::checkInStep() const {
  double sum = 0.0;
  for (const NamedTensor& item : network_.parameters())
    sum += item.tensor.abs().sum().item<double>();
  if (group_.share(sum) == sum) return;
  throw Error(ErrorKind::kInternal,
              "The weights of process " + std::to_string(group_.rank()) +
                  " are no longer those of the others. Train on devices of one kind.");
}

void Training::judge(EpochReport& report) {
  const Validation::Answer answer = validation_.answer(averaged_, runtime_, {}, progress_, &group_);
  ++epochs_done_;
  if (answer.score.selection() > best_score_.selection()) {
    best_score_ = answer.score;
    best_epoch_ = epochs_done_;
    best_.copyFrom(averaged_);
  }
  report.val_dice = answer.score.case_dice;
  report.val_pooled_dice = answer.score.pooled_dice;
  report.label_dice = answer.label_dice;
  report.best_dice = best_score_.case_dice;
  if (hooks_.on_examples && group_.leads()) hooks_.on_examples(validation_.examples(answer));
}

void Training::run() {
  try {
    runEpochs();
    if (group_.leads()) finish();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled && unsaved_) save(*unsaved_);
    throw;
  }
}

void Training::runEpochs() {
  Clock::time_point saved = start_;
  while (epochs_done_ < recipe_.epochs && (epochs_done_ == 0 || !timeIsUp()) && !gaveUp()) {
    const double since = elapsed();
    EpochReport report{.epoch = epochs_done_ + 1, .epochs = recipe_.epochs, .label_dice = {}};
    trainEpoch(epochs_done_, report);
    checkInStep();
    judge(report);
    report.seconds = elapsed() - since;
    if (!group_.leads()) continue;
    history_ += epochJson(report) + "\n";
    writeFileAtomically(folder_ / kHistoryFile, history_);
    unsaved_ = snapshot();
    if (saved == start_ || secondsSince(saved) > kCheckpointEvery_s) {
      save(*unsaved_);
      unsaved_.reset();
      saved = Clock::now();
    }
    if (hooks_.on_epoch) hooks_.on_epoch(report);
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
  json identity = {{"dataset_sha256", dataset_sha256_},
                   {"seed", options_.seed},
                   {"start", start_from_ ? start_from_->card.weights_sha256 : ""},
                   {"recipe", recipeToJson(recipe_)},
                   {"network", planToJson(plan_)}};
  if (dataset_.fold) identity["fold"] = foldToJson(*dataset_.fold);
  return identity;
}

Training::Snapshot Training::snapshot() const {
  Snapshot taken;
  taken.where = {{"identity", identity()},
                 {"epochs_done", epochs_done_},
                 {"best_epoch", best_epoch_},
                 {"best_dice", {best_score_.case_dice, best_score_.pooled_dice}},
                 {"steps", optimizer_.steps()},
                 {"seconds", elapsed()},
                 {"history", history_}};
  for (const NamedTensor& item : state()) {
    taken.state.push_back({item.name, item.tensor.detach().clone()});
  }
  return taken;
}

void Training::save(const Snapshot& snapshot) const {
  writeTensors(folder_ / kCheckpointFile, snapshot.state, Dtype::kF32,
               {{kStateKey, snapshot.where.dump()}});
}

void Training::shareState() {
  network_.setTrainable(false);
  std::vector<at::Tensor> tensors;
  for (const NamedTensor& item : state()) tensors.push_back(item.tensor);
  group_.share(tensors);
  network_.setTrainable(true);
  epochs_done_ = static_cast<int>(group_.share(epochs_done_));
  best_epoch_ = static_cast<int>(group_.share(best_epoch_));
  best_score_ = {group_.share(best_score_.case_dice), group_.share(best_score_.pooled_dice)};
  optimizer_.setSteps(static_cast<std::int64_t>(group_.share(optimizer_.steps())));
}

void Training::resume() {
  const std::filesystem::path path = folder_ / kCheckpointFile;
  if (!std::filesystem::exists(path)) return;
  const auto metadata = SafetensorsReader(path).metadata();
  const auto found = metadata.find(kStateKey);
  const json where = found == metadata.end() ? json() : json::parse(found->second, nullptr, false);
  if (!where.is_object() || where.value("identity", json()) != identity()) {
    throw Error(
        ErrorKind::kConflict,
        path.string() +
            " is of a training with another dataset, fold, preset, seed or recipe. Train with "
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
    history_ = where.at("history");
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
  if (group_.size() > 1) record.device += ", " + std::to_string(group_.size()) + " processes";
  record.parameters = best_.parameterCount();
  record.epochs_run = epochs_done_;
  record.best_epoch = best_epoch_;
  if (start_from_) {
    record.start = StartingModel{start_from_->card.name, start_from_->card.weights_sha256};
  }
  record.calibration =
      calibrate(best_, runtime_, dataset_, validation_, options_.mirror, progress_);
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
                  const TrainHooks& hooks, const Progress& progress) {
  Training training(dataset, dataset_sha256, folder, options, hooks, progress);
  if (options.resume && options.place.rank == 0) training.resume();
  if (options.resume) training.shareState();
  training.run();
}

}  // namespace sonotwin::segment
