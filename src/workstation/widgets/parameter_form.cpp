// SPDX-License-Identifier: Apache-2.0
#include "widgets/parameter_form.h"

#include <QGridLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "widgets/controls.h"
#include "widgets/number_box.h"

namespace sonotwin::workstation {
namespace {
constexpr int kBoxWidth = 112;
constexpr int kMostDecimals = 4;
constexpr double kStepsOfARange = 20.0;

QString plain(double value) {
  return QString::number(value, 'g', 6);
}

/// Shows "0.5", not "0.500": how fine a number may be says nothing of how fine it is.
class ParameterBox : public NumberBox {
 public:
  using NumberBox::NumberBox;
  [[nodiscard]] QString textFromValue(double value) const override { return plain(value); }
};

double stepOf(const enhance::ParameterInfo& parameter) {
  if (parameter.whole) return 1.0;
  const double share = (parameter.maximum - parameter.minimum) / kStepsOfARange;
  return std::pow(10.0, std::floor(std::log10(share)));
}

int decimalsOf(const enhance::ParameterInfo& parameter) {
  if (parameter.whole) return 0;
  int most = 1;
  for (const double value : {stepOf(parameter), parameter.default_value, parameter.minimum}) {
    most = std::max(most, static_cast<int>(plain(value).section(QLatin1Char('.'), 1).size()));
  }
  return std::min(most + 1, kMostDecimals);
}

NumberBox* boxFor(const enhance::ParameterInfo& parameter, const QString& title,
                  const QString& range, QWidget* parent) {
  auto* box = new ParameterBox(parent);
  box->setObjectName(QStringLiteral("parameter-") + QString::fromStdString(parameter.name));
  box->setDecimals(decimalsOf(parameter));
  box->setRange(parameter.minimum, parameter.maximum);
  box->setSingleStep(stepOf(parameter));
  const QString unit = QString::fromStdString(parameter.unit);
  box->setSuffix(unit.isEmpty() ? QString() : QLatin1Char(' ') + unit);
  box->setFixedWidth(kBoxWidth);
  describe(box, title, {},
           QString::fromStdString(parameter.meaning) + QLatin1Char('\n') + range +
               QObject::tr("\n↑ ↓ change it"));
  return box;
}
}  // namespace

ParameterForm::ParameterForm(QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
}

void ParameterForm::setValues(const enhance::FilterInfo* filter,
                              const std::map<std::string, double>& values) {
  if (filter != filter_) {
    filter_ = filter;
    build();
  }
  for (std::size_t i = 0; i < boxes_.size(); ++i) {
    const QSignalBlocker quiet(boxes_[i]);
    const auto value = values.find(filter_->parameters[i].name);
    boxes_[i]->setValue(value == values.end() ? filter_->parameters[i].default_value
                                              : value->second);
  }
}

void ParameterForm::build() {
  delete rows_;
  boxes_.clear();
  rows_ = new QWidget(this);
  layout()->addWidget(rows_);
  auto* grid = new QGridLayout(rows_);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(8);
  grid->setVerticalSpacing(0);
  grid->setColumnStretch(0, 1);
  const int count = filter_ ? static_cast<int>(filter_->parameters.size()) : 0;
  for (int i = 0; i < count; ++i) {
    const auto& parameter = filter_->parameters[static_cast<std::size_t>(i)];
    const QString title = QString::fromStdString(parameter.title);
    const QString range = tr("%1 to %2, default %3")
                              .arg(plain(parameter.minimum), plain(parameter.maximum),
                                   plain(parameter.default_value));
    NumberBox* box = boxFor(parameter, title, range, rows_);
    auto* name = label(title, "secondary", rows_);
    name->setToolTip(box->toolTip());
    name->setBuddy(box);
    grid->addWidget(name, 3 * i, 0, Qt::AlignBottom);
    grid->addWidget(label(range, "faint", rows_), 3 * i + 1, 0, Qt::AlignTop);
    grid->addWidget(box, 3 * i, 1, 2, 1, Qt::AlignVCenter);
    if (i + 1 < count) grid->setRowMinimumHeight(3 * i + 2, 8);
    boxes_.push_back(box);
    connect(box, &QDoubleSpinBox::valueChanged, this,
            [this, key = QString::fromStdString(parameter.name)](double value) {
              Q_EMIT edited(key, value);
            });
  }
}

}  // namespace sonotwin::workstation
