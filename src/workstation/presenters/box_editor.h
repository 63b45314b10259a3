// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QPointF>
#include <QSize>
#include <QSizeF>
#include <QString>
#include <QUndoStack>
#include <optional>
#include <vector>

#include "sonotwin/media/clip.h"

namespace sonotwin::workstation {

using Boxes = std::vector<media::PixelRectangle>;

/// What a point of the picture takes hold of.
struct Hold {
  int box = -1;    ///< -1: of none
  int x_side = 0;  ///< -1: by its left edge, 1: by its right one
  int y_side = 0;  ///< -1: by its upper edge, 1: by its lower one; neither: the whole box moves
  bool operator==(const Hold&) const = default;
};

/// Boxes on a picture, drawn, moved and resized by whole pixels, with undo. They stay inside it.
/// Points are picture coordinates: pixel centres at integers.
class BoxEditor : public QObject {
  Q_OBJECT

 public:
  explicit BoxEditor(QObject* parent = nullptr);

  /// Those of another picture, cut to it; forgets what could be undone.
  void setAll(QSize picture_px, const Boxes& boxes);
  /// As drawn so far, a drag included.
  [[nodiscard]] const Boxes& all() const { return boxes_; }
  /// -1: none.
  [[nodiscard]] int selected() const { return selected_; }
  void select(int box);
  /// The box after (or before) the selected one, around the end.
  void selectNext(int step);

  /// @param reach  how far from an edge of the selected box it is still taken hold of, in pixels
  [[nodiscard]] Hold holdAt(QPointF picture, QSizeF reach) const;

  /// A drag moves or resizes what it takes hold of and draws a new box on empty ground: begin, any
  /// number of moves, end. One undo step; a drag within `reach` is a click and only selects.
  /// @param draw  draws a new box whatever lies under the point
  void beginDrag(QPointF picture, QSizeF reach, bool draw = false);
  void moveDrag(QPointF picture);
  void endDrag();
  void cancelDrag();
  [[nodiscard]] bool dragging() const { return drag_.has_value(); }

  // The same from the keyboard.
  void add(const media::PixelRectangle& box);
  void addInMiddle();
  void moveSelected(int columns, int rows);
  /// Moves its right and lower edge.
  void growSelected(int columns, int rows);
  void removeSelected();
  void removeAll();

  [[nodiscard]] QUndoStack& undoStack() { return undo_; }

 Q_SIGNALS:
  /// Boxes or selection.
  void changed();

 private:
  class Edit;
  struct Drag {
    Hold hold;  ///< of none: a new box
    QPointF from;
    QSizeF reach;
    media::PixelRectangle box;  ///< as it was
    Boxes before;
    bool moved = false;
  };

  void push(const QString& name, Boxes before, bool joins = false);
  void change(const QString& name, const media::PixelRectangle& box, bool joins);
  [[nodiscard]] media::PixelRectangle moved(const media::PixelRectangle& box, int columns,
                                            int rows) const;
  [[nodiscard]] media::PixelRectangle resized(const media::PixelRectangle& box, const Hold& hold,
                                              int columns, int rows) const;
  [[nodiscard]] std::optional<media::PixelRectangle> spanned(QPointF a, QPointF b) const;

  QSize picture_px_;
  Boxes boxes_;
  int selected_ = -1;
  std::optional<Drag> drag_;
  QUndoStack undo_;
};

}  // namespace sonotwin::workstation
