// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QWidget>

#include "presenters/model_card.h"

class QGridLayout;

namespace sonotwin::workstation {

/// Facts one below the other: what on the left, the value on the right. Long values wrap.
class FactList : public QWidget {
  Q_OBJECT

 public:
  explicit FactList(QWidget* parent = nullptr);
  void setFacts(const QList<Fact>& facts);
  [[nodiscard]] QString value(const QString& name) const;

 private:
  QGridLayout* grid_;
  QList<Fact> facts_;
};

}  // namespace sonotwin::workstation
