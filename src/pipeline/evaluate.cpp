// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/evaluate.h"

#include <algorithm>
#include <set>

#include "ingest_sources.h"
#include "sonotwin/base/error.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/pipeline/models.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

struct Pair {
  std::string name;
  media::Image mask, truth;
};

std::vector<Pair> readPairs(const fs::path& masks, const fs::path& truth,
                            const Progress& progress) {
  if (!fs::is_directory(masks)) throwNotFound("There is no folder " + masks.string() + ".");
  if (!fs::is_directory(truth)) throwNotFound("There is no folder " + truth.string() + ".");
  std::vector<Pair> pairs;
  for (const auto& entry : fs::directory_iterator(truth)) {
    progress.throwIfCancelled();
    if (!media::isPlainImageFile(entry.path())) continue;
    const fs::path mask = masks / entry.path().filename();
    if (!fs::exists(mask)) throwBadInput(entry.path().string() + " has no mask " + mask.string());
    Pair pair{entry.path().stem().string(), media::toGray8(media::readImage(mask)),
              media::toGray8(media::readImage(entry.path()))};
    if (pair.mask.rows != pair.truth.rows || pair.mask.cols != pair.truth.cols) {
      throwBadInput(mask.string() + " and its truth differ in size.");
    }
    pairs.push_back(std::move(pair));
  }
  if (pairs.empty()) throwBadInput(truth.string() + " holds no pictures.");
  std::ranges::sort(pairs, {}, &Pair::name);
  return pairs;
}

std::set<int> labelValues(const std::vector<Pair>& pairs) {
  std::set<int> values;
  for (const Pair& pair : pairs) {
    for (const media::Image* image : {&pair.mask, &pair.truth}) {
      const auto samples = image->samples<std::uint8_t>();
      values.insert(samples.begin(), samples.end());
    }
  }
  values.erase(0);
  return values;
}
}  // namespace

void trainModel(const fs::path& dataset, const fs::path& folder,
                const segment::TrainOptions& options, const segment::TrainHooks& hooks,
                const Progress& progress, const std::optional<segment::Fold>& fold) {
  const std::string hash = fileSha256(dataset, progress);
  segment::Dataset data = segment::readDataset(dataset);
  if (fold) segment::useFold(data, *fold);
  segment::train(data, hash, folder, options, hooks, progress);
}

std::string calibrateModel(const std::string& model, const fs::path& dataset,
                           const std::string& device, const Progress& progress) {
  const fs::path folder = findModel(model).folder;
  segment::calibrate(folder, segment::readDataset(dataset), fileSha256(dataset, progress), device,
                     progress);
  return findModel(folder.string()).card_json;
}

segment::Evaluation evaluateModel(const std::string& model, const fs::path& dataset,
                                  const std::string& split, const std::string& device, bool record,
                                  const Progress& progress) {
  std::optional<segment::Split> part;
  if (split != "all") part = segment::parseSplit(split);
  const InstalledModel installed = findModel(model);
  const auto network = segment::Model::load(installed.folder, device);
  segment::Evaluation evaluation =
      segment::evaluate(network, segment::readDataset(dataset), part, progress);
  if (record) {
    segment::recordScores(installed.folder, split, evaluation, fileSha256(dataset, progress));
  }
  return evaluation;
}

segment::Evaluation evaluateFolders(const fs::path& masks, const fs::path& truth,
                                    std::optional<double> spacing_mm, const Progress& progress) {
  const std::vector<Pair> pairs = readPairs(masks, truth, progress);
  const double spacing = spacing_mm.value_or(1.0);
  std::vector<segment::CaseResult> results;
  for (const int value : labelValues(pairs)) {
    for (const Pair& pair : pairs) {
      progress.report(static_cast<double>(results.size()) / static_cast<double>(pairs.size() * 256),
                      "comparing");
      results.push_back({pair.name, pair.name, std::to_string(value),
                         segment::compareMasks(pair.mask.samples<std::uint8_t>(),
                                               pair.truth.samples<std::uint8_t>(), pair.mask.rows,
                                               pair.mask.cols, value, {spacing, spacing})});
    }
  }
  return segment::summarize(std::move(results), spacing_mm.has_value());
}

}  // namespace sonotwin::pipeline
