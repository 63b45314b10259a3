// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QPointF>
#include <QString>
#include <QUndoStack>
#include <array>
#include <optional>
#include <vector>

namespace sonotwin::workstation {

/// A distance between two points of one frame, in picture coordinates.
struct Caliper {
  int frame = 0;
  QPointF a, b;
  bool operator==(const Caliper&) const = default;
};

/// Length by the pixel size (x, y) in mm. Columns and rows count by their own size.
[[nodiscard]] double length_mm(const Caliper& caliper, const std::array<double, 2>& spacing_mm);
[[nodiscard]] double length_px(const Caliper& caliper);
/// "47.9 mm", or "354 px" where the clip is not calibrated.
[[nodiscard]] QString lengthText(const Caliper& caliper,
                                 const std::optional<std::array<double, 2>>& spacing_mm);

/// The distances drawn on one clip, with undo.
class Calipers : public QObject {
  Q_OBJECT

 public:
  explicit Calipers(QObject* parent = nullptr);

  [[nodiscard]] const std::vector<Caliper>& all() const { return calipers_; }
  void add(const Caliper& caliper);
  void replace(int index, const Caliper& caliper);
  void remove(int index);
  /// Of another clip; forgets what could be undone.
  void setAll(std::vector<Caliper> calipers);
  [[nodiscard]] QUndoStack& undoStack() { return undo_; }

 Q_SIGNALS:
  void changed();

 private:
  class Edit;
  void edit(const QString& name, std::vector<Caliper> after);

  std::vector<Caliper> calipers_;
  QUndoStack undo_;
};

}  // namespace sonotwin::workstation
