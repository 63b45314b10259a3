// SPDX-License-Identifier: Apache-2.0
#include "widgets/choice_box.h"

#include <QCompleter>
#include <QKeyEvent>
#include <QLineEdit>
#include <QSignalBlocker>

namespace sonotwin::workstation {

ChoiceBox::ChoiceBox(QWidget* parent) : ComboBox(parent) {
  setEditable(true);
  setInsertPolicy(QComboBox::NoInsert);
  completer()->setCompletionMode(QCompleter::PopupCompletion);
  completer()->setFilterMode(Qt::MatchContains);
  connect(lineEdit(), &QLineEdit::editingFinished, this, &ChoiceBox::settle);
  connect(this, &QComboBox::activated, this, &ChoiceBox::settle);
}

void ChoiceBox::setChoices(const QStringList& choices, const QString& text) {
  text_ = text;
  const QSignalBlocker quiet(this);
  clear();
  addItems(choices);
  setCurrentIndex(findText(text, Qt::MatchFixedString));
  setEditText(text);
  lineEdit()->setCursorPosition(0);
}

bool ChoiceBox::writing() const {
  return lineEdit()->hasFocus() && currentText() != text_;
}

QString ChoiceBox::placeholder() const {
  return lineEdit()->placeholderText();
}

void ChoiceBox::setPlaceholder(const QString& words) {
  lineEdit()->setPlaceholderText(words);
}

void ChoiceBox::settle() {
  const QString text = currentText().simplified();
  if (text == text_) return;
  text_ = text;
  Q_EMIT settled(text);
}

void ChoiceBox::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape && currentText() != text_) {
    setEditText(text_);
  } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
    settle();  // not for the workspace, where Enter opens the clip
  } else {
    ComboBox::keyPressEvent(event);
  }
}

}  // namespace sonotwin::workstation
