// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>
#include <QStringList>
#include <filesystem>
#include <string>

#include "sonotwin/pipeline/models.h"

namespace sonotwin::workstation {

/// A line of facts: what it is and its value.
struct Fact {
  QString name;
  QString value;
};

/// Scores of a model for one label on one split of its data.
struct ScoreLine {
  QString split;
  QString label;
  QString cases;
  QString dice;  ///< "0.973 (0.968–0.977)"
  QString hd95;  ///< with unit
};

/// What a model's card says, in words. What the card does not say is absent.
struct ModelCard {
  QString name;
  std::filesystem::path folder;
  QString purpose;  ///< body regions, or what it is not tied to
  bool synthetic = false;
  QStringList labels;
  QList<Fact> facts;
  QList<ScoreLine> scores;
};

[[nodiscard]] ModelCard readCard(const pipeline::InstalledModel& model);

}  // namespace sonotwin::workstation
