// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <optional>

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

  /// The same frame as it is stored.
  [[nodiscard]] const Picture& original() const { return frames_.original(); }
  /// What enhancing the shown frame took; 0 as stored.
  [[nodiscard]] double enhance_s() const { return frames_.enhance_s(); }

  /// The enhancement; none: as stored.
  [[nodiscard]] const std::optional<enhance::Recipe>& recipe() const { return recipe_; }
  void setRecipe(const std::optional<enhance::Recipe>& recipe);

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
  std::optional<enhance::Recipe> recipe_;
  bool play_when_loaded_ = false;
};

}  // namespace sonotwin::workstation
