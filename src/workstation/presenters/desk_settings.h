// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QSettings>

namespace sonotwin::workstation {

/// What is kept between starts for the person at this desk, in a file of that person's own.
[[nodiscard]] inline QSettings deskSettings() {
  return QSettings(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("sonotwin"),
                   QStringLiteral("workstation"));
}

}  // namespace sonotwin::workstation
