// SPDX-License-Identifier: Apache-2.0
#include "presenters/clip_facts.h"

#include <algorithm>
#include <set>

#include "presenters/words.h"

namespace sonotwin::workstation {

QList<Fact> clipFacts(const store::ClipRow& clip) {
  QString frames = QString::number(clip.frames);
  if (clip.frames > 1) frames += QStringLiteral(" · ") + words::duration(clip.duration_s);
  QList<Fact> facts = {
      {QStringLiteral("Frames"), frames},
      {QStringLiteral("Size"), QStringLiteral("%1 × %2 px").arg(clip.cols).arg(clip.rows)},
      {QStringLiteral("Spacing"), words::spacing(clip.spacing_mm)}};
  if (!clip.body_region.empty()) {
    facts.append({QStringLiteral("Region"), words::region(clip.body_region)});
  }
  QString tracking = QStringLiteral("none");
  if (clip.tracked) {
    tracking = clip.calibrated ? QStringLiteral("poses, calibrated")
                               : QStringLiteral("poses, not calibrated");
  }
  facts.append({QStringLiteral("Tracking"), tracking});
  facts.append({QStringLiteral("Source"), words::from(clip.source_format)});
  return facts;
}

QString missingWords(const store::ClipRow& clip) {
  return clip.spacing_mm
             ? QString()
             : QStringLiteral("The file gives no pixel size: there are no distances in mm.");
}

QList<Fact> madeFacts(const Session& session) {
  QList<Fact> facts;
  if (!session.masks().empty()) {
    const store::MaskRow& mask = session.masks().front();
    facts.append({QStringLiteral("Masks · %1").arg(words::from(mask.model)),
                  QStringLiteral("confidence %1").arg(mask.mean_confidence, 0, 'f', 2)});
  }
  for (const char* source : {"bmode", "mask"}) {
    const auto found = std::ranges::find(session.volumes(), source, &store::VolumeRow::source);
    if (found == session.volumes().end()) continue;
    facts.append(
        {QStringLiteral("%1 · %2 mm")
             .arg(found->source == "mask" ? QStringLiteral("Labels") : QStringLiteral("B-mode"))
             .arg(found->spacing_mm, 0, 'f', 2),
         words::percent(found->observed_fraction) + QStringLiteral(" observed")});
  }
  std::set<std::string> seen;
  for (const store::SurfaceRow& surface : session.surfaces()) {
    if (!seen.insert(surface.label).second) continue;
    facts.append({QStringLiteral("Surface · %1").arg(words::from(surface.label)),
                  words::millilitres(surface.volume_ml)});
  }
  return facts;
}

QString objectWords(const Session& session) {
  const QString patient = words::from(session.patientId());
  const auto study = session.study();
  return study ? patient + QStringLiteral(", exam %1").arg(study->number) : patient;
}

}  // namespace sonotwin::workstation
