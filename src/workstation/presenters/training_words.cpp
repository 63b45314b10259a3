// SPDX-License-Identifier: Apache-2.0
#include "presenters/training_words.h"

#include <algorithm>

#include "presenters/words.h"

namespace sonotwin::workstation {
namespace {
QString shownDice(double value) {
  return QString::number(value, 'f', 3);
}

/// "0.001", "3.3 × 10⁻⁶"
QString rate(double value) {
  static const QString kDigits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
  const QStringList parts = QString::number(value, 'e', 1).split(QLatin1Char('e'));
  const int power = parts.size() == 2 ? parts[1].toInt() : 0;
  if (value <= 0.0 || power > -4) return QString::number(value, 'g', 2);
  QString raised;
  for (const QChar digit : QString::number(-power)) raised += kDigits[digit.digitValue()];
  return parts[0] + QStringLiteral(" × 10⁻") + raised;
}

QString place(const Trainer& trainer) {
  const auto& epochs = trainer.epochs();
  if (trainer.stage().startsWith(QLatin1String("epoch ")) || epochs.empty()) {
    return trainer.stage().isEmpty() ? QStringLiteral("starting") : trainer.stage();
  }
  const segment::EpochReport& last = epochs.back();
  return QStringLiteral("epoch %1 of %2")
      .arg(std::min(last.epoch + 1, last.epochs))
      .arg(last.epochs);
}

QString stateWords(const Trainer& trainer) {
  const auto& epochs = trainer.epochs();
  switch (trainer.state()) {
    case TrainingState::kNone:
      return {};
    case TrainingState::kRunning:
      return words::label(place(trainer).toStdString());
    case TrainingState::kPaused:
      return QStringLiteral("Paused in ") + place(trainer);
    case TrainingState::kStopping:
      return QStringLiteral("Stopping …");
    case TrainingState::kDone:
      return QStringLiteral("Finished");
    case TrainingState::kStopped:
      return epochs.empty() ? QStringLiteral("Stopped")
                            : QStringLiteral("Stopped after epoch %1").arg(epochs.back().epoch);
    case TrainingState::kFailed:
      return QStringLiteral("It did not work");
  }
  return {};
}

QString timeWords(const Trainer& trainer) {
  switch (trainer.state()) {
    case TrainingState::kRunning:
      return trainer.secondsLeft()
                 ? QStringLiteral("about ") + words::timeLeft(*trainer.secondsLeft())
                 : QStringLiteral("time left is not known yet");
    case TrainingState::kPaused:
      return QStringLiteral("The processor is free; nothing is lost.");
    case TrainingState::kStopped:
      return trainer.resumable()
                 ? QStringLiteral("Its checkpoint stays: Resume goes on from there.")
                 : QStringLiteral("Before its first checkpoint: nothing stays.");
    case TrainingState::kFailed:
      return trainer.error();
    case TrainingState::kNone:
    case TrainingState::kStopping:
    case TrainingState::kDone:
      return {};
  }
  return {};
}

QString secondsWords(const std::vector<segment::EpochReport>& epochs) {
  double seconds = 0.0;
  for (const segment::EpochReport& epoch : epochs) seconds += epoch.seconds;
  return words::duration(seconds);
}
}  // namespace

TrainingWords trainingWords(const Trainer& trainer) {
  TrainingWords said{stateWords(trainer), timeWords(trainer), {}};
  const auto& epochs = trainer.epochs();
  if (epochs.empty()) return said;
  const segment::EpochReport& last = epochs.back();
  const auto best = std::ranges::max_element(epochs, {}, &segment::EpochReport::selection);
  const auto add = [&](const QString& name, const QString& value) {
    said.facts.append({name, value});
  };
  add(QStringLiteral("Dice now"), shownDice(last.val_dice));
  add(QStringLiteral("Best Dice"),
      QStringLiteral("%1 at epoch %2").arg(shownDice(best->val_dice)).arg(best->epoch));
  const auto& labels = trainer.plan().dataset.labels;
  for (std::size_t i = 0; labels.size() > 1 && i < std::min(labels.size(), last.label_dice.size());
       ++i) {
    if (!last.label_dice[i]) continue;
    add(words::label(labels[i].name) + QStringLiteral(", Dice now"),
        shownDice(*last.label_dice[i]));
  }
  add(QStringLiteral("Loss now"), shownDice(last.train_loss));
  add(QStringLiteral("Learning rate"), rate(last.learning_rate));
  add(QStringLiteral("Speed"),
      QStringLiteral("%1 pictures/s")
          .arg(last.images_per_second, 0, 'f', last.images_per_second < 10.0 ? 1 : 0));
  add(QStringLiteral("An epoch takes"), words::duration(last.seconds));
  add(QStringLiteral("Learned for"), secondsWords(epochs));
  return said;
}

}  // namespace sonotwin::workstation
