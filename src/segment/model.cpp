// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/segment/model.h"

#include <algorithm>
#include <mutex>

#include "card.h"
#include "predict.h"
#include "safetensors.h"
#include "sonotwin/base/file.h"
#include "sonotwin/base/parallel.h"
#include "weights.h"

namespace sonotwin::segment {

struct Model::Impl {
  std::string card_json;
  CardFields fields;
  Runtime runtime;
  UNet network;
  std::mutex guard;
};

Model Model::load(const std::filesystem::path& folder, const std::string& device) {
  const std::filesystem::path card_path = folder / kCardFile;
  const std::filesystem::path weights_path = folder / kWeightsFile;
  std::string card = readTextFile(card_path);
  CardFields fields = parseCard(card, card_path.string());
  if (fileSha256(weights_path) != fields.weights_sha256) {
    throwBadInput(weights_path.string() +
                  " is not the file its card describes (SHA-256 differs): it was changed or only "
                  "partly copied. Get the model again.");
  }
  return translatingTorchErrors([&] {
    const Runtime runtime = openDevice(device);
    UNet network(fields.plan, runtime, std::nullopt);
    readTensorsInto(weights_path, network.parameters());
    return Model(std::unique_ptr<Impl>(
        new Impl{std::move(card), std::move(fields), runtime, std::move(network), {}}));
  });
}

Model::Model(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Model::~Model() = default;
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;

const std::string& Model::name() const noexcept {
  return impl_->fields.name;
}
const std::vector<media::Label>& Model::labels() const noexcept {
  return impl_->fields.labels;
}
const std::string& Model::cardJson() const noexcept {
  return impl_->card_json;
}
const std::string& Model::weightsSha256() const noexcept {
  return impl_->fields.weights_sha256;
}

std::vector<media::FrameMask> Model::segment(const std::vector<media::Image>& frames) const {
  std::vector<GridPicture> pictures(frames.size());
  parallelFor(frames.size(), 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const media::Image gray = media::toGray8(frames[i]);
      pictures[i] =
          makeGridPicture(gray.samples<std::uint8_t>(), gray.rows, gray.cols, impl_->fields.plan);
    }
  });
  const std::scoped_lock lock(impl_->guard);
  return translatingTorchErrors([&] {
    impl_->runtime.useThreads();
    return predict(impl_->network, impl_->runtime, pictures, impl_->fields.labels,
                   impl_->fields.flip_averaging);
  });
}

}  // namespace sonotwin::segment
