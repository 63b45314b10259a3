// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "sonotwin/media/mask.h"
#include "sonotwin/segment/model.h"
#include "widgets/curve_plot.h"

namespace sonotwin::workstation {

/// The colour that a label has everywhere in the window.
[[nodiscard]] QRgb labelColourOf(int value);

[[nodiscard]] CurvePlot::Curve lossCurve(const std::vector<segment::EpochReport>& epochs,
                                         const QString& name, QRgb colour);
/// Over all labels.
[[nodiscard]] CurvePlot::Curve diceCurve(const std::vector<segment::EpochReport>& epochs,
                                         const QString& name, QRgb colour);
/// Over all, and where there are several, of each label.
[[nodiscard]] QList<CurvePlot::Curve> diceCurves(const std::vector<segment::EpochReport>& epochs,
                                                 const std::vector<media::Label>& labels);
/// From 0 to 1, or from nearer below once all is well above.
[[nodiscard]] std::pair<double, double> diceRange(const QList<CurvePlot::Curve>& curves);

}  // namespace sonotwin::workstation
