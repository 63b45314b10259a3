// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>

namespace sonotwin::workstation {

/// What the person at this desk chose, kept between starts in a file of that person's own.
class Preferences : public QObject {
  Q_OBJECT

 public:
  explicit Preferences(QObject* parent = nullptr);

  /// Who is named beside what is drawn, released and merged here: the name that was chosen, else
  /// "workstation". Never taken from the system, which may know a person's real name.
  [[nodiscard]] QString author() const;
  [[nodiscard]] bool authorChosen() const { return !author_.isEmpty(); }
  /// One line of at most 40 characters; empty, and what the program calls itself: none chosen.
  void setAuthor(const QString& name);

 Q_SIGNALS:
  void changed();

 private:
  QString author_;
};

}  // namespace sonotwin::workstation
