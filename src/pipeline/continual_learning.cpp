// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/continual_learning.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "new_annotations.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/segment/seen.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
using nlohmann::ordered_json;
constexpr const char* kCard = "card.json";

/// A folder in the store's temporary one, which goes with all it holds.
class ScratchFolder {
 public:
  explicit ScratchFolder(const store::Store& store)
      : path_(store.temporaryFolder() / ("learning-" + sha256Hex(randomBytes(16)).substr(0, 16))) {
    makeFolder(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::vector<std::string> textsAt(const json& card, const char* place) {
  const json::json_pointer pointer(place);
  std::vector<std::string> texts;
  if (!card.contains(pointer) || !card[pointer].is_array()) return texts;
  for (const json& item : card[pointer]) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

/// Annotations that the network, or one before it, was trained on.
std::vector<std::string> learnedBefore(const json& card) {
  std::vector<std::string> ids = textsAt(card, "/learned/annotations");
  for (const std::string& id : textsAt(card, "/data/made_from")) ids.push_back(id);
  return ids;
}

std::vector<media::Label> labelsOf(const json& card) {
  std::vector<media::Label> labels;
  for (const json& label : card.at("classes")) {
    labels.push_back({label.at("value").get<int>(), label.at("name").get<std::string>()});
  }
  return labels;
}

/// Groups of some cases in an order that only the seed gives.
std::vector<std::string> shuffledGroups(const std::vector<segment::Case>& cases,
                                        std::uint64_t seed) {
  std::set<std::pair<std::string, std::string>> ordered;
  for (const segment::Case& item : cases) {
    ordered.emplace(sha256Hex(std::to_string(seed) + "\n" + item.group), item.group);
  }
  std::vector<std::string> groups;
  for (const auto& [hash, group] : ordered) groups.push_back(group);
  return groups;
}

/// A fifth of the patients chooses the epoch, where there are enough or nothing else does.
void splitNew(std::vector<segment::Case>& cases, bool others_validate, std::uint64_t seed) {
  constexpr std::size_t kFifth = 5;
  const std::vector<std::string> groups = shuffledGroups(cases, seed);
  std::size_t count = groups.size() / kFifth;
  if (!others_validate && groups.size() < 2) {
    throwBadInput(
        "The new annotations are of one patient, so that no other can choose the best epoch. Give "
        "the training set that the network came from (--dataset).");
  }
  if (!others_validate) count = std::max<std::size_t>(count, 1);
  const std::set<std::string> chosen(groups.begin(),
                                     groups.begin() + static_cast<std::ptrdiff_t>(count));
  for (segment::Case& item : cases) {
    item.split = chosen.contains(item.group) ? segment::Split::kVal : segment::Split::kTrain;
  }
}

/// Of the training cases whole patients, until the share is reached; all other splits stay.
segment::Dataset rehearsalOf(const segment::Dataset& base, double share, std::uint64_t seed) {
  std::vector<segment::Case> training;
  segment::Dataset kept = base;
  kept.cases.clear();
  for (const segment::Case& item : base.cases) {
    (item.split == segment::Split::kTrain ? training : kept.cases).push_back(item);
  }
  const double wanted = share * static_cast<double>(training.size());
  double taken = 0.0;
  for (const std::string& group : shuffledGroups(training, seed)) {
    if (taken >= wanted) break;
    for (segment::Case& item : training) {
      if (item.group != group) continue;
      kept.cases.push_back(item);
      taken += 1.0;
    }
  }
  return kept;
}

/// Takes out what the frozen set holds. @returns of how many annotations
int leaveOutFrozen(AnnotatedCases& found, const segment::Dataset& base) {
  std::set<std::string> pictures, groups;
  for (const segment::Case& item : base.cases) {
    if (item.split != segment::Split::kTest) continue;
    pictures.insert(segment::pictureHash(item));
    groups.insert(item.group);
  }
  std::erase_if(found.cases, [&](const segment::Case& item) {
    return groups.contains(item.group) || pictures.contains(segment::pictureHash(item));
  });
  const std::size_t before = found.annotations.size();
  std::set<std::string> clips;
  for (const segment::Case& item : found.cases) clips.insert(clipOf(item));
  std::erase_if(found.annotations,
                [&](const auto& annotation) { return !clips.contains(annotation.clip_id); });
  return static_cast<int>(before - found.annotations.size());
}

std::string freeName(const store::Store& store, const std::string& name) {
  std::set<std::string> taken;
  for (const KeptModel& kept : keptModels(store)) taken.insert(kept.name);
  for (const InstalledModel& model : installedModels(store.folder())) taken.insert(model.name);
  std::string stem = name;
  const std::size_t dash = stem.rfind('-');
  if (dash != std::string::npos && dash + 1 < stem.size() &&
      stem.find_first_not_of("0123456789", dash + 1) == std::string::npos) {
    stem.resize(dash);
  }
  int number = 2;
  while (taken.contains(stem + "-" + std::to_string(number))) ++number;
  return stem + "-" + std::to_string(number);
}

segment::TrainOptions trainOptions(const store::Store& store, const LearnOptions& options,
                                   const FoundModel& base, const json& card) {
  segment::TrainOptions train;
  train.start_from = base.model.folder;
  train.name = options.name.empty() ? freeName(store, base.model.name) : options.name;
  train.body_regions = base.model.body_regions;
  train.synthetic = card.value("synthetic", false);
  const json::json_pointer preset("/recipe/preset");
  if (card.contains(preset)) {
    for (const auto& known : segment::trainPresets()) {
      if (card[preset] == known.name) train.preset = known.name;
    }
  }
  const json::json_pointer mirror("/recipe/augmentation/mirror/chance");
  train.mirror = !card.contains(mirror) || card[mirror] > 0.0;
  train.device = options.device;
  train.epochs = options.epochs;
  train.patience = options.patience;
  train.seed = options.seed;
  train.threads = options.threads;
  return train;
}

/// Everything that is known before the training.
struct Lesson {
  FoundModel base;
  json card;
  std::string patient_id;
  segment::Dataset dataset;
  std::string base_dataset_sha256;
  LearnReport report;
};

AnnotatedCases findNew(const store::Store& store, const LearnOptions& options, const Lesson& lesson,
                       const Progress& progress) {
  AnnotationQuery query;
  query.patient_id = lesson.patient_id;
  query.body_regions =
      options.body_regions.empty() ? lesson.base.model.body_regions : options.body_regions;
  query.labels = lesson.dataset.labels;
  const std::vector<std::string> before = learnedBefore(lesson.card);
  query.known.insert(before.begin(), before.end());
  return newAnnotations(store, query, progress);
}

/// @throws Error(kBadInput) where what the network gives is not what the set is labelled with
void takeBase(const store::Store& store, const LearnOptions& options, Lesson& lesson) {
  if (options.dataset.empty()) {
    lesson.dataset.source = "annotations of a store";
    return;
  }
  const segment::Dataset base = segment::readDataset(options.dataset);
  if (base.labels != lesson.dataset.labels) {
    throwBadInput("The training set has other labels than " + lesson.base.model.name + ".");
  }
  requireFrozenSet(store, purposeOf(lesson.base.model.card_json).text, base,
                   options.new_frozen_set);
  lesson.dataset = rehearsalOf(base, options.rehearsal, options.seed);
  lesson.report.rehearsed = static_cast<int>(
      std::ranges::count(lesson.dataset.cases, segment::Split::kTrain, &segment::Case::split));
}

Lesson prepare(const store::Store& store, const LearnOptions& options, const Progress& progress) {
  if (!(options.rehearsal >= 0.0 && options.rehearsal <= 1.0)) {
    throwBadInput("The share that is learned again must be 0 to 1.");
  }
  Lesson lesson;
  lesson.base = findModel(store, options.model);
  lesson.card = json::parse(lesson.base.model.card_json);
  lesson.report.from = lesson.base.model.name;
  const std::string tuned_for = purposeOf(lesson.base.model.card_json).patient_id;
  lesson.patient_id = options.patient_id.empty() ? tuned_for : options.patient_id;
  if (!lesson.patient_id.empty()) lesson.patient_id = store.patient(lesson.patient_id).patient.id;
  if (!tuned_for.empty() && store.patient(tuned_for).patient.id != lesson.patient_id) {
    throwBadInput(lesson.base.model.name + " was tuned for another patient: go on from another.");
  }
  lesson.dataset.labels = labelsOf(lesson.card);
  takeBase(store, options, lesson);
  AnnotatedCases found = findNew(store, options, lesson, progress);
  lesson.report.left_out = found.without_labels + leaveOutFrozen(found, lesson.dataset);
  lesson.report.frames = static_cast<int>(found.cases.size());
  for (const auto& annotation : found.annotations) {
    lesson.report.annotations.push_back(annotation.id);
    lesson.dataset.made_from.push_back(annotation.id);
  }
  if (found.cases.empty()) return lesson;
  lesson.report.patients = static_cast<int>(shuffledGroups(found.cases, 0).size());
  const bool others =
      std::ranges::count(lesson.dataset.cases, segment::Split::kVal, &segment::Case::split) > 0;
  splitNew(found.cases, others, options.seed);
  std::ranges::move(found.cases, std::back_inserter(lesson.dataset.cases));
  lesson.report.validated = static_cast<int>(
      std::ranges::count(lesson.dataset.cases, segment::Split::kVal, &segment::Case::split));
  return lesson;
}

/// What the card tells of the lesson. Written before the store keeps the network.
void describeIn(const fs::path& folder, const LearnOptions& options, const Lesson& lesson) {
  ordered_json card = ordered_json::parse(readTextFile(folder / kCard));
  std::vector<std::string> annotations = learnedBefore(lesson.card);
  annotations.insert(annotations.end(), lesson.report.annotations.begin(),
                     lesson.report.annotations.end());
  card["learned"] = {
      {"from", lesson.base.model.name},
      {"from_weights_sha256", lesson.card.at("weights").at("sha256")},
      {"patient", lesson.patient_id.empty() ? ordered_json() : ordered_json(lesson.patient_id)},
      {"annotations", annotations},
      {"new_annotations", lesson.report.annotations.size()},
      {"rehearsed_cases", lesson.report.rehearsed},
      {"rehearsal", options.rehearsal},
      {"program", "sonotwin learn"}};
  writeFileAtomically(folder / kCard, std::string_view(card.dump(2) + "\n"));
}

std::vector<std::string> lineageOf(store::Store& store, const Lesson& lesson) {
  std::vector<std::string> parents = {recordModel(store, lesson.base.model.card_json, {})};
  parents.insert(parents.end(), lesson.report.annotations.begin(), lesson.report.annotations.end());
  return parents;
}
}  // namespace

LearnReport learn(store::Store& store, const LearnOptions& options,
                  const segment::TrainHooks& hooks, const Progress& progress) {
  Lesson lesson = prepare(store, options, progress.part(0.0, 0.05, "reading annotations"));
  if (lesson.report.annotations.empty()) return lesson.report;
  const segment::TrainOptions train = trainOptions(store, options, lesson.base, lesson.card);
  const ScratchFolder scratch(store);
  const fs::path file = scratch.path() / "dataset.st", folder = scratch.path() / "model";
  const std::string sha256 = segment::writeDataset(file, lesson.dataset);
  fs::remove(file);
  segment::train(lesson.dataset, sha256, folder, train, hooks, progress.part(0.05, 0.9));
  describeIn(folder, options, lesson);
  lesson.report.model = train.name;
  lesson.report.model_id =
      keepModel(store, folder, lineageOf(store, lesson), options.author, progress.part(0.9, 0.92));
  if (!options.dataset.empty()) {
    lesson.report.gate =
        gateModel(store, lesson.report.model_id, options.dataset,
                  {.device = options.device, .new_frozen_set = options.new_frozen_set},
                  options.author, progress.part(0.92, 1.0));
  }
  return lesson.report;
}

}  // namespace sonotwin::pipeline
