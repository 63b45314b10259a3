// SPDX-License-Identifier: Apache-2.0
#include "widgets/fact_list.h"

#include <QGridLayout>
#include <algorithm>

#include "widgets/controls.h"

namespace sonotwin::workstation {
namespace {
bool same(const QList<Fact>& a, const QList<Fact>& b) {
  return std::ranges::equal(
      a, b, [](const Fact& x, const Fact& y) { return x.name == y.name && x.value == y.value; });
}
}  // namespace

FactList::FactList(QWidget* parent) : QWidget(parent), grid_(new QGridLayout(this)) {
  grid_->setContentsMargins(0, 0, 0, 0);
  grid_->setHorizontalSpacing(12);
  grid_->setVerticalSpacing(9);
  grid_->setColumnStretch(1, 1);
}

void FactList::setFacts(const QList<Fact>& facts) {
  if (same(facts, facts_)) return;
  facts_ = facts;
  while (QLayoutItem* item = grid_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  for (int row = 0; row < facts.size(); ++row) {
    QLabel* name = label(facts[row].name, "secondary", this);
    QLabel* value = label(facts[row].value, "value", this);
    value->setAlignment(Qt::AlignRight | Qt::AlignTop);
    value->setWordWrap(true);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    value->setAccessibleName(facts[row].name + QStringLiteral(": ") + facts[row].value);
    grid_->addWidget(name, row, 0, Qt::AlignTop);
    grid_->addWidget(value, row, 1);
  }
}

QString FactList::value(const QString& name) const {
  const auto found = std::ranges::find(facts_, name, &Fact::name);
  return found == facts_.end() ? QString() : found->value;
}

}  // namespace sonotwin::workstation
