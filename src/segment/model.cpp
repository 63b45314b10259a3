// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/segment/model.h"

#include <algorithm>
#include <mutex>

#include "engine.h"
#include "safetensors.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::segment {

std::string describeDevice(const std::string& device, int threads) {
  return engine().describeDevice(device, threads);
}
std::vector<std::string> devices() {
  return engine().devices();
}
std::string linearAlgebraLibrary() {
  return engine().linearAlgebraLibrary();
}

struct Model::Impl {
  std::string card_json;
  CardFields fields;
  std::unique_ptr<Network> network;
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
  std::unique_ptr<Network> network = engine().open(fields, weights_path, device);
  return Model(
      std::unique_ptr<Impl>(new Impl{std::move(card), std::move(fields), std::move(network), {}}));
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

Segmentation Model::segment(const std::vector<media::Image>& frames,
                            const SegmentRequest& request) const {
  const std::scoped_lock lock(impl_->guard);
  return impl_->network->segment(frames, request);
}

namespace {
void scoreTestSplit(const std::filesystem::path& folder, const Dataset& dataset,
                    const std::string& dataset_sha256, const std::string& device,
                    const Progress& progress) {
  const bool held_out = std::ranges::any_of(
      dataset.cases, [](const Case& item) { return item.split == Split::kTest; });
  if (!held_out) return;
  const Evaluation scores = evaluate(Model::load(folder, device), dataset, Split::kTest, progress);
  recordScores(folder, splitName(Split::kTest), scores, dataset_sha256);
}
}  // namespace

void calibrate(const std::filesystem::path& folder, const Dataset& dataset,
               const std::string& dataset_sha256, const std::string& device,
               const Progress& progress) {
  const std::filesystem::path card = folder / kCardFile;
  const CardFields fields = parseCard(readTextFile(card), card.string());
  if (fields.labels != dataset.labels) {
    throwBadInput("The dataset's labels are not those of the model '" + fields.name + "'.");
  }
  progress.report(0.0, "calibrate");
  recordCalibration(folder,
                    engine().calibrate(fields, folder / kWeightsFile, dataset, device,
                                       progress.part(0.0, 0.7, "calibrate")),
                    dataset_sha256);
  scoreTestSplit(folder, dataset, dataset_sha256, device, progress.part(0.7, 1.0, "test"));
  progress.report(1.0, "calibrated");
}

void train(const Dataset& dataset, const std::string& dataset_sha256,
           const std::filesystem::path& folder, const TrainOptions& options,
           const TrainHooks& hooks, const Progress& progress) {
  if (options.place.rank == 0) makeFolder(folder);
  engine().train(dataset, dataset_sha256, folder, options, hooks, progress);
  if (options.place.rank != 0) return;
  scoreTestSplit(folder, dataset, dataset_sha256, options.device, progress.part(0.99, 1.0, "test"));
  progress.report(1.0, "trained");
}

}  // namespace sonotwin::segment
