// SPDX-License-Identifier: Apache-2.0
#include "presenters/model_card.h"

#include <nlohmann/json.hpp>

#include "presenters/words.h"

namespace sonotwin::workstation {
namespace {
using nlohmann::json;

/// The value at a path of keys; null where a key is missing.
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
  if (value.is_string()) return words::from(value.get<std::string>());
  if (value.is_number_integer()) return QString::number(value.get<qint64>());
  return value.is_number() ? QString::number(value.get<double>(), 'g', 4) : QString();
}

void add(QList<Fact>& facts, const QString& name, const QString& value) {
  if (!value.isEmpty()) facts.append({name, value});
}

QString estimate(const json& value, int decimals) {
  if (!at(value, {"mean"}).is_number()) return {};
  QString words = QString::number(value["mean"].get<double>(), 'f', decimals);
  const json& interval = at(value, {"ci95"});
  if (interval.is_array() && interval.size() == 2 && interval[0].is_number()) {
    words += QStringLiteral(" (%1–%2)")
                 .arg(interval[0].get<double>(), 0, 'f', decimals)
                 .arg(interval[1].get<double>(), 0, 'f', decimals);
  }
  return words;
}

QString inputWords(const json& card) {
  const json& grid = at(card, {"input", "grid"});
  if (!grid.is_array() || grid.size() != 2) return {};
  return text(grid[1]) + QStringLiteral(" × ") + text(grid[0]) + QStringLiteral(" pixels, grey");
}

QString parameterWords(const json& card) {
  const json& count = at(card, {"network", "parameters"});
  return count.is_number() ? QStringLiteral("%1 million").arg(count.get<double>() / 1e6, 0, 'f', 2)
                           : QString();
}

QString splitWords(const json& card) {
  QStringList parts;
  const json& splits = at(card, {"data", "splits"});
  for (const char* split : {"train", "val", "test"}) {
    const json& described = at(splits, {split});
    const QString count = text(described.is_object() ? at(described, {"cases"}) : described);
    if (!count.isEmpty()) parts << count + QLatin1Char(' ') + QLatin1String(split);
  }
  return parts.join(QStringLiteral(" · "));
}

QList<ScoreLine> scoreLines(const json& card) {
  QList<ScoreLine> lines;
  const json& scores = at(card, {"scores"});
  if (!scores.is_object()) return lines;
  for (const auto& [split, score] : scores.items()) {
    const json& labels = at(score, {"labels"});
    if (!labels.is_object()) continue;
    for (const auto& [label, numbers] : labels.items()) {
      const QString hd95 = estimate(at(numbers, {"hd95"}), 2);
      const QString unit = text(at(numbers, {"distance_unit"}));
      lines.append({words::from(split), words::region(label), text(at(numbers, {"n"})),
                    estimate(at(numbers, {"dice"}), 3),
                    hd95.isEmpty() ? hd95 : hd95 + QLatin1Char(' ') + unit});
    }
  }
  return lines;
}
}  // namespace

ModelCard readCard(const pipeline::InstalledModel& model) {
  ModelCard card;
  card.name = words::from(model.name);
  card.folder = model.folder;
  QStringList regions;
  for (const std::string& region : model.body_regions) regions << words::region(region);
  card.purpose = regions.join(QStringLiteral(", "));
  const json document = json::parse(model.card_json, nullptr, false);
  if (!document.is_object()) return card;
  card.synthetic = document.value("synthetic", false);
  const json& classes = at(document, {"classes"});
  for (const json& label : classes.is_array() ? classes : json::array()) {
    card.labels << words::region(text(at(label, {"name"})).toStdString());
  }
  add(card.facts, QStringLiteral("Input"), inputWords(document));
  add(card.facts, QStringLiteral("Parameters"), parameterWords(document));
  add(card.facts, QStringLiteral("Cases"), splitWords(document));
  add(card.facts, QStringLiteral("Epochs"), text(at(document, {"training", "epochs_run"})));
  add(card.facts, QStringLiteral("Trained on"),
      words::device(text(at(document, {"training", "device"})).toStdString()));
  add(card.facts, QStringLiteral("Data"), text(at(document, {"data", "source"})));
  add(card.facts, QStringLiteral("Weights"), text(at(document, {"weights", "sha256"})).left(12));
  card.scores = scoreLines(document);
  return card;
}

}  // namespace sonotwin::workstation
