// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <map>
#include <string>
#include <vector>

#include "sonotwin/enhance/recipe.h"

namespace sonotwin::workstation {

class NumberBox;

/// The parameters of one filter: a name, the range and a number box each, all from the catalogue.
class ParameterForm : public QWidget {
  Q_OBJECT

 public:
  explicit ParameterForm(QWidget* parent = nullptr);

  /// Shows values without telling. Boxes of the same filter stay, with the focus in one of them.
  /// @param filter  of the catalogue; null: nothing
  void setValues(const enhance::FilterInfo* filter, const std::map<std::string, double>& values);

 Q_SIGNALS:
  /// A person settled another number.
  void edited(const QString& parameter, double value);

 private:
  void build();

  const enhance::FilterInfo* filter_ = nullptr;
  std::vector<NumberBox*> boxes_;  ///< one a parameter
  QWidget* rows_ = nullptr;
};

}  // namespace sonotwin::workstation
