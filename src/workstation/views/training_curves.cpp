// SPDX-License-Identifier: Apache-2.0
#include "views/training_curves.h"

#include <algorithm>
#include <cmath>

#include "presenters/words.h"
#include "theme/tokens.h"

namespace sonotwin::workstation {
namespace {
constexpr double kWellAbove = 0.5;
constexpr double kSettledShare = 0.25;  ///< of the epochs: those before may lie below the axis

template <class Value>
CurvePlot::Curve curveOf(const std::vector<segment::EpochReport>& epochs, const QString& name,
                         QRgb colour, const Value& value) {
  CurvePlot::Curve curve{name, colour, Qt::SolidLine, {}};
  for (const segment::EpochReport& epoch : epochs) {
    if (const std::optional<double> y = value(epoch)) curve.points.emplace_back(epoch.epoch, *y);
  }
  return curve;
}
}  // namespace

QRgb labelColourOf(int value) {
  const auto [r, g, b] = media::labelColour(value);
  return qRgb(r, g, b);
}

CurvePlot::Curve lossCurve(const std::vector<segment::EpochReport>& epochs, const QString& name,
                           QRgb colour) {
  return curveOf(epochs, name, colour,
                 [](const auto& epoch) { return std::optional(epoch.train_loss); });
}

CurvePlot::Curve diceCurve(const std::vector<segment::EpochReport>& epochs, const QString& name,
                           QRgb colour) {
  return curveOf(epochs, name, colour,
                 [](const auto& epoch) { return std::optional(epoch.val_dice); });
}

QList<CurvePlot::Curve> diceCurves(const std::vector<segment::EpochReport>& epochs,
                                   const std::vector<media::Label>& labels) {
  if (labels.size() == 1) {
    return {diceCurve(epochs, words::label(labels[0].name), labelColourOf(labels[0].value))};
  }
  QList<CurvePlot::Curve> curves = {diceCurve(epochs, QStringLiteral("all labels"), tokens::kText)};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    curves << curveOf(epochs, words::label(labels[i].name), labelColourOf(labels[i].value),
                      [i](const segment::EpochReport& epoch) {
                        return i < epoch.label_dice.size() ? epoch.label_dice[i] : std::nullopt;
                      });
    curves.back().style = Qt::DashLine;
  }
  return curves;
}

std::pair<double, double> diceRange(const QList<CurvePlot::Curve>& curves) {
  double low = 1.0;
  for (const CurvePlot::Curve& curve : curves) {
    const auto settled = static_cast<std::size_t>(
        std::ceil(kSettledShare * static_cast<double>(curve.points.size())));
    for (std::size_t i = settled; i < curve.points.size(); ++i) {
      low = std::min(low, curve.points[i].y());
    }
    if (settled >= curve.points.size()) low = 0.0;
  }
  return {low > kWellAbove ? std::floor(10.0 * low) / 10.0 : 0.0, 1.0};
}

}  // namespace sonotwin::workstation
