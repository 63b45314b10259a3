// SPDX-License-Identifier: Apache-2.0
#include "augment.h"
#include "calibration.h"
#include "chances.h"
#include "engine.h"
#include "network_features.h"
#include "script_network.h"
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

/// A network on its device and what its card says of it: our own or one made elsewhere.
struct OpenNetwork {
  CardFields fields;
  std::optional<UNet> own;
  std::optional<ScriptNetwork> script;
};

OpenNetwork openNetwork(const NetworkFiles& file, const Runtime& runtime) {
  OpenNetwork open{file.fields, {}, {}};
  if (file.fields.script) {
    open.script.emplace(file.weights, file.fields, runtime);
  } else {
    open.own = loadNetwork(file.fields, file.weights, runtime);
  }
  return open;
}

class TorchNetwork : public Network {
 public:
  TorchNetwork(const CardFields& whole, const std::vector<NetworkFiles>& files,
               const std::string& device)
      : labels_(whole.labels), settings_(whole.inference), runtime_(openDevice(device)) {
    for (const NetworkFiles& file : files) {
      networks_.push_back(openNetwork(file, runtime_));
    }
  }

  Segmentation segment(const std::vector<media::Image>& frames,
                       const SegmentRequest& request) override {
    const std::vector<media::Image> gray = grayOf(frames);
    std::vector<std::vector<GridPicture>> pictures;
    for (const OpenNetwork& open : networks_) {
      pictures.push_back(picturesOf(gray, open.fields, request));
    }
    const std::vector<std::span<const GridPicture>> looks(pictures.begin(), pictures.end());
    return translatingTorchErrors([&] {
      runtime_.useThreads();
      std::vector<Member> members;
      for (const OpenNetwork& open : networks_) members.push_back(memberOf(open));
      return answer(members, looks, runtime_,
                    {labels_, settings_.ellipses, request.doubt, settings_.second_look});
    });
  }

  int featureCount() const override {
    int count = 0;
    for (const OpenNetwork& open : networks_) {
      if (!open.own) return 0;
      count += open.fields.plan.widths.back();
    }
    return count;
  }

  std::vector<NetworkFeatures> features(const std::vector<media::Image>& frames,
                                        const std::vector<media::FrameMask>& masks,
                                        const media::PixelRectangle* sector) override {
    const std::vector<media::Image> gray = grayOf(frames);
    return translatingTorchErrors([&] {
      runtime_.useThreads();
      std::vector<NetworkFeatures> all(frames.size());
      for (OpenNetwork& open : networks_) {
        // Without its scale a network sees everything whole.
        CardFields whole = open.fields;
        whole.scale.reset();
        const auto pictures = picturesOf(gray, whole, {.sector = sector});
        for (std::size_t i = 0; i < pictures.size(); ++i) {
          addFeatures(*open.own, pictures[i], masks.empty() ? nullptr : &masks[i], all[i]);
        }
      }
      return all;
    });
  }

 private:
  [[nodiscard]] Member memberOf(const OpenNetwork& open) const {
    Member member{.prepare = normalize,
                  .forward = {},
                  .settings = open.fields.inference,
                  .grid_rows = open.fields.plan.grid_rows,
                  .grid_cols = open.fields.plan.grid_cols};
    if (open.script) {
      member.prepare = [&](const at::Tensor& gray) { return open.script->prepare(gray); };
      member.forward = [&](const at::Tensor& image) { return open.script->logits(image); };
    } else {
      member.forward = [&](const at::Tensor& image) {
        return logitsOf(*open.own, runtime_, image);
      };
    }
    return member;
  }

  [[nodiscard]] static std::vector<media::Image> grayOf(const std::vector<media::Image>& frames) {
    std::vector<media::Image> gray(frames.size());
    parallelFor(frames.size(), 0, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) gray[i] = media::toGray8(frames[i]);
    });
    return gray;
  }

  [[nodiscard]] static std::vector<GridPicture> picturesOf(const std::vector<media::Image>& gray,
                                                           const CardFields& fields,
                                                           const SegmentRequest& request) {
    const NetworkPlan& plan = fields.plan;
    const auto cutOf = [&](const media::Image& image) {
      return plan.crop && request.sector != nullptr
                 ? cutAround(*request.sector, image.rows, image.cols)
                 : cutFor(plan, image.samples<std::uint8_t>(), image.rows, image.cols);
    };
    std::vector<GridPicture> pictures(gray.size());
    parallelFor(gray.size(), 0, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const Cut cut = cutOf(gray[i]);
        pictures[i] =
            makeGridPicture(gray[i].samples<std::uint8_t>(), gray[i].rows, gray[i].cols, cut,
                            placeAtScale(cut, pixelSize_mm(request, i), plan, fields.scale));
      }
    });
    return pictures;
  }

  [[nodiscard]] static double pixelSize_mm(const SegmentRequest& request, std::size_t frame) {
    const std::vector<double>& sizes = request.pixel_size_mm;
    if (sizes.size() == 1) return sizes.front();
    return frame < sizes.size() ? sizes[frame] : 0.0;
  }

  void addFeatures(const UNet& network, const GridPicture& picture, const media::FrameMask* mask,
                   NetworkFeatures& features) const {
    const at::NoGradGuard no_grad;
    const at::Tensor map = coarsestMapOf(network, runtime_, networkInput({&picture, 1}, runtime_));
    const auto append = [&map](std::vector<float>& to, const at::Tensor& share) {
      const std::vector<float> means = meanMaps(map, share);
      to.insert(to.end(), means.begin(), means.end());
    };
    append(features.picture, pictureShare(picture.placement, map));
    if (mask != nullptr) append(features.mask, maskShare(mask->labels, picture, map));
  }

  std::vector<media::Label> labels_;
  InferenceSettings settings_;  ///< of all networks together
  Runtime runtime_;
  KeptMemory kept_;
  std::vector<OpenNetwork> networks_;
};

class TorchEngine : public Engine {
 public:
  std::string describeDevice(const std::string& device, int threads) const override {
    return describe(openDevice(device, threads));
  }
  std::vector<std::string> devices() const override { return torchDevices(); }
  std::string linearAlgebraLibrary() const override { return torchLinearAlgebraLibrary(); }
  std::unique_ptr<Network> open(const CardFields& whole, const std::vector<NetworkFiles>& networks,
                                const std::string& device) const override {
    return translatingTorchErrors(
        [&] { return std::make_unique<TorchNetwork>(whole, networks, device); });
  }
  bool tryScript(const std::filesystem::path& file, const CardFields& fields) const override {
    return translatingTorchErrors([&] { return segment::tryScript(file, fields); });
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
      const KeptMemory kept;
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
