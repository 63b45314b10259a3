// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>

#include "presenters/model_card.h"
#include "presenters/trainer.h"

namespace sonotwin::workstation {

/// What is said of a training beside its curves.
struct TrainingWords {
  QString state;  ///< "Epoch 12 of 40", "Paused in epoch 12 of 40", ...
  QString time;   ///< what is left, or what happened
  QList<Fact> facts;
};

[[nodiscard]] TrainingWords trainingWords(const Trainer& trainer);

}  // namespace sonotwin::workstation
