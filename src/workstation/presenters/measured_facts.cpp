// SPDX-License-Identifier: Apache-2.0
#include "presenters/measured_facts.h"

#include <ranges>
#include <vector>

#include "presenters/words.h"
#include "sonotwin/pipeline/measure.h"

namespace sonotwin::workstation {
namespace {
QString sizeText(const pipeline::LabelSize& size) {
  QStringList parts;
  if (size.volume_ml) parts << words::millilitres(*size.volume_ml);
  if (size.area_mm2) parts << words::squareCentimetres(*size.area_mm2);
  return parts.join(QStringLiteral(" · "));
}

QString nameText(const store::MeasurementRow& row, const pipeline::LabelSize& size) {
  const QString kind =
      row.of_kind == "mask" ? QStringLiteral("largest area") : words::from(row.of_kind);
  return QStringLiteral("%1 · %2\n%3")
      .arg(words::label(size.label), kind, words::day(row.day, row.day_known));
}
}  // namespace

QList<Fact> measuredFacts(Session& session, int most) {
  std::vector<store::MeasurementRow> rows;
  session.ask([&](const store::Store& store) { rows = store.measurementsOf(session.patientId()); });
  QList<Fact> facts;
  int left_out = 0;
  for (const store::MeasurementRow& row : std::views::reverse(rows)) {
    for (const pipeline::LabelSize& size : pipeline::labelSizes(row)) {
      if (!size.volume_ml && !size.area_mm2) continue;
      if (facts.size() + 1 < most) {
        facts.append({nameText(row, size), sizeText(size)});
      } else {
        ++left_out;
      }
    }
  }
  if (left_out > 0) {
    facts.append({QStringLiteral("Earlier ones"), QString::number(left_out)});
  }
  return facts;
}

}  // namespace sonotwin::workstation
