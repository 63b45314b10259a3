// SPDX-License-Identifier: Apache-2.0
#include "presenters/clip_facts.h"

#include <algorithm>
#include <set>

#include "presenters/words.h"

namespace sonotwin::workstation {

QList<Fact> clipFacts(const store::ClipRow& clip, const media::ClipInfo* info) {
  QString frames = QString::number(clip.frames);
  if (clip.frames > 1) frames += QStringLiteral(" · ") + words::duration(clip.duration_s);
  QList<Fact> facts = {
      {QStringLiteral("Frames"), frames},
      {QStringLiteral("Size"), QStringLiteral("%1 × %2 px").arg(clip.cols).arg(clip.rows)},
      {QStringLiteral("Spacing"), words::spacing(clip.spacing_mm)}};
  QString tracking = QStringLiteral("none");
  if (clip.tracked) {
    tracking = clip.calibrated ? QStringLiteral("poses, calibrated")
                               : QStringLiteral("poses, not calibrated");
  }
  facts.append({QStringLiteral("Tracking"), tracking});
  facts.append({QStringLiteral("Source"), words::from(clip.source_format)});
  if (!info) return facts;
  const auto add = [&](const QString& name, const QString& value) {
    if (!value.isEmpty()) facts.append({name, value});
  };
  add(QStringLiteral("Probe"), words::from(info->probe_name));
  add(QStringLiteral("Device"), words::from(info->device_model));
  if (info->depth_mm) {
    add(QStringLiteral("Depth"), QStringLiteral("%1 mm").arg(*info->depth_mm, 0, 'f', 0));
  }
  if (info->frequency_mhz) {
    add(QStringLiteral("Frequency"), QStringLiteral("%1 MHz").arg(*info->frequency_mhz, 0, 'f', 1));
  }
  return facts;
}

QString caveats(const store::ClipRow& clip, const media::ClipInfo* info) {
  QStringList lines;
  if (!clip.spacing_mm) {
    lines << QStringLiteral("The file gives no pixel size: there are no distances in mm.");
  }
  if (info) {
    for (const std::string& assumption : info->assumptions) {
      lines << words::from(assumption);
    }
  }
  return lines.join(QLatin1Char('\n'));
}

QList<Fact> madeFacts(const Session& session) {
  QList<Fact> facts;
  if (!session.masks().empty()) {
    const auto* const newest = session.newestMask();
    const store::MaskRow& mask = newest ? *newest : session.masks().front();
    facts.append({QStringLiteral("Masks · %1").arg(maskNameAndState(session, mask)),
                  isDrawn(session, mask)
                      ? words::count(mask.frames, QStringLiteral("frame"), QStringLiteral("frames"))
                      : QStringLiteral("confidence %1").arg(mask.mean_confidence, 0, 'f', 2)});
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
    facts.append({QStringLiteral("Surface · %1").arg(words::label(surface.label)),
                  words::millilitres(surface.volume_ml)});
  }
  return facts;
}

bool isDrawn(const Session& session, const store::MaskRow& mask) {
  const auto& drawn = session.annotations();
  return std::ranges::find(drawn, mask.id, &store::AnnotationRow::id) != drawn.end();
}

QString maskName(const Session& session, const store::MaskRow& mask) {
  const auto& drawn = session.annotations();
  const auto row = std::ranges::find(drawn, mask.id, &store::AnnotationRow::id);
  if (row == drawn.end()) return words::from(mask.model);
  return QStringLiteral("v%1 · %2").arg(row->version).arg(words::from(row->author));
}

QString maskNameAndState(const Session& session, const store::MaskRow& mask) {
  const auto& drawn = session.annotations();
  const auto row = std::ranges::find(drawn, mask.id, &store::AnnotationRow::id);
  const QString name = maskName(session, mask);
  return row == drawn.end() || row->state == "draft"
             ? name
             : name + QStringLiteral(" · ") + words::from(row->state);
}

QString objectWords(const Session& session) {
  const QString patient = words::from(session.patientId());
  const auto study = session.study();
  return study ? patient + QStringLiteral(", exam %1").arg(study->number) : patient;
}

}  // namespace sonotwin::workstation
