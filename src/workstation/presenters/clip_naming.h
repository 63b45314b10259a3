// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

#include "presenters/session.h"

namespace sonotwin::workstation {

/// What a clip may be said to show: what clips and protocols of the store name already, as shown.
struct ShownChoices {
  QStringList regions;
  QStringList views;  ///< those of the region first
};
[[nodiscard]] ShownChoices shownChoices(Session& session, const std::string& body_region);

/// Says what a clip shows, in the background. A name that the store knows is taken as it is written
/// there, however it is written here; a new region is put in capitals, as headers have it.
void nameClip(Session& session, const store::ClipRow& clip, const QString& region,
              const QString& view);

}  // namespace sonotwin::workstation
