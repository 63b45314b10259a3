// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <optional>
#include <string>
#include <vector>

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

/// What may be said of how a clip's plane lies: what its file says, that it is not known, DICOM's
/// terms.
struct OrientationChoices {
  QStringList texts;
  std::vector<std::optional<std::string>> values;  ///< for `sayOrientation`
  int current = 0;
};
[[nodiscard]] OrientationChoices orientationChoices(Session& session, const store::ClipRow& clip);
/// In the background. @param orientation  one of the values above
void sayOrientation(Session& session, const store::ClipRow& clip,
                    const std::optional<std::string>& orientation);

/// Which of region, view and orientation people said, who and when, and what the file says; empty
/// where all is the file's.
[[nodiscard]] QString saidWords(Session& session, const store::ClipRow& clip);

}  // namespace sonotwin::workstation
