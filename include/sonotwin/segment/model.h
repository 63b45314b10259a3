// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/image.h"
#include "sonotwin/media/mask.h"
#include "sonotwin/segment/dataset.h"
#include "sonotwin/segment/metrics.h"

namespace sonotwin::media {
struct PixelRectangle;
}

namespace sonotwin::segment {

/// "auto", "cpu", "cuda" or "cuda:1" → what will be used, in words ("cpu, 2 threads", ...).
/// @param threads  on the CPU; 0: all available
/// @throws Error(kBadInput) for a device that is not there.
[[nodiscard]] std::string describeDevice(const std::string& device, int threads = 0);

/// Devices that "--device" may name here: "cpu", "cuda:0", ...
[[nodiscard]] std::vector<std::string> devices();
/// The library that multiplies matrices on the CPU, as it names itself, else its file's name.
[[nodiscard]] std::string linearAlgebraLibrary();

/// What is asked of a network beside its labels.
struct SegmentRequest {
  /// The part of the frames that is ultrasound, for networks that see only that; none: looked for
  /// in each frame.
  const media::PixelRectangle* sector = nullptr;
  bool doubt = false;  ///< a map of doubt of each frame
  /// Of each frame, or one for all; 0 or empty: unknown. Tells frames that show much more than the
  /// network was trained on, which are looked at in tiles, from those that are merely finer.
  std::vector<double> pixel_size_mm = {};
};

struct Segmentation {
  std::vector<media::FrameMask> masks;  ///< of each frame, frame_index set from 0
  /// Where it was asked for, of each frame: how the network doubts at each pixel, 8-bit. Entropy of
  /// the calibrated chances as a share of the largest possible: 0 sure, 255 all classes alike; 0
  /// where the network does not look. Ellipses imposed on masks do not change it.
  std::vector<media::Image> doubt;
};

/// A network's own description of a frame: means of its coarsest encoder maps, which are many
/// numbers without names, in an order that stays for the same weights.
struct NetworkFeatures {
  std::vector<float> picture;  ///< over what the network sees of the frame
  std::vector<float> mask;     ///< over the pixels that a mask labels; empty where there are none
};

/// A trained network, or several that answer together: `MODEL/card.json` and what it describes
/// (`weights.safetensors`, `module.pt` made elsewhere, or `members/`). Any thread, one at a time.
class Model {
 public:
  /// A network made elsewhere (TorchScript) holds code, which is run: it is loaded only if its very
  /// file is one that a person on this machine has agreed to run (see model_files.h).
  /// @throws Error(kNotFound | kBadInput) naming the file and what does not fit.
  static Model load(const std::filesystem::path& folder, const std::string& device = "auto");
  ~Model();
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;

  [[nodiscard]] const std::string& name() const noexcept;
  [[nodiscard]] const std::vector<media::Label>& labels() const noexcept;
  [[nodiscard]] const std::string& cardJson() const noexcept;
  [[nodiscard]] const std::string& weightsSha256() const noexcept;
  /// What people are to know before they use it, in a sentence; mostly empty.
  [[nodiscard]] const std::string& notice() const noexcept;

  /// Labels every pixel. Frames of any size and type: brought to the network's grid and grey scale
  /// as its card says, the answer brought back. Deterministic on one device.
  [[nodiscard]] Segmentation segment(const std::vector<media::Image>& frames,
                                     const SegmentRequest& request = {}) const;

  /// How many numbers `features` gives, of several networks all of theirs; 0: none.
  [[nodiscard]] int featureCount() const;
  /// Frames are seen whole, whatever their size.
  /// @param masks   one for each frame, or none
  /// @throws Error(kBadInput) for a network that gives no features, or masks of other sizes
  [[nodiscard]] std::vector<NetworkFeatures> features(
      const std::vector<media::Image>& frames, const std::vector<media::FrameMask>& masks = {},
      const media::PixelRectangle* sector = nullptr) const;

 private:
  struct Impl;
  explicit Model(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// "small" (real time on a CPU), "quick", "standard", "max", and a sentence on each.
struct PresetDescription {
  std::string name;
  std::string sentence;
};
[[nodiscard]] std::vector<PresetDescription> trainPresets();

/// One process's place among those that train a network together, each on its share of every
/// batch: over GPUs (NCCL) or hosts (gloo on CPUs).
struct TrainPlace {
  int rank = 0;      ///< 0 decides and writes the files
  int size = 1;      ///< processes in all
  std::string meet;  ///< HOST:PORT at which the process of rank 0 is reached
};

/// Everything that shapes a training; defaults by preset, recorded in the card.
struct TrainOptions {
  std::string name;                       ///< of the model; empty: the folder's name
  std::vector<std::string> body_regions;  ///< what it is for, as in ClipInfo::body_region
  bool synthetic = false;                 ///< trained on simulated images: the card says so
  std::string preset = "standard";        ///< one of trainPresets()
  std::string device = "auto";
  std::uint64_t seed = 1;
  std::optional<int> epochs;  ///< override of the preset's
  /// Fits the training into this time: the learning rate also falls with it, and the epoch that
  /// passes it is the last. Weights then depend on the machine's speed.
  std::optional<double> max_minutes;
  /// Goes on from the weights of this model: its network, a gentler schedule (AdamW, cosine).
  /// Empty: from random weights.
  std::filesystem::path start_from;
  /// Stops after so many epochs without a better validation score; none: never.
  std::optional<int> patience;
  bool resume = false;  ///< goes on from the folder's checkpoint if there is one
  int threads = 0;      ///< on the CPU; 0: all available
  bool mirror = true;   ///< false for sided labels
  TrainPlace place;
};

struct EpochReport {
  int epoch = 0;
  int epochs = 0;
  double train_loss = 0.0;
  double val_dice = 0.0;         ///< mean over labels and cases
  double val_pooled_dice = 0.0;  ///< of all cases' pixels together, mean over labels
  /// What decides which epoch is kept.
  [[nodiscard]] double selection() const { return 0.5 * (val_dice + val_pooled_dice); }
  double best_dice = 0.0;  ///< val_dice of the epoch that would be kept now
  double seconds = 0.0;
  double learning_rate = 0.0;      ///< of the epoch's last step
  double images_per_second = 0.0;  ///< of the epoch's training steps
  /// Mean validation Dice of each label, in the dataset's order; none where no case shows it.
  std::vector<std::optional<double>> label_dice;
};

/// A validation picture as the network sees it now.
struct TrainExample {
  std::string name;
  int rows = 0;
  int cols = 0;
  std::vector<std::uint8_t> gray, truth, predicted;  ///< [rows x cols]
};

/// What a running training tells and asks; all of it from the thread that trains, all optional.
struct TrainHooks {
  std::function<void(const EpochReport&)> on_epoch = {};
  /// After each epoch, the same pictures each time: up to four, largest structures first.
  std::function<void(const std::vector<TrainExample>&)> on_examples = {};
  /// Asked between steps; the training waits while it is true.
  std::function<bool()> paused = {};
};

/// One line: {"epoch":1,"epochs":40,"train_loss":…,"val_dice":…,"val_pooled_dice":…,
/// "best_dice":…,"seconds":…,"learning_rate":…,"images_per_second":…,"label_dice":[…]}
[[nodiscard]] std::string epochJson(const EpochReport& report);
/// The reverse, of a line of `training.jsonl`. @throws Error(kBadInput) naming `where`
[[nodiscard]] EpochReport parseEpoch(const std::string& line, const std::string& where);

/// Trains a U-Net (cross-entropy + soft Dice, augmentation, deep supervision) and leaves
/// `weights.safetensors` and `card.json` of the epoch best on the validation split in `folder`,
/// each written whole, scored on the test split where there is one; beside them `training.jsonl`,
/// a line an epoch. Cancelled, it leaves a checkpoint to resume from, at most a minute or an epoch
/// old. Of several processes only the one of rank 0 writes, and only its hooks are called.
/// On the CPU the same seed and thread count give the same weights, resumed or not.
/// @throws Error(kBadInput | kCancelled | kDevice)
void train(const Dataset& dataset, const std::string& dataset_sha256,
           const std::filesystem::path& folder, const TrainOptions& options,
           const TrainHooks& hooks, const Progress& progress);

/// Runs a model over one split (or all) of a dataset; distances in mm where every case has a pixel
/// size, else in pixels. @throws Error(kBadInput) where the labels differ or the split is empty
[[nodiscard]] Evaluation evaluate(const Model& model, const Dataset& dataset,
                                  std::optional<Split> split, const Progress& progress);
/// Chooses anew how a model's answers are put together (averaging with the mirrored picture,
/// ellipses for labels that are ellipses, temperature) by the dataset's validation split, writes it
/// into `folder`/card.json and scores the test split where there is one.
/// @throws Error(kBadInput) where labels differ or no validation picture shows one
void calibrate(const std::filesystem::path& folder, const Dataset& dataset,
               const std::string& dataset_sha256, const std::string& device,
               const Progress& progress);
/// Adds an evaluation to `folder`/card.json under "scores".
void recordScores(const std::filesystem::path& folder, const std::string& split,
                  const Evaluation& evaluation, const std::string& dataset_sha256);

}  // namespace sonotwin::segment
