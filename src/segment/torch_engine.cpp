// SPDX-License-Identifier: Apache-2.0
#include "engine.h"
#include "predict.h"
#include "sonotwin/base/parallel.h"
#include "train.h"
#include "weights.h"

namespace sonotwin::segment {
namespace {
class TorchNetwork : public Network {
 public:
  TorchNetwork(const CardFields& fields, const std::filesystem::path& weights,
               const std::string& device)
      : fields_(fields),
        runtime_(openDevice(device)),
        network_(fields.plan, runtime_, std::nullopt) {
    readTensorsInto(weights, network_.parameters());
  }

  std::vector<media::FrameMask> segment(const std::vector<media::Image>& frames) override {
    std::vector<GridPicture> pictures(frames.size());
    parallelFor(frames.size(), 0, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const media::Image gray = media::toGray8(frames[i]);
        pictures[i] =
            makeGridPicture(gray.samples<std::uint8_t>(), gray.rows, gray.cols, fields_.plan);
      }
    });
    return translatingTorchErrors([&] {
      runtime_.useThreads();
      return predict(network_, runtime_, pictures, fields_.labels, fields_.flip_averaging);
    });
  }

 private:
  CardFields fields_;
  Runtime runtime_;
  UNet network_;
};

class TorchEngine : public Engine {
 public:
  std::string describeDevice(const std::string& device, int threads) const override {
    return describe(openDevice(device, threads));
  }
  std::vector<std::string> devices() const override { return torchDevices(); }
  std::string linearAlgebraLibrary() const override { return torchLinearAlgebraLibrary(); }
  std::unique_ptr<Network> open(const CardFields& fields, const std::filesystem::path& weights,
                                const std::string& device) const override {
    return translatingTorchErrors(
        [&] { return std::make_unique<TorchNetwork>(fields, weights, device); });
  }
  void train(const Dataset& dataset, const std::string& dataset_sha256,
             const std::filesystem::path& folder, const TrainOptions& options,
             const std::function<void(const EpochReport&)>& on_epoch,
             const Progress& progress) const override {
    translatingTorchErrors(
        [&] { trainNetwork(dataset, dataset_sha256, folder, options, on_epoch, progress); });
  }
};
}  // namespace
}  // namespace sonotwin::segment

extern "C" const sonotwin::segment::Engine* sonotwinTorchEngine() {
  static const sonotwin::segment::TorchEngine kEngine;
  return &kEngine;
}
