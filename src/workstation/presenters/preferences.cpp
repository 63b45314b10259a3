// SPDX-License-Identifier: Apache-2.0
#include "presenters/preferences.h"

#include "presenters/desk_settings.h"

namespace sonotwin::workstation {
namespace {
constexpr int kLongestName = 40;
const QString kAuthor = QStringLiteral("author");

QString cleaned(const QString& name) {
  const QString line = name.simplified().left(kLongestName).trimmed();
  return line.compare(QStringLiteral("sonotwin"), Qt::CaseInsensitive) == 0 ? QString() : line;
}
}  // namespace

Preferences::Preferences(QObject* parent)
    : QObject(parent), author_(cleaned(deskSettings().value(kAuthor).toString())) {}

QString Preferences::author() const {
  return authorChosen() ? author_ : QStringLiteral("workstation");
}

void Preferences::setAuthor(const QString& name) {
  const QString line = cleaned(name);
  if (line == author_) return;
  author_ = line;
  deskSettings().setValue(kAuthor, author_);
  Q_EMIT changed();
}

}  // namespace sonotwin::workstation
