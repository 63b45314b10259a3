// SPDX-License-Identifier: Apache-2.0
#include "presenters/training_form.h"

#include <QRegularExpression>
#include <algorithm>
#include <exception>
#include <set>

#include "presenters/model_card.h"
#include "presenters/words.h"

namespace sonotwin::workstation {
namespace {
namespace fs = std::filesystem;
constexpr int kLongestName = 60;

/// A name that a folder may have, made from a file's.
QString nameFrom(const fs::path& file) {
  QString name = words::from(file.stem().string()).left(kLongestName);
  name.replace(QRegularExpression(QStringLiteral("[^A-Za-z0-9._-]")), QStringLiteral("-"));
  while (name.startsWith(QLatin1Char('.'))) name.remove(0, 1);
  return name;
}

QString emptyPart(const DatasetSummary& dataset) {
  if (dataset.parts[0].cases == 0) {
    return QStringLiteral("It has no cases to learn from (split “train”): build it with a split.");
  }
  if (dataset.parts[1].cases == 0) {
    return QStringLiteral(
        "It has no cases to choose the best epoch by (split “val”): build it with a split.");
  }
  return {};
}
}  // namespace

TrainingForm::TrainingForm(fs::path store, QObject* parent)
    : QObject(parent), store_(std::move(store)), root_(pipeline::trainingFolder(store_)) {
  options_.preset = "standard";
  try {
    models_ = pipeline::installedModels(store_);
  } catch (const std::exception&) {
    models_.clear();  // the list of networks says which card cannot be read
  }
  work_.compute(
      this, [] { return segment::devices(); },
      [this](const std::vector<std::string>& devices) {
        for (const std::string& device : devices) devices_ << words::from(device);
        Q_EMIT devicesChanged();
      });
}

void TrainingForm::setDataset(const fs::path& path) {
  path_ = path;
  dataset_.reset();
  dataset_problem_.clear();
  reading_ = true;
  const int generation = ++generation_;
  work_.compute(
      this, [path] { return pipeline::summarizeDataset(path, Progress()); },
      [this, generation](const DatasetSummary& dataset) {
        if (generation == generation_) takeDataset(dataset);
      },
      [this, generation](const QString& why) {
        if (generation != generation_) return;
        reading_ = false;
        dataset_problem_ = why;
        Q_EMIT changed();
      });
  Q_EMIT changed();
}

void TrainingForm::takeDataset(const DatasetSummary& dataset) {
  reading_ = false;
  dataset_ = dataset;
  dataset_problem_ = emptyPart(dataset);
  if (!named_) {
    const QString base = nameFrom(dataset.path);
    name_ = base;
    for (int number = 2; taken(name_); ++number) {
      name_ = base + QStringLiteral("-%1").arg(number);
    }
  }
  Q_EMIT changed();
}

void TrainingForm::setName(const QString& name) {
  name_ = name.trimmed();
  named_ = !name_.isEmpty();
  Q_EMIT changed();
}

void TrainingForm::setStartFrom(const fs::path& folder) {
  options_.start_from = folder;
  Q_EMIT changed();
}

bool TrainingForm::taken(const QString& name) const {
  std::error_code ignored;
  return fs::exists(root_ / name.toStdString(), ignored) ||
         std::ranges::find(models_, name.toStdString(), &pipeline::InstalledModel::name) !=
             models_.end();
}

QString TrainingForm::nameProblem() const {
  static const QRegularExpression kName(QStringLiteral("^[A-Za-z0-9_-][A-Za-z0-9._-]*$"));
  if (name_.isEmpty()) return QStringLiteral("The network needs a name.");
  if (name_.size() > kLongestName || !kName.match(name_).hasMatch()) {
    return QStringLiteral(
        "A name has up to 60 letters, digits, dots, dashes or underscores, and no space.");
  }
  if (taken(name_)) {
    return QStringLiteral("“%1” is there already, and is never overwritten: choose another name.")
        .arg(name_);
  }
  return {};
}

QString TrainingForm::startNote() const {
  const auto found =
      std::ranges::find(models_, options_.start_from, &pipeline::InstalledModel::folder);
  if (options_.start_from.empty() || found == models_.end() || !dataset_) return {};
  std::set<QString> known, wanted;
  for (const QString& label : readCard(*found).labels) known.insert(label);
  for (const media::Label& label : dataset_->labels) wanted.insert(words::region(label.name));
  if (known == wanted) return {};
  return QStringLiteral("%1 draws other labels than this data set has.")
      .arg(words::from(found->name));
}

bool TrainingForm::ready() const {
  return dataset_ && dataset_problem_.isEmpty() && nameProblem().isEmpty();
}

TrainingPlan TrainingForm::plan() const {
  TrainingPlan plan{*dataset_, root_ / name_.toStdString(), options_, {}};
  plan.options.name = name_.toStdString();
  return plan;
}

QStringList TrainingForm::regions() const {
  QStringList regions;
  for (const pipeline::InstalledModel& model : models_) {
    for (const std::string& region : model.body_regions) {
      if (!regions.contains(words::region(region))) regions << words::region(region);
    }
  }
  regions.sort();
  return regions;
}

}  // namespace sonotwin::workstation
