// SPDX-License-Identifier: Apache-2.0
#include "presenters/protocol_choices.h"

#include "presenters/desk_settings.h"

namespace sonotwin::workstation {
namespace {
const QString kGroup = QStringLiteral("protocols");

QString keyOf(const QString& study_id) {
  return kGroup + QLatin1Char('/') + study_id;
}
}  // namespace

std::optional<QString> protocolChosenFor(const QString& study_id) {
  const QVariant chosen = deskSettings().value(keyOf(study_id));
  return chosen.isValid() ? std::optional(chosen.toString()) : std::nullopt;
}

void chooseProtocolFor(const QString& study_id, const QString& protocol) {
  deskSettings().setValue(keyOf(study_id), protocol);
}

void renameChosenProtocol(const QString& before, const QString& after) {
  if (before.isEmpty() || before == after) return;
  QSettings settings = deskSettings();
  settings.beginGroup(kGroup);
  for (const QString& study : settings.childKeys()) {
    if (settings.value(study).toString() == before) settings.setValue(study, after);
  }
}

}  // namespace sonotwin::workstation
