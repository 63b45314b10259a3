// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>

#include "presenters/clip_content.h"
#include "presenters/frame_player.h"

namespace sonotwin::workstation {

/// The frame in view of the selected clip: one for all workspaces, so that Review, Annotate and 3D
/// look at the same moment.
class ClipPlayer : public QObject {
  Q_OBJECT

 public:
  ClipPlayer(Session& session, ClipContent& content, QObject* parent = nullptr);

  [[nodiscard]] Session& session() { return session_; }
  [[nodiscard]] ClipContent& content() { return content_; }
  [[nodiscard]] Cine& cine() { return frames_.cine(); }

  /// What is on screen; null before the first frame is decoded.
  [[nodiscard]] const Picture& picture() const { return frames_.picture(); }
  /// The frame that `picture` is of: behind `cine` where decoding is slower than playing.
  [[nodiscard]] int shownFrame() const { return frames_.shownFrame(); }
  /// Its mask; null where it has none.
  [[nodiscard]] const media::FrameMask* shownMask() const { return content_.maskOf(shownFrame()); }

  /// Name of the enhancement; empty: as stored.
  [[nodiscard]] const QString& recipe() const { return recipe_; }
  void setRecipe(const QString& name);

  /// Plays as soon as the clip that is being selected is there.
  void playWhenLoaded();
  /// Nothing is on its way.
  [[nodiscard]] bool settled() const { return !content_.loading() && !frames_.waiting(); }

 Q_SIGNALS:
  /// Another picture, or none.
  void pictureChanged();
  void failed(const QString& error);

 private:
  void takeClip();

  Session& session_;
  ClipContent& content_;
  FramePlayer frames_;
  QString recipe_;
  bool play_when_loaded_ = false;
};

}  // namespace sonotwin::workstation
