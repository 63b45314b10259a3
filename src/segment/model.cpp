// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/segment/model.h"

#include <algorithm>
#include <mutex>

#include "engine.h"
#include "safetensors.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/base/hash.h"
#include "trusted_code.h"

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
  std::string notice;
  CardFields fields;
  std::unique_ptr<Network> network;
  std::mutex guard;
};

namespace {
struct Card {
  std::string text;
  CardFields fields;
};

Card readCardOf(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kCardFile;
  Card card{readTextFile(path), {}};
  card.fields = parseCard(card.text, path.string());
  return card;
}

[[noreturn]] void refuseChanged(const std::filesystem::path& file,
                                const std::string& described_by) {
  throwBadInput(file.string() + " is not the file " + described_by +
                " describes (SHA-256 differs): it was changed or only partly copied. Get the model "
                "again.");
}

NetworkFiles networkIn(const std::filesystem::path& folder, CardFields fields) {
  const std::filesystem::path weights = folder / weightsFile(fields.kind);
  if (fileSha256(weights) != fields.weights_sha256) refuseChanged(weights, "its card");
  if (fields.kind == ModelKind::kTorchScript && !isTrustedCode(fields.weights_sha256)) {
    throwBadInput(weights.string() +
                  " holds code that was made elsewhere (TorchScript), and nobody on this machine "
                  "has agreed to run it. If you trust where it comes from: sonotwin models trust " +
                  folder.string() + " --trust-code");
  }
  return {std::move(fields), weights};
}

NetworkFiles memberIn(const std::filesystem::path& folder, const CardFields& whole,
                      std::size_t index) {
  const EnsembleMember& described = whole.members[index];
  const std::filesystem::path own = memberFolder(folder, index);
  Card card = readCardOf(own);
  if (sha256Hex(card.text) != described.card_sha256 ||
      card.fields.weights_sha256 != described.weights_sha256) {
    refuseChanged(own / kCardFile, "the ensemble's card");
  }
  if (card.fields.kind == ModelKind::kEnsemble || card.fields.labels != whole.labels) {
    throwBadInput((own / kCardFile).string() +
                  " is not of a single network with the ensemble's labels. Make the ensemble "
                  "again.");
  }
  return networkIn(own, std::move(card.fields));
}

std::vector<NetworkFiles> networksIn(const std::filesystem::path& folder,
                                     const CardFields& fields) {
  if (fields.kind != ModelKind::kEnsemble) return {networkIn(folder, fields)};
  if (fields.weights_sha256 != ensembleSha256(fields.members)) {
    throwBadInput((folder / kCardFile).string() +
                  ": the SHA-256 of the ensemble is not that of its members. Make it again.");
  }
  std::vector<NetworkFiles> networks;
  for (std::size_t i = 0; i < fields.members.size(); ++i) {
    networks.push_back(memberIn(folder, fields, i));
  }
  return networks;
}

std::string noticeOf(const std::string& name, const std::vector<NetworkFiles>& networks) {
  for (const NetworkFiles& network : networks) {
    if (network.fields.kind != ModelKind::kTorchScript) continue;
    return "The model '" + name + "' runs code that was made elsewhere (TorchScript, SHA-256 " +
           network.fields.weights_sha256.substr(0, 12) + "…), as was agreed to on this machine.";
  }
  return {};
}
}  // namespace

Model Model::load(const std::filesystem::path& folder, const std::string& device) {
  Card card = readCardOf(folder);
  const std::vector<NetworkFiles> networks = networksIn(folder, card.fields);
  std::unique_ptr<Network> network = engine().open(card.fields, networks, device);
  return Model(std::unique_ptr<Impl>(new Impl{std::move(card.text),
                                              noticeOf(card.fields.name, networks),
                                              std::move(card.fields),
                                              std::move(network),
                                              {}}));
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

const std::string& Model::notice() const noexcept {
  return impl_->notice;
}

Segmentation Model::segment(const std::vector<media::Image>& frames,
                            const SegmentRequest& request) const {
  const std::scoped_lock lock(impl_->guard);
  return impl_->network->segment(frames, request);
}

int Model::featureCount() const {
  return impl_->network->featureCount();
}

std::vector<NetworkFeatures> Model::features(const std::vector<media::Image>& frames,
                                             const std::vector<media::FrameMask>& masks,
                                             const media::PixelRectangle* sector) const {
  if (featureCount() == 0) throwBadInput("The model '" + name() + "' gives no features.");
  const auto fits = [&](std::size_t i) {
    const auto pixels = static_cast<std::size_t>(masks[i].rows) * masks[i].cols;
    return masks[i].rows == frames[i].rows && masks[i].cols == frames[i].cols &&
           masks[i].labels.size() == pixels;
  };
  if (!masks.empty() && masks.size() != frames.size()) {
    throwBadInput("There are not as many masks as frames.");
  }
  for (std::size_t i = 0; i < masks.size(); ++i) {
    if (!fits(i)) throwBadInput("The mask of frame " + std::to_string(i) + " has another size.");
  }
  const std::scoped_lock lock(impl_->guard);
  return impl_->network->features(frames, masks, sector);
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
  if (fields.kind != ModelKind::kUNet) {
    throwBadInput("The model '" + fields.name +
                  "' is not a single network that was trained here. Calibrate the networks it is "
                  "made of and make it again.");
  }
  if (fields.labels != dataset.labels) {
    throwBadInput("The dataset's labels are not those of the model '" + fields.name + "'.");
  }
  progress.report(0.0, "calibrate");
  recordCalibration(folder,
                    engine().calibrate(fields, folder / kWeightsFile, dataset, device,
                                       progress.part(0.0, 0.7, "calibrate")),
                    dataset, dataset_sha256);
  scoreTestSplit(folder, dataset, dataset_sha256, device, progress.part(0.7, 1.0, "test"));
  progress.report(1.0, "calibrated");
}

namespace {
/// For a training; what it leaves empty goes.
class TrainingFolder {
 public:
  explicit TrainingFolder(const std::filesystem::path& folder) : folder_(folder) {
    if (std::filesystem::exists(folder / kCardFile)) {
      throw Error(ErrorKind::kConflict,
                  folder.string() +
                      " holds a trained network already, which stays. Train into a folder that is "
                      "not there yet; to go on from this network, start from it (--from).");
    }
    makeFolder(folder);
  }
  ~TrainingFolder() {
    std::error_code ignored;
    if (std::filesystem::is_empty(folder_, ignored)) std::filesystem::remove(folder_, ignored);
  }
  TrainingFolder(const TrainingFolder&) = delete;
  TrainingFolder& operator=(const TrainingFolder&) = delete;

 private:
  std::filesystem::path folder_;
};
}  // namespace

void train(const Dataset& dataset, const std::string& dataset_sha256,
           const std::filesystem::path& folder, const TrainOptions& options,
           const TrainHooks& hooks, const Progress& progress) {
  std::optional<TrainingFolder> held;
  if (options.place.rank == 0) held.emplace(folder);
  engine().train(dataset, dataset_sha256, folder, options, hooks, progress);
  if (options.place.rank != 0) return;
  scoreTestSplit(folder, dataset, dataset_sha256, options.device, progress.part(0.99, 1.0, "test"));
  progress.report(1.0, "trained");
}

}  // namespace sonotwin::segment
