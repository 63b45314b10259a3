// SPDX-License-Identifier: Apache-2.0
#include "calibration.h"
#include "chances.h"
#include "engine.h"
#include "sonotwin/base/parallel.h"
#include "sonotwin/media/clip.h"
#include "train.h"
#include "weights.h"

namespace sonotwin::segment {
namespace {
UNet loadNetwork(const CardFields& fields, const std::filesystem::path& weights,
                 const Runtime& runtime) {
  UNet network(fields.plan, runtime, std::nullopt);
  readTensorsInto(weights, network.parameters());
  return network;
}

class TorchNetwork : public Network {
 public:
  TorchNetwork(const CardFields& fields, const std::filesystem::path& weights,
               const std::string& device)
      : fields_(fields),
        runtime_(openDevice(device)),
        network_(loadNetwork(fields, weights, runtime_)) {}

  Segmentation segment(const std::vector<media::Image>& frames,
                       const SegmentRequest& request) override {
    const std::vector<media::Image> grays = graysOf(frames);
    const std::vector<GridPicture> pictures = picturesOf(grays, request.sector);
    const std::span<const GridPicture> all = pictures;
    return translatingTorchErrors([&] {
      runtime_.useThreads();
      const Member member{
          [&](const at::Tensor& image) { return logitsOf(network_, runtime_, image); },
          fields_.inference};
      return answer(std::span(&member, 1), std::span(&all, 1), runtime_,
                    {fields_.labels, fields_.inference.ellipses, request.doubt,
                     fields_.inference.second_look});
    });
  }

 private:
  [[nodiscard]] Cut cutOf(const media::Image& gray, const media::PixelRectangle* sector) const {
    if (fields_.plan.crop && sector != nullptr) return cutAround(*sector, gray.rows, gray.cols);
    return cutFor(fields_.plan, gray.samples<std::uint8_t>(), gray.rows, gray.cols);
  }
  static std::vector<media::Image> graysOf(const std::vector<media::Image>& frames) {
    std::vector<media::Image> grays(frames.size());
    parallelFor(frames.size(), 0, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) grays[i] = media::toGray8(frames[i]);
    });
    return grays;
  }
  /// They look at the grays.
  [[nodiscard]] std::vector<GridPicture> picturesOf(const std::vector<media::Image>& grays,
                                                    const media::PixelRectangle* sector) const {
    std::vector<GridPicture> pictures(grays.size());
    parallelFor(grays.size(), 0, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const media::Image& gray = grays[i];
        pictures[i] = makeGridPicture(gray.samples<std::uint8_t>(), gray.rows, gray.cols,
                                      fields_.plan, cutOf(gray, sector));
      }
    });
    return pictures;
  }

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
             const TrainHooks& hooks, const Progress& progress) const override {
    translatingTorchErrors(
        [&] { trainNetwork(dataset, dataset_sha256, folder, options, hooks, progress); });
  }
  Calibration calibrate(const CardFields& fields, const std::filesystem::path& weights,
                        const Dataset& dataset, const std::string& device,
                        const Progress& progress) const override {
    return translatingTorchErrors([&] {
      const Runtime runtime = openDevice(device);
      runtime.useThreads();
      const UNet network = loadNetwork(fields, weights, runtime);
      const Validation validation(dataset, fields.plan);
      return segment::calibrate(network, runtime, dataset, validation, fields.mirror, progress);
    });
  }
};
}  // namespace
}  // namespace sonotwin::segment

extern "C" const sonotwin::segment::Engine* sonotwinTorchEngine() {
  static const sonotwin::segment::TorchEngine kEngine;
  return &kEngine;
}
