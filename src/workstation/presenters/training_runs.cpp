// SPDX-License-Identifier: Apache-2.0
#include "presenters/training_runs.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "presenters/words.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::workstation {
namespace {
using nlohmann::json;
namespace fs = std::filesystem;
constexpr std::uintmax_t kMostBytes = 1 << 24;
constexpr const char* kCurveFile = "training.jsonl";
constexpr const char* kCheckpointFile = "checkpoint.safetensors";
constexpr const char* kCardFile = "card.json";
constexpr const char* kWeightsFile = "weights.safetensors";

const json& at(const json& object, std::initializer_list<const char*> keys) {
  static const json kNull;
  const json* here = &object;
  for (const char* key : keys) {
    if (!here->is_object() || !here->contains(key)) return kNull;
    here = &(*here)[key];
  }
  return *here;
}

QString text(const json& value) {
  return value.is_string() ? words::from(value.get<std::string>()) : QString();
}

void add(TrainingRun& run, const char* name, const QString& value) {
  if (!value.isEmpty()) run.facts.append({QString::fromLatin1(name), value});
}

QString shownDice(double value) {
  return QString::number(value, 'f', 3);
}

QString stateWords(const TrainingRun& run) {
  if (run.finished) return QStringLiteral("finished");
  const QString where = run.curve.epochs.empty() ? QStringLiteral("stopped")
                                                 : QStringLiteral("stopped at epoch %1 of %2")
                                                       .arg(run.curve.epochs.back().epoch)
                                                       .arg(run.curve.epochs.back().epochs);
  return where +
         (run.checkpoint ? QStringLiteral(", resumable") : QStringLiteral(", no checkpoint"));
}

QString countsOf(const json& splits) {
  QStringList parts;
  for (const char* split : {"train", "val", "test"}) {
    const json& cases = at(splits, {split, "cases"});
    parts << (cases.is_number() ? QString::number(cases.get<int>()) : QStringLiteral("0"));
  }
  return splits.is_object() ? parts.join(QStringLiteral(" / ")) : QString();
}

QString countsOf(const DatasetSummary& dataset) {
  QStringList parts;
  for (const auto& part : dataset.parts) parts << QString::number(part.cases);
  return parts.join(QStringLiteral(" / "));
}

void addCurveFacts(TrainingRun& run) {
  const auto& epochs = run.curve.epochs;
  if (epochs.empty()) return;
  add(run, "Epochs", QStringLiteral("%1 of %2").arg(epochs.back().epoch).arg(epochs.back().epochs));
  const auto best = std::ranges::max_element(epochs, {}, &segment::EpochReport::selection);
  add(run, "Best validation Dice",
      QStringLiteral("%1 at epoch %2").arg(shownDice(best->val_dice)).arg(best->epoch));
}

/// As the network's page shows them.
void addScores(TrainingRun& run, const std::string& card_text) {
  const ModelCard card = readCard({run.name.toStdString(), run.folder, {}, card_text});
  for (const ScoreLine& line : card.scores) {
    if (line.split != QLatin1String("test")) continue;
    run.facts.append({QStringLiteral("Test Dice, ") + line.label, line.dice});
    run.facts.append({QStringLiteral("Test HD95, ") + line.label, line.hd95});
  }
}

void addTime(TrainingRun& run, const json& card) {
  double seconds = 0.0;
  for (const auto& epoch : run.curve.epochs) seconds += epoch.seconds;
  if (const json& all = at(card, {"training", "seconds"}); all.is_number()) {
    seconds = all.get<double>();
  }
  if (seconds > 0.0) add(run, "Time", words::duration(seconds));
}

void describe(TrainingRun& run, const json& card, const std::string& card_text) {
  const bool planned = run.plan.has_value();
  const DatasetSummary dataset = planned ? run.plan->dataset : DatasetSummary();
  add(run, "State", stateWords(run));
  QString preset = text(at(card, {"recipe", "preset"}));
  if (preset.isEmpty() && planned) preset = words::from(run.plan->options.preset);
  add(run, "Preset", preset);
  const QString source = text(at(card, {"data", "source"}));
  add(run, "Data", source.isEmpty() ? words::from(dataset.source) : source);
  add(run, "Hash of the data", words::from(run.dataset_sha256.substr(0, 12)));
  const QString counts = countsOf(at(card, {"data", "splits"}));
  add(run, "Cases train / val / test", counts.isEmpty() && planned ? countsOf(dataset) : counts);
  if (planned && !run.plan->options.start_from.empty()) {
    add(run, "Started from", words::from(run.plan->options.start_from.filename().string()));
  }
  addCurveFacts(run);
  if (!card_text.empty()) addScores(run, card_text);
  addTime(run, card);
  add(run, "Trained on", words::device(text(at(card, {"training", "device"})).toStdString()));
}

void readCardOf(TrainingRun& run, json& card, std::string& card_text) {
  card_text = readTextFile(run.folder / kCardFile, kMostBytes);
  card = json::parse(card_text, nullptr, false);
  if (!card.is_object()) {
    run.curve.problems << QStringLiteral("card.json is not JSON.");
    card_text.clear();
    return;
  }
  run.dataset_sha256 = text(at(card, {"data", "sha256"})).toStdString();
  const json& classes = at(card, {"classes"});
  for (const json& label : classes.is_array() ? classes : json::array()) {
    run.labels << words::label(text(at(label, {"name"})).toStdString());
  }
}

TrainingRun readRun(const fs::path& folder) {
  TrainingRun run;
  run.name = words::from(folder.filename().string());
  run.folder = folder;
  run.checkpoint = fs::exists(folder / kCheckpointFile);
  run.finished = fs::exists(folder / kWeightsFile) && fs::exists(folder / kCardFile);
  json card;
  std::string card_text;
  try {
    if (fs::exists(folder / kCurveFile)) {
      run.curve = parseCurve(readTextFile(folder / kCurveFile, kMostBytes));
    }
    if (fs::exists(folder / kPlanFile)) {
      run.plan = readPlan(folder);
      run.dataset_sha256 = run.plan->dataset.sha256;
      for (const auto& label : run.plan->dataset.labels) run.labels << words::label(label.name);
    }
    if (run.finished) {
      run.labels.clear();
      readCardOf(run, card, card_text);
    }
  } catch (const Error& error) {
    run.curve.problems << QString::fromUtf8(error.what());
  }
  describe(run, card, card_text);
  return run;
}
}  // namespace

RunCurve parseCurve(const std::string& text) {
  RunCurve curve;
  int number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.empty()) continue;
    try {
      const segment::EpochReport report = segment::parseEpoch(line, kCurveFile);
      std::erase_if(curve.epochs, [&](const auto& other) { return other.epoch >= report.epoch; });
      curve.epochs.push_back(report);
    } catch (const Error&) {
      curve.problems << QStringLiteral(
                            "Line %1 of training.jsonl cannot be read; the rest is shown.")
                            .arg(number);
    }
  }
  return curve;
}

std::vector<TrainingRun> readRuns(const fs::path& root, const std::vector<fs::path>& others,
                                  const fs::path& skip) {
  std::set<fs::path> folders(others.begin(), others.end());
  std::error_code ignored;
  if (fs::is_directory(root, ignored)) {
    for (const auto& entry : fs::directory_iterator(root)) {
      if (entry.is_directory()) folders.insert(entry.path());
    }
  }
  folders.erase(skip);
  std::vector<TrainingRun> runs;
  for (const fs::path& folder : folders) {
    const auto holds = [&](const char* file) { return fs::exists(folder / file); };
    if (holds(kCurveFile) || holds(kCheckpointFile) || holds(kPlanFile)) {
      runs.push_back(readRun(folder));
    }
  }
  std::ranges::sort(runs, {}, &TrainingRun::name);
  return runs;
}

QString differenceNote(const QList<const TrainingRun*>& runs) {
  std::set<std::string> hashes;
  QStringList unknown;
  for (const TrainingRun* run : runs) {
    if (run->dataset_sha256.empty()) {
      unknown << run->name;
    } else {
      hashes.insert(run->dataset_sha256);
    }
  }
  if (hashes.size() > 1) {
    return QStringLiteral(
        "These runs saw different data: their Dice was measured on different cases and does not "
        "tell which network is better.");
  }
  if (!unknown.isEmpty() && runs.size() > 1) {
    return QStringLiteral("Which data %1 saw is not known: compare with care.")
        .arg(unknown.join(QStringLiteral(", ")));
  }
  return {};
}

}  // namespace sonotwin::workstation
