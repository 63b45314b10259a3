// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "presenters/box_editor.h"
#include "presenters/frame_player.h"
#include "presenters/session.h"

namespace sonotwin::workstation {

/// Objects that wait until a person has looked at their pictures: one of them in view, its frames,
/// and the boxes to be blanked. Boxes drawn on one stay while others are looked at.
class Quarantine : public QObject {
  Q_OBJECT

 public:
  explicit Quarantine(Session& session, QObject* parent = nullptr);

  /// The place has come into view: pictures are read from now on, and the list again.
  void look();
  /// What nobody has decided on, in order of arrival.
  [[nodiscard]] const std::vector<store::QuarantineRow>& rows() const { return rows_; }
  /// The one in view; null where nothing waits.
  [[nodiscard]] const store::QuarantineRow* row() const;
  /// -1: none.
  [[nodiscard]] int index() const;
  void select(int index);
  /// The one after it, from the last one on to the first.
  void next();

  /// Null while it is read.
  [[nodiscard]] const std::shared_ptr<const media::Clip>& clip() const { return clip_; }
  [[nodiscard]] FramePlayer& frames() { return frames_; }
  [[nodiscard]] BoxEditor& boxes() { return boxes_; }
  /// The box is where text was found, untouched.
  [[nodiscard]] bool found(const media::PixelRectangle& box) const;
  /// Frames that were not on screen yet: text may come and go.
  [[nodiscard]] int framesUnseen() const;
  [[nodiscard]] bool settled() const { return !loading_ && !frames_.waiting(); }

  /// Objects whose boxes a person changed and has not decided on: they are nowhere but here.
  [[nodiscard]] int undecided() const;
  /// It can be decided on: its pictures are there.
  [[nodiscard]] bool ready() const { return clip_ != nullptr; }
  /// Hands the object in view to a job that blanks the boxes and takes it into the store, and goes
  /// on to the next; where the job fails, it waits again with its boxes.
  void release();
  /// The same for a job that removes it. @param reason  in words, kept in the log
  void reject(const QString& reason);

 Q_SIGNALS:
  void rowsChanged();
  /// Another object in view, or its pictures have come.
  void selected();
  /// Another frame is on screen.
  void pictureChanged();
  void failed(const QString& error);

 private:
  /// What a person did on an object so far.
  struct Work {
    Boxes boxes;
    std::set<int> seen;
  };

  void takeWaiting();
  void choose(const std::string& id);
  void takeClip(std::shared_ptr<const media::Clip> clip);
  void takePicture();
  void takeEnd(const JobOutcome& outcome);
  void decide(Job job);

  Session& session_;
  std::vector<store::QuarantineRow> rows_;
  std::deque<std::string> deciding_;  ///< those that jobs were given, in the jobs' order
  std::string id_;
  std::shared_ptr<const media::Clip> clip_;
  FramePlayer frames_;
  BoxEditor boxes_;
  std::map<std::string, Work> work_;
  bool wanted_ = false;
  bool loading_ = false;
};

}  // namespace sonotwin::workstation
