// SPDX-License-Identifier: Apache-2.0
#include "presenters/box_editor.h"

#include <QUndoCommand>
#include <algorithm>
#include <cmath>
#include <utility>

namespace sonotwin::workstation {
namespace {
using media::PixelRectangle;

constexpr int kNewShare = 5;  ///< a box from the keyboard has this part of the picture's sides
constexpr double kEdgeShare = 0.25;  ///< of a small box's side that an edge takes at most

int pixelAt(double coordinate) {
  return static_cast<int>(std::floor(coordinate + 0.5));
}

int area(const PixelRectangle& box) {
  return (box.x1 - box.x0) * (box.y1 - box.y0);
}

/// Which edge of [low, high] a coordinate is on: -1, 1, or 0 for between them; none: outside.
std::optional<int> sideAt(double at, double low, double high, double reach) {
  if (at < low - reach || at > high + reach) return std::nullopt;
  const double inwards = std::min(reach, kEdgeShare * (high - low));
  if (at <= low + inwards) return -1;
  return at >= high - inwards ? 1 : 0;
}

bool contains(const PixelRectangle& box, QPointF picture) {
  const int col = pixelAt(picture.x()), row = pixelAt(picture.y());
  return box.x0 <= col && col < box.x1 && box.y0 <= row && row < box.y1;
}
}  // namespace

class BoxEditor::Edit : public QUndoCommand {
 public:
  Edit(BoxEditor& owner, const QString& name, Boxes before, bool joins)
      : QUndoCommand(name),
        owner_(owner),
        before_(std::move(before)),
        after_(owner.boxes_),
        selected_(owner.selected_),
        joins_(joins) {}
  void undo() override { put(before_); }
  void redo() override { put(after_); }
  [[nodiscard]] int id() const override { return joins_ ? 1 : -1; }
  bool mergeWith(const QUndoCommand* later) override {
    const auto& next = static_cast<const Edit&>(*later);
    if (next.selected_ != selected_) return false;
    after_ = next.after_;
    return true;
  }

 private:
  void put(const Boxes& boxes) {
    owner_.drag_.reset();
    owner_.boxes_ = boxes;
    owner_.selected_ = selected_ < std::ssize(boxes) ? selected_ : -1;
    Q_EMIT owner_.changed();
  }

  BoxEditor& owner_;
  Boxes before_, after_;
  int selected_;
  bool joins_;
};

BoxEditor::BoxEditor(QObject* parent) : QObject(parent) {}

void BoxEditor::setAll(QSize picture_px, const Boxes& boxes) {
  drag_.reset();
  undo_.clear();
  selected_ = -1;
  picture_px_ = picture_px;
  boxes_.clear();
  for (PixelRectangle box : boxes) {
    box = {std::max(box.x0, 0), std::max(box.y0, 0), std::min(box.x1, picture_px.width()),
           std::min(box.y1, picture_px.height())};
    if (box.x0 < box.x1 && box.y0 < box.y1) boxes_.push_back(box);
  }
  Q_EMIT changed();
}

void BoxEditor::select(int box) {
  if (box == selected_ || box >= std::ssize(boxes_)) return;
  selected_ = std::max(box, -1);
  Q_EMIT changed();
}

void BoxEditor::selectNext(int step) {
  const int count = static_cast<int>(boxes_.size());
  if (count == 0) return;
  const int begin = selected_ < 0 && step < 0 ? 0 : selected_;
  select((begin + step + count) % count);
}

Hold BoxEditor::holdAt(QPointF picture, QSizeF reach) const {
  if (selected_ >= 0) {
    const PixelRectangle& box = boxes_[static_cast<std::size_t>(selected_)];
    const auto x = sideAt(picture.x(), box.x0 - 0.5, box.x1 - 0.5, reach.width());
    const auto y = sideAt(picture.y(), box.y0 - 0.5, box.y1 - 0.5, reach.height());
    if (x && y && (*x != 0 || *y != 0)) return {selected_, *x, *y};
  }
  Hold hold;
  for (int i = 0; i < std::ssize(boxes_); ++i) {
    const PixelRectangle& box = boxes_[static_cast<std::size_t>(i)];
    if (!contains(box, picture)) continue;
    // The smaller of two that lie one in the other could not be reached otherwise.
    if (hold.box < 0 || area(box) <= area(boxes_[static_cast<std::size_t>(hold.box)])) {
      hold.box = i;
    }
  }
  return hold;
}

void BoxEditor::beginDrag(QPointF picture, QSizeF reach, bool draw) {
  if (drag_ || picture_px_.isEmpty()) return;
  const Hold hold = draw ? Hold() : holdAt(picture, reach);
  drag_ = Drag{hold, picture, reach, {}, boxes_, false};
  if (hold.box >= 0) drag_->box = boxes_[static_cast<std::size_t>(hold.box)];
  select(hold.box);
}

void BoxEditor::moveDrag(QPointF picture) {
  if (!drag_) return;
  const QPointF way = picture - drag_->from;
  drag_->moved = drag_->moved || std::abs(way.x()) > drag_->reach.width() / 2.0 ||
                 std::abs(way.y()) > drag_->reach.height() / 2.0;
  if (!drag_->moved) return;
  const int columns = static_cast<int>(std::lround(way.x()));
  const int rows = static_cast<int>(std::lround(way.y()));
  const Hold& hold = drag_->hold;
  boxes_ = drag_->before;
  if (hold.box < 0) {
    const auto box = spanned(drag_->from, picture);
    if (box) boxes_.push_back(*box);
    selected_ = box ? static_cast<int>(boxes_.size()) - 1 : -1;
  } else {
    const bool whole = hold.x_side == 0 && hold.y_side == 0;
    boxes_[static_cast<std::size_t>(hold.box)] =
        whole ? moved(drag_->box, columns, rows) : resized(drag_->box, hold, columns, rows);
  }
  Q_EMIT changed();
}

void BoxEditor::endDrag() {
  if (!drag_) return;
  const Drag drag = *std::exchange(drag_, std::nullopt);
  if (boxes_ == drag.before) return;
  push(drag.hold.box < 0 ? QStringLiteral("new box") : QStringLiteral("change of a box"),
       drag.before);
}

void BoxEditor::cancelDrag() {
  if (!drag_) return;
  boxes_ = std::exchange(drag_, std::nullopt)->before;
  if (selected_ >= std::ssize(boxes_)) selected_ = -1;
  Q_EMIT changed();
}

void BoxEditor::add(const PixelRectangle& box) {
  endDrag();
  const Boxes before = boxes_;
  boxes_.push_back(box);
  selected_ = static_cast<int>(boxes_.size()) - 1;
  push(QStringLiteral("new box"), before);
}

void BoxEditor::addInMiddle() {
  if (picture_px_.isEmpty()) return;
  const int width = std::max(1, picture_px_.width() / kNewShare);
  const int height = std::max(1, picture_px_.height() / kNewShare);
  const int x0 = (picture_px_.width() - width) / 2, y0 = (picture_px_.height() - height) / 2;
  add({x0, y0, x0 + width, y0 + height});
}

void BoxEditor::moveSelected(int columns, int rows) {
  if (selected_ < 0) return;
  const auto& box = boxes_[static_cast<std::size_t>(selected_)];
  change(QStringLiteral("move of a box"), moved(box, columns, rows), true);
}

void BoxEditor::growSelected(int columns, int rows) {
  if (selected_ < 0) return;
  const auto& box = boxes_[static_cast<std::size_t>(selected_)];
  change(QStringLiteral("size of a box"), resized(box, {selected_, 1, 1}, columns, rows), true);
}

void BoxEditor::removeSelected() {
  endDrag();
  if (selected_ < 0) return;
  const Boxes before = boxes_;
  boxes_.erase(boxes_.begin() + selected_);
  selected_ = std::min(selected_, static_cast<int>(boxes_.size()) - 1);
  push(QStringLiteral("removal of a box"), before);
}

void BoxEditor::removeAll() {
  endDrag();
  if (boxes_.empty()) return;
  const Boxes before = std::exchange(boxes_, {});
  selected_ = -1;
  push(QStringLiteral("removal of all boxes"), before);
}

void BoxEditor::change(const QString& name, const PixelRectangle& box, bool joins) {
  endDrag();
  const Boxes before = boxes_;
  boxes_[static_cast<std::size_t>(selected_)] = box;
  if (boxes_ != before) push(name, before, joins);
}

void BoxEditor::push(const QString& name, Boxes before, bool joins) {
  undo_.push(new Edit(*this, name, std::move(before), joins));
}

PixelRectangle BoxEditor::moved(const PixelRectangle& box, int columns, int rows) const {
  const int dx = std::clamp(columns, -box.x0, picture_px_.width() - box.x1);
  const int dy = std::clamp(rows, -box.y0, picture_px_.height() - box.y1);
  return {box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy};
}

PixelRectangle BoxEditor::resized(const PixelRectangle& box, const Hold& hold, int columns,
                                  int rows) const {
  PixelRectangle result = box;
  if (hold.x_side < 0) result.x0 = std::clamp(box.x0 + columns, 0, box.x1 - 1);
  if (hold.x_side > 0) result.x1 = std::clamp(box.x1 + columns, box.x0 + 1, picture_px_.width());
  if (hold.y_side < 0) result.y0 = std::clamp(box.y0 + rows, 0, box.y1 - 1);
  if (hold.y_side > 0) result.y1 = std::clamp(box.y1 + rows, box.y0 + 1, picture_px_.height());
  return result;
}

std::optional<PixelRectangle> BoxEditor::spanned(QPointF a, QPointF b) const {
  const PixelRectangle box = {std::max(pixelAt(std::min(a.x(), b.x())), 0),
                              std::max(pixelAt(std::min(a.y(), b.y())), 0),
                              std::min(pixelAt(std::max(a.x(), b.x())) + 1, picture_px_.width()),
                              std::min(pixelAt(std::max(a.y(), b.y())) + 1, picture_px_.height())};
  if (box.x0 >= box.x1 || box.y0 >= box.y1) return std::nullopt;
  return box;
}

}  // namespace sonotwin::workstation
