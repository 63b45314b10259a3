// SPDX-License-Identifier: Apache-2.0
#include "presenters/words.h"

#include <QLocale>
#include <QStringList>
#include <algorithm>
#include <cmath>

namespace sonotwin::workstation::words {
namespace {
const QLocale& english() {
  static const QLocale kEnglish(QLocale::English, QLocale::UnitedStates);
  return kEnglish;
}
}  // namespace

QString count(qint64 number, const QString& one, const QString& many) {
  return english().toString(number) + QLatin1Char(' ') + (number == 1 ? one : many);
}

QString day(int day, bool known) {
  if (!known) return QStringLiteral("day unknown");
  return day == 0 ? QStringLiteral("day 0")
                  : QStringLiteral("day %1%2").arg(day > 0 ? "+" : "").arg(day);
}

QString clock(double seconds) {
  const int minutes = static_cast<int>(seconds / 60.0);
  return QStringLiteral("%1:%2")
      .arg(minutes, 2, 10, QLatin1Char('0'))
      .arg(seconds - 60.0 * minutes, 5, 'f', 2, QLatin1Char('0'));
}

QString duration(double seconds) {
  if (seconds < 60.0) return QStringLiteral("%1 s").arg(seconds, 0, 'f', 1);
  const int whole = static_cast<int>(std::lround(seconds));
  if (whole >= 3600) return QStringLiteral("%1 h %2 min").arg(whole / 3600).arg(whole / 60 % 60);
  return QStringLiteral("%1 min %2 s").arg(whole / 60).arg(whole % 60);
}

QString spacing(const std::optional<std::array<double, 2>>& spacing_mm) {
  if (!spacing_mm) return QStringLiteral("unknown");
  return QStringLiteral("%1 × %2 mm")
      .arg((*spacing_mm)[0], 0, 'f', 3)
      .arg((*spacing_mm)[1], 0, 'f', 3);
}

QString millilitres(double volume_ml) {
  return QStringLiteral("%1 ml").arg(volume_ml, 0, 'f', std::abs(volume_ml) < 10.0 ? 2 : 1);
}

QString squareCentimetres(double area_mm2) {
  return QStringLiteral("%1 cm²").arg(area_mm2 / 100.0, 0, 'f', 1);
}

QString percent(double fraction) {
  return QStringLiteral("%1 %").arg(100.0 * fraction, 0, 'f', 0);
}

QString region(const std::string& body_region) {
  QString text = from(body_region).trimmed().toLower().replace(QLatin1Char('-'), QLatin1Char(' '));
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  return text;
}

QString label(const std::string& name) {
  QString text = from(name);
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  return text;
}

std::string regionTerm(const QString& text) {
  return text.simplified().toUpper().toStdString();
}

QString title(const store::ClipRow& clip) {
  return clip.view_label.empty() ? kind(clip) : label(clip.view_label);
}

QString kind(const store::ClipRow& clip) {
  if (clip.tracked) return QStringLiteral("Tracked sweep");
  return clip.frames > 1 ? QStringLiteral("Cine") : QStringLiteral("Still image");
}

QString made(const store::ClipRow& clip) {
  QStringList steps;
  if (clip.mask_count > 0) steps << QStringLiteral("segmented");
  if (clip.surface_count > 0) {
    steps << QStringLiteral("3D model");
  } else if (clip.volume_count > 0) {
    steps << QStringLiteral("reconstructed");
  }
  return steps.join(QStringLiteral(" · "));
}

QString exam(const store::StudyRow& study) {
  return QStringLiteral("exam %1 · %2").arg(study.number).arg(day(study.day, study.day_known));
}

QString bytes(std::uint64_t size) {
  return english().formattedDataSize(static_cast<qint64>(size), size < 1'000'000 ? 0 : 1,
                                     QLocale::DataSizeSIFormat);
}

QString since(const std::string& utc, const QDateTime& now) {
  const QDateTime then = QDateTime::fromString(from(utc), Qt::ISODateWithMs).toLocalTime();
  if (!then.isValid()) return from(utc);
  const qint64 days = then.date().daysTo(now.date());
  if (days > 1) return QStringLiteral("%1 days ago").arg(days);
  return (days == 1 ? QStringLiteral("yesterday ") : QStringLiteral("today ")) +
         then.time().toString(QStringLiteral("HH:mm"));
}

QString placesFound(const store::QuarantineRow& row) {
  if (row.boxes.empty()) return QStringLiteral("no text found");
  return count(static_cast<qint64>(row.boxes.size()), QStringLiteral("place found"),
               QStringLiteral("places found"));
}

QString waitingReason(const store::QuarantineRow& row) {
  QString text = from(row.reason);
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  return text;
}

QString device(const std::string& description) {
  const QString text = from(description);
  return text.startsWith(QStringLiteral("cpu")) ? QStringLiteral("CPU") + text.mid(3) : text;
}

QString timeLeft(double seconds) {
  if (seconds < 59.5) return QStringLiteral("%1 s left").arg(std::max(1L, std::lround(seconds)));
  const long minutes = std::lround(seconds / 60.0);
  if (minutes >= 90) return QStringLiteral("%1 h %2 min left").arg(minutes / 60).arg(minutes % 60);
  return QStringLiteral("%1 min left").arg(minutes);
}

}  // namespace sonotwin::workstation::words
