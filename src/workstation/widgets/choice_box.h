// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/controls.h"

namespace sonotwin::workstation {

/// A line to write in that offers what was written before. Enter, a choice from the list and
/// leaving it settle what is written; Escape takes it back.
class ChoiceBox : public ComboBox {
  Q_OBJECT
  Q_PROPERTY(QString placeholder READ placeholder WRITE setPlaceholder)

 public:
  explicit ChoiceBox(QWidget* parent = nullptr);
  /// Sets text and list without telling.
  void setChoices(const QStringList& choices, const QString& text);
  /// Something was written that is not settled.
  [[nodiscard]] bool writing() const;
  [[nodiscard]] QString placeholder() const;
  void setPlaceholder(const QString& words);

 Q_SIGNALS:
  /// Another text than the one before was settled.
  void settled(const QString& text);

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void settle();

  QString text_;
};

}  // namespace sonotwin::workstation
