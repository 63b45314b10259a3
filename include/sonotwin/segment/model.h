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

namespace sonotwin::segment {

/// "auto", "cpu", "cuda" or "cuda:1" → what will be used, in words ("cpu, 2 threads", ...).
/// @param threads  on the CPU; 0: all available
/// @throws Error(kBadInput) for a device that is not there.
[[nodiscard]] std::string describeDevice(const std::string& device, int threads = 0);

/// Devices that "--device" may name here: "cpu", "cuda:0", ...
[[nodiscard]] std::vector<std::string> devices();
/// The library that multiplies matrices on the CPU, as it names itself, else its file's name.
[[nodiscard]] std::string linearAlgebraLibrary();

/// A trained network: `MODEL/weights.safetensors` and `MODEL/card.json`. Any thread, one at a time.
class Model {
 public:
  /// @throws Error(kNotFound | kBadInput) naming the file and what does not fit.
  static Model load(const std::filesystem::path& folder, const std::string& device = "auto");
  ~Model();
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;

  [[nodiscard]] const std::string& name() const noexcept;
  [[nodiscard]] const std::vector<media::Label>& labels() const noexcept;
  [[nodiscard]] const std::string& cardJson() const noexcept;
  [[nodiscard]] const std::string& weightsSha256() const noexcept;

  /// Labels every pixel. Frames of any size and type: brought to the network's grid and grey scale
  /// as its card says, the answer brought back. @returns one FrameMask per frame, frame_index set
  /// from 0. Deterministic on one device.
  [[nodiscard]] std::vector<media::FrameMask> segment(
      const std::vector<media::Image>& frames) const;

 private:
  struct Impl;
  explicit Model(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Everything that shapes a training; defaults by preset, recorded in the card.
struct TrainOptions {
  std::string name;                       ///< of the model; empty: the folder's name
  std::vector<std::string> body_regions;  ///< what it is for, as in ClipInfo::body_region
  bool synthetic = false;                 ///< trained on simulated images: the card says so
  std::string preset = "standard";        ///< "quick", "standard", "max"
  std::string device = "auto";
  std::uint64_t seed = 1;
  std::optional<int> epochs;  ///< override of the preset's
  /// Fits the training into this time: the learning rate also falls with it, and the epoch that
  /// passes it is the last. Weights then depend on the machine's speed.
  std::optional<double> max_minutes;
  bool resume = false;  ///< goes on from the folder's checkpoint if there is one
  int threads = 0;      ///< on the CPU; 0: all available
  bool mirror = true;   ///< false for sided labels
};

struct EpochReport {
  int epoch = 0;
  int epochs = 0;
  double train_loss = 0.0;
  double val_dice = 0.0;         ///< mean over labels and cases
  double val_pooled_dice = 0.0;  ///< of all cases' pixels together, mean over labels
  double best_dice = 0.0;        ///< val_dice of the epoch that would be kept now
  double seconds = 0.0;
};
/// One line: {"epoch":1,"epochs":40,"train_loss":…,"val_dice":…,"val_pooled_dice":…,
/// "best_dice":…,"seconds":…}
[[nodiscard]] std::string epochJson(const EpochReport& report);

/// Trains a U-Net (cross-entropy + soft Dice, augmentation, deep supervision) and leaves
/// `weights.safetensors` and `card.json` of the epoch best on the validation split in `folder`,
/// each written whole, scored on the test split where there is one. Cancelled, it leaves at most a
/// checkpoint to resume from. On the CPU the same seed and thread count give the same weights.
/// @throws Error(kBadInput | kCancelled | kDevice)
void train(const Dataset& dataset, const std::string& dataset_sha256,
           const std::filesystem::path& folder, const TrainOptions& options,
           const std::function<void(const EpochReport&)>& on_epoch, const Progress& progress);

/// Runs a model over one split (or all) of a dataset; distances in mm where every case has a pixel
/// size, else in pixels. @throws Error(kBadInput) where the labels differ or the split is empty
[[nodiscard]] Evaluation evaluate(const Model& model, const Dataset& dataset,
                                  std::optional<Split> split, const Progress& progress);
/// Adds an evaluation to `folder`/card.json under "scores".
void recordScores(const std::filesystem::path& folder, const std::string& split,
                  const Evaluation& evaluation, const std::string& dataset_sha256);

}  // namespace sonotwin::segment
