// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "presenters/background.h"
#include "presenters/training_plan.h"
#include "sonotwin/pipeline/models.h"

namespace sonotwin::workstation {

/// A training before it is started: what was chosen, and what is missing.
class TrainingForm : public QObject {
  Q_OBJECT

 public:
  /// @param store  folder of the open store: the model goes into its models
  explicit TrainingForm(std::filesystem::path store, QObject* parent = nullptr);

  /// Reads the file away from this thread; `changed` when it is read, or was none.
  void setDataset(const std::filesystem::path& path);
  void setName(const QString& name);
  /// Everything but data set, name and folder.
  [[nodiscard]] segment::TrainOptions& options() { return options_; }
  void setStartFrom(const std::filesystem::path& folder);

  [[nodiscard]] bool reading() const { return reading_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const std::optional<DatasetSummary>& dataset() const { return dataset_; }
  /// Why the file is no training set to use; empty where it is one, or is not read yet.
  [[nodiscard]] const QString& datasetProblem() const { return dataset_problem_; }
  [[nodiscard]] const QString& name() const { return name_; }
  /// Why the name cannot be used; empty where it can.
  [[nodiscard]] QString nameProblem() const;
  /// What to know about the network to start from; empty: nothing.
  [[nodiscard]] QString startNote() const;
  [[nodiscard]] bool ready() const;
  /// @throws nothing while `ready`
  [[nodiscard]] TrainingPlan plan() const;

  /// What can be computed on, as options name it; filled in a moment after construction.
  [[nodiscard]] const QStringList& devices() const { return devices_; }
  [[nodiscard]] const std::vector<pipeline::InstalledModel>& models() const { return models_; }
  /// Regions that installed networks are for.
  [[nodiscard]] QStringList regions() const;

 Q_SIGNALS:
  void changed();
  void devicesChanged();

 private:
  void takeDataset(const DatasetSummary& dataset);
  [[nodiscard]] bool taken(const QString& name) const;

  std::filesystem::path store_;
  std::filesystem::path root_;
  std::filesystem::path path_;
  int generation_ = 0;
  bool reading_ = false;
  std::optional<DatasetSummary> dataset_;
  QString dataset_problem_;
  QString name_;
  bool named_ = false;  ///< by the person
  segment::TrainOptions options_;
  QStringList devices_;
  std::vector<pipeline::InstalledModel> models_;
  Background work_;
};

}  // namespace sonotwin::workstation
