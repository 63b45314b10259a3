// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QPointF>
#include <QRect>
#include <QString>
#include <QUndoStack>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "presenters/clip_player.h"
#include "sonotwin/media/mask.h"

namespace sonotwin::workstation {

enum class Tool { kBrush, kEraser };

/// Drawing on the masks of a clip's frames, with undo. What is drawn becomes a new version of the
/// mask; the one it was drawn from stays.
class Annotation : public QObject {
  Q_OBJECT

 public:
  explicit Annotation(ClipPlayer& player, QObject* parent = nullptr);
  ~Annotation() override;

  [[nodiscard]] const std::vector<media::Label>& labels() const { return labels_; }
  /// A further label, for a clip that has no mask yet or a structure that is new to it.
  void addLabel(const QString& name);
  [[nodiscard]] int label() const { return label_; }
  void setLabel(int value);
  [[nodiscard]] Tool tool() const { return tool_; }
  void setTool(Tool tool);
  /// Diameter of brush and eraser, in picture columns.
  [[nodiscard]] int size_px() const { return size_px_; }
  void setSize(int size_px);

  /// The mask of the frame in view as drawn so far; null where nothing is drawn.
  [[nodiscard]] const media::FrameMask* frameMask() const;
  /// Frames that have a mask, and those drawn on since the last version.
  [[nodiscard]] bool hasMask(int frame) const { return masks_.contains(frame); }
  [[nodiscard]] bool drawn(int frame) const { return drawn_.contains(frame); }

  /// A stroke of the tool through picture points: begin, any number of moves, end. One undo step.
  void beginStroke(QPointF picture);
  void moveStroke(QPointF picture);
  void endStroke();
  /// What is on the way of drawing here; empty where nothing is.
  [[nodiscard]] QString obstacle() const;
  [[nodiscard]] bool stroking() const { return stroke_ != nullptr; }

  [[nodiscard]] QUndoStack& undoStack() { return undo_; }
  /// Strokes that are not in the store.
  [[nodiscard]] int unsavedStrokes() const;
  /// Hands what is drawn to a job that saves it as a new version; nothing without strokes.
  void save();

 Q_SIGNALS:
  /// Labels, tool or size.
  void settingsChanged();
  /// The mask of a frame.
  void drawnChanged();

 private:
  class Stroke;
  /// Strokes on their way into the store, in the jobs' order.
  struct Saving {
    std::string clip_id;
    std::shared_ptr<std::string> version;
    std::map<int, int> strokes;  ///< frame → how many
  };
  void takeMask();
  void takeClip();
  void takeEnd(const JobOutcome& outcome);
  void stamp(QPointF from, QPointF to);
  [[nodiscard]] bool holdsSame(const media::ClipMask& mask) const;
  [[nodiscard]] std::shared_ptr<const media::ClipMask> collected() const;

  ClipPlayer& player_;
  std::vector<media::Label> labels_;
  int label_ = 1;
  Tool tool_ = Tool::kBrush;
  int size_px_ = 12;
  std::map<int, media::FrameMask> masks_;
  std::map<int, int> drawn_;  ///< frame → strokes since the last version
  std::deque<Saving> saving_;
  std::string clip_id_;  ///< whose masks these are
  QString object_;       ///< the clip in words, for the job
  /// Id of the mask that the next version is drawn from. Jobs read it and put theirs there, so
  /// that it is read on their thread alone.
  std::shared_ptr<std::string> version_ = std::make_shared<std::string>();
  std::unique_ptr<Stroke> stroke_;  ///< while the button is down
  QPointF last_point_;
  QUndoStack undo_;
};

}  // namespace sonotwin::workstation
