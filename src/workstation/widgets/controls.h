// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <utility>

class QAbstractButton;
class QBoxLayout;
class QKeySequence;
class QSlider;

namespace sonotwin::workstation {

/// Gives a control its name for screen readers and its tooltip, with the key where it has one.
void describe(QWidget* control, const QString& name, const QString& key = {},
              const QString& more = {});

/// Clicks a button at once while it can be seen and used; its words may change.
void clickOn(QAbstractButton* button, const QKeySequence& key);

/// The look of a label or button in the style sheet: "main", "quiet", "faint", "badge", ...
void setRole(QWidget* widget, const char* role);

[[nodiscard]] QLabel* label(const QString& text, const char* role = nullptr,
                            QWidget* parent = nullptr);
/// Heading of a panel: small capitals.
class Heading : public QLabel {
  Q_OBJECT

 public:
  explicit Heading(QWidget* parent = nullptr) : Heading(QString(), parent) {}
  explicit Heading(const QString& text, QWidget* parent = nullptr);
};

[[nodiscard]] QWidget* line(QWidget* parent = nullptr);

/// Where the middle of a horizontal slider's handle stands at its least and its greatest value, in
/// pixels of the slider.
[[nodiscard]] std::pair<double, double> handleTravel(const QSlider& slider);

/// A square button with an icon.
[[nodiscard]] QPushButton* iconButton(const QString& icon, const char* role, const QString& name,
                                      const QString& key, QWidget* parent = nullptr);

/// A button that shows its key, set by `describe`, at its right edge.
class KeyButton : public QPushButton {
  Q_OBJECT

 public:
  using QPushButton::QPushButton;

 protected:
  void paintEvent(QPaintEvent* event) override;
};

/// A combo box with a chevron in the theme's colours, that a wheel over a scrolling panel leaves
/// alone.
class ComboBox : public QComboBox {
  Q_OBJECT

 public:
  explicit ComboBox(QWidget* parent = nullptr);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
};

/// Keys of a workspace in one line: "Space play  ← → frame".
class KeyHints : public QWidget {
  Q_OBJECT

 public:
  explicit KeyHints(QWidget* parent = nullptr) : QWidget(parent) {}
  /// Pairs of key (several separated by a space; held together by a +) and word.
  void setHints(const QList<std::pair<QString, QString>>& hints);
};

/// Says what a place is for while it has nothing to show, and offers the one next step.
class EmptyState : public QWidget {
  Q_OBJECT

 public:
  explicit EmptyState(QWidget* parent = nullptr);
  /// @param action  empty: no step can be offered here
  void setWords(const QString& title, const QString& text, const QString& action = {});
  [[nodiscard]] QPushButton* button() { return button_; }

 private:
  QLabel* title_;
  QLabel* text_;
  QPushButton* button_;
};

}  // namespace sonotwin::workstation
