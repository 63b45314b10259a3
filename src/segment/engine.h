// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "card.h"
#include "sonotwin/base/progress.h"
#include "sonotwin/media/image.h"
#include "sonotwin/media/mask.h"
#include "sonotwin/segment/dataset.h"
#include "sonotwin/segment/model.h"

namespace sonotwin::segment {

/// A network with its weights, ready on its device. One thread at a time.
class Network {
 public:
  virtual ~Network() = default;
  /// As Model::segment.
  [[nodiscard]] virtual Segmentation segment(const std::vector<media::Image>& frames,
                                             const SegmentRequest& request) = 0;
  /// As Model::featureCount and Model::features.
  [[nodiscard]] virtual int featureCount() const = 0;
  [[nodiscard]] virtual std::vector<NetworkFeatures> features(
      const std::vector<media::Image>& frames, const std::vector<media::FrameMask>& masks,
      const media::PixelRectangle* sector) = 0;
};

/// One network of a model.
struct NetworkFiles {
  CardFields fields;
  std::filesystem::path weights;
};

/// What only LibTorch can do. It lies in a library of its own: LibTorch's own start costs half a
/// second of CPU, which a program that lists patients or takes in files must not pay.
class Engine {
 public:
  virtual ~Engine() = default;
  [[nodiscard]] virtual std::string describeDevice(const std::string& device,
                                                   int threads) const = 0;
  [[nodiscard]] virtual std::vector<std::string> devices() const = 0;
  [[nodiscard]] virtual std::string linearAlgebraLibrary() const = 0;
  /// @param whole  of the model: labels and what becomes of the mean of its networks' chances
  [[nodiscard]] virtual std::unique_ptr<Network> open(const CardFields& whole,
                                                      const std::vector<NetworkFiles>& networks,
                                                      const std::string& device) const = 0;
  /// Runs the code of a network made elsewhere once, on the CPU. @returns whether it takes several
  /// pictures at once. @throws Error(kBadInput) where it is not what the card says
  [[nodiscard]] virtual bool tryScript(const std::filesystem::path& file,
                                       const CardFields& fields) const = 0;
  /// As segment::train, without the scoring of the test split.
  virtual void train(const Dataset& dataset, const std::string& dataset_sha256,
                     const std::filesystem::path& folder, const TrainOptions& options,
                     const TrainHooks& hooks, const Progress& progress) const = 0;
  /// The settings that do best on the dataset's validation split.
  [[nodiscard]] virtual Calibration calibrate(const CardFields& fields,
                                              const std::filesystem::path& weights,
                                              const Dataset& dataset, const std::string& device,
                                              const Progress& progress) const = 0;
};

/// File of the engine, beside the programs, and the name of the function in it that gives it.
inline constexpr const char* kEngineFile = "libsonotwin_torch.so";
inline constexpr const char* kEngineEntry = "sonotwinTorchEngine";
using EngineEntry = const Engine* (*)();

/// Loads the engine the first time. Any thread. @throws Error(kNotFound) naming the file
[[nodiscard]] const Engine& engine();

}  // namespace sonotwin::segment
