// SPDX-License-Identifier: Apache-2.0
#include "presenters/training_plan.h"

#include <nlohmann/json.hpp>

#include "presenters/words.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::workstation {
namespace {
using nlohmann::json;
namespace fs = std::filesystem;
constexpr const char* kFormat = "sonotwin-run";
constexpr std::uintmax_t kMostBytes = 1 << 20;
constexpr segment::Split kSplits[] = {segment::Split::kTrain, segment::Split::kVal,
                                      segment::Split::kTest};

template <class Value>
json orNull(const std::optional<Value>& value) {
  return value ? json(*value) : json();
}

template <class Value>
std::optional<Value> optionalAt(const json& object, const char* key) {
  const json& value = object.at(key);
  return value.is_null() ? std::nullopt : std::optional(value.get<Value>());
}

json toJson(const segment::TrainOptions& options) {
  return {{"name", options.name},
          {"body_regions", options.body_regions},
          {"synthetic", options.synthetic},
          {"preset", options.preset},
          {"device", options.device},
          {"seed", options.seed},
          {"epochs", orNull(options.epochs)},
          {"max_minutes", orNull(options.max_minutes)},
          {"patience", orNull(options.patience)},
          {"threads", options.threads},
          {"mirror", options.mirror},
          {"start_from", options.start_from.string()}};
}

segment::TrainOptions optionsFrom(const json& object) {
  segment::TrainOptions options;
  options.name = object.at("name");
  options.body_regions = object.at("body_regions");
  options.synthetic = object.at("synthetic");
  options.preset = object.at("preset");
  options.device = object.at("device");
  options.seed = object.at("seed");
  options.epochs = optionalAt<int>(object, "epochs");
  options.max_minutes = optionalAt<double>(object, "max_minutes");
  options.patience = optionalAt<int>(object, "patience");
  options.threads = object.at("threads");
  options.mirror = object.at("mirror");
  options.start_from = object.at("start_from").get<std::string>();
  return options;
}

json toJson(const DatasetSummary& dataset) {
  json parts = json::object();
  for (const segment::Split split : kSplits) {
    const auto& part = dataset.parts[static_cast<std::size_t>(split)];
    parts[segment::splitName(split)] = {{"cases", part.cases}, {"groups", part.groups}};
  }
  json labels = json::array();
  for (const media::Label& label : dataset.labels) {
    labels.push_back({{"value", label.value}, {"name", label.name}});
  }
  return {{"file", dataset.path.string()},
          {"sha256", dataset.sha256},
          {"source", dataset.source},
          {"labels", labels},
          {"splits", parts}};
}

DatasetSummary datasetFrom(const json& object) {
  DatasetSummary dataset;
  dataset.path = object.at("file").get<std::string>();
  dataset.sha256 = object.at("sha256").get<std::string>();
  dataset.source = object.at("source").get<std::string>();
  for (const json& label : object.at("labels")) {
    dataset.labels.push_back({label.at("value"), label.at("name")});
  }
  for (const segment::Split split : kSplits) {
    const json& part = object.at("splits").at(segment::splitName(split));
    dataset.parts[static_cast<std::size_t>(split)] = {part.at("cases"), part.at("groups")};
  }
  return dataset;
}
}  // namespace

QList<Fact> datasetFacts(const DatasetSummary& dataset) {
  static const char* const kNames[] = {"To learn from", "To choose by", "Held out"};
  QList<Fact> facts;
  for (std::size_t i = 0; i < dataset.parts.size(); ++i) {
    const auto& part = dataset.parts[i];
    facts.append(
        {QString::fromLatin1(kNames[i]),
         words::count(part.cases, QStringLiteral("case"), QStringLiteral("cases")) +
             QStringLiteral(" · ") +
             words::count(part.groups, QStringLiteral("patient"), QStringLiteral("patients"))});
  }
  QStringList labels;
  for (const media::Label& label : dataset.labels) labels << words::label(label.name);
  facts.append({QStringLiteral("Labels"), labels.join(QStringLiteral(", "))});
  facts.append({QStringLiteral("Source and licence"), dataset.source.empty()
                                                          ? QStringLiteral("not said in the file")
                                                          : words::from(dataset.source)});
  return facts;
}

void writePlan(const TrainingPlan& plan) {
  fs::create_directories(plan.folder);
  const json document = {{"format", kFormat},
                         {"version", 1},
                         {"begun_utc", plan.begun_utc},
                         {"dataset", toJson(plan.dataset)},
                         {"options", toJson(plan.options)}};
  writeFileAtomically(plan.folder / kPlanFile, document.dump(2) + "\n");
}

TrainingPlan readPlan(const fs::path& folder) {
  const fs::path path = folder / kPlanFile;
  const json document = json::parse(readTextFile(path, kMostBytes), nullptr, false);
  try {
    if (document.at("format") != kFormat || document.at("version") != 1) {
      throwBadInput(path.string() + " is not the plan of a training that this program knows.");
    }
    return {datasetFrom(document.at("dataset")), folder, optionsFrom(document.at("options")),
            document.at("begun_utc")};
  } catch (const json::exception&) {
    throwBadInput(path.string() + " is not whole: the training cannot be gone on with here.");
  }
}

}  // namespace sonotwin::workstation
