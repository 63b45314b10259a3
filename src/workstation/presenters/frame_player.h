// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <optional>

#include "presenters/cine.h"
#include "presenters/frame_loader.h"

namespace sonotwin::workstation {

/// Plays one clip: which frame is due, and its picture as soon as it is decoded.
class FramePlayer : public QObject {
  Q_OBJECT

 public:
  explicit FramePlayer(QObject* parent = nullptr);

  /// Null: no picture. Stops and goes to the first frame.
  void setClip(std::shared_ptr<const media::Clip> clip);
  /// None: as stored.
  void setRecipe(std::optional<enhance::Recipe> recipe);

  [[nodiscard]] Cine& cine() { return cine_; }
  /// What is on screen; null before the first frame is decoded.
  [[nodiscard]] const Picture& picture() const { return loaded_.picture; }
  /// The same frame without a recipe.
  [[nodiscard]] const Picture& original() const { return loaded_.original; }
  /// What applying the recipe to it took; 0 without one.
  [[nodiscard]] double enhance_s() const { return loaded_.enhance_s; }
  /// The frame that `picture` is of: behind `cine` where decoding is slower than playing.
  [[nodiscard]] int shownFrame() const { return shown_frame_; }
  /// A picture is on its way.
  [[nodiscard]] bool waiting() const { return loader_.waiting(); }

 Q_SIGNALS:
  /// Another picture, or none.
  void pictureChanged();
  void failed(const QString& error);

 private:
  void show(int frame);
  void take(int frame, const LoadedFrame& loaded);

  Cine cine_;
  FrameLoader loader_;
  bool has_clip_ = false;
  LoadedFrame loaded_;
  int shown_frame_ = 0;
};

}  // namespace sonotwin::workstation
