// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "presenters/clip_list.h"
#include "presenters/exam_protocol.h"
#include "presenters/session.h"

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace sonotwin::workstation {

class ClipGrid;
class ComboBox;
class ExamTimeline;
class Heading;

/// The patient in view: exams on a time line, what an acquisition protocol finds missing, the
/// clips of one exam, and which other pseudonyms are the same person.
class ExamsPanel : public QWidget {
  Q_OBJECT

 public:
  explicit ExamsPanel(Session& session, QWidget* parent = nullptr);

  [[nodiscard]] bool settled() const { return !clips_.loading(); }

 Q_SIGNALS:
  void openClip();
  /// Something was done, in words.
  void said(const QString& what);

 private:
  QHBoxLayout* buildPeople();
  QWidget* buildProtocol();
  void connectAll();
  void takePatient();
  void takeStudy();
  void takeProtocols();
  void takeViews();
  void editProtocols();
  void askMerge();
  void askUnmerge(const std::string& id);

  Session& session_;
  ClipList clips_;
  ExamProtocol protocol_;
  QWidget* also_ = nullptr;
  QPushButton* merge_ = nullptr;
  ExamTimeline* timeline_;
  QWidget* protocol_row_ = nullptr;
  ComboBox* protocols_ = nullptr;
  QLabel* views_ = nullptr;
  Heading* exam_heading_;
  ClipGrid* grid_;
  bool following_ = false;  ///< selection comes from the session, not from the person
};

}  // namespace sonotwin::workstation
