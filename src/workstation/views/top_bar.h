// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;

namespace sonotwin::workstation {

class Session;

/// Product, the patient and exam in view, and the search.
class TopBar : public QWidget {
  Q_OBJECT

 public:
  explicit TopBar(Session& session, QWidget* parent = nullptr);
  /// The library shows the whole store's numbers, the other places the patient in view.
  void showStore(bool whole_store);
  void focusSearch();
  /// Typing goes on where it was.
  void resumeSearch();

 Q_SIGNALS:
  void searched(const QString& text);
  /// Enter: the words are meant for all clips.
  void entered(const QString& text);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void takeContext();

  Session& session_;
  bool whole_store_ = true;
  QLabel* subject_;
  QLabel* context_;
  QLineEdit* search_;
  QLabel* key_;
};

}  // namespace sonotwin::workstation
