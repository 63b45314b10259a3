// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>
#include <QString>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "sonotwin/store/store.h"

namespace sonotwin::workstation::words {

/// How numbers and things are said on screen: units always, dates as days since the first exam.

[[nodiscard]] inline QString from(const std::string& text) {
  return QString::fromStdString(text);
}
/// "1 clip", "8 clips", "1,286 exams"
[[nodiscard]] QString count(qint64 number, const QString& one, const QString& many);
/// "day 0", "day +28", "day unknown"
[[nodiscard]] QString day(int day, bool known = true);
/// "00:02.03"
[[nodiscard]] QString clock(double seconds);
/// "6.2 s", "2 min 10 s", "3 h 5 min"
[[nodiscard]] QString duration(double seconds);
/// "0.135 × 0.135 mm", or "unknown"
[[nodiscard]] QString spacing(const std::optional<std::array<double, 2>>& spacing_mm);
/// "212.4 ml"
[[nodiscard]] QString millilitres(double volume_ml);
/// "178.6 cm²"
[[nodiscard]] QString squareCentimetres(double area_mm2);
/// "96 %"
[[nodiscard]] QString percent(double fraction);
/// "Fetal head", from what the file says ("FETAL HEAD", "fetal-head")
[[nodiscard]] QString region(const std::string& body_region);
/// "Kidney", from a label's name ("kidney"); what is in capitals stays ("LV").
[[nodiscard]] QString label(const std::string& name);
/// "FETAL HEAD", as headers name a region, from what a person writes ("fetal  head")
[[nodiscard]] std::string regionTerm(const QString& text);
/// What a clip is called: the view that it shows, else its kind.
[[nodiscard]] QString title(const store::ClipRow& clip);
/// What kind of clip it is: "Tracked sweep", "Cine", "Still image"
[[nodiscard]] QString kind(const store::ClipRow& clip);
/// What was made from it: "segmented · 3D model", empty for none
[[nodiscard]] QString made(const store::ClipRow& clip);
/// "exam 3 · day +56"
[[nodiscard]] QString exam(const store::StudyRow& study);
/// "312 kB", "4.2 MB"
[[nodiscard]] QString bytes(std::uint64_t size);
/// "today 14:05", "yesterday 09:30", "12 days ago", of a time in UTC as the store writes it.
[[nodiscard]] QString since(const std::string& utc, const QDateTime& now);
/// "3 places found", "no text found"
[[nodiscard]] QString placesFound(const store::QuarantineRow& row);
/// Why it waits, as a sentence without its full stop.
[[nodiscard]] QString waitingReason(const store::QuarantineRow& row);
/// "CPU, 2 threads", from what the network computes on ("cpu, 2 threads")
[[nodiscard]] QString device(const std::string& description);
/// "2 s left", "1 min left", "3 h 5 min left"
[[nodiscard]] QString timeLeft(double seconds);

}  // namespace sonotwin::workstation::words
