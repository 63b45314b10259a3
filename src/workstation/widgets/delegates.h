// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStyledItemDelegate>

namespace sonotwin::workstation {

/// Rows of patients and clips: pseudonym in bold, badges as pills, the selected row on its ground.
class PatientDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                               const QModelIndex& index) const override;
};

/// Plain rows of a list or table: a name, a detail beside it, a badge.
class RowDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  enum Role { kDetailRole = Qt::UserRole + 100, kBadgeRole };
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                               const QModelIndex& index) const override;
};

/// Cells that are written in; the current one has a frame.
class CellDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
};

/// Rows of a narrow list: a name and, of masks, at the right the state that a person gave.
class VersionDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  enum Role { kStateRole = Qt::UserRole + 300 };
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                               const QModelIndex& index) const override;
};

/// Steps of a recipe: a box that switches each on and off, by a click or Space, and its name.
class StepDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                               const QModelIndex& index) const override;

 protected:
  bool editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;
};

/// What waits in the quarantine, in three lines: whose and since when, how much, why.
class WaitingDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  enum Role { kSinceRole = Qt::UserRole + 200, kDetailRole, kReasonRole };
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                               const QModelIndex& index) const override;
};

/// A clip's card: picture, number of frames, what it is and what was made from it.
class ClipDelegate : public QStyledItemDelegate {
  Q_OBJECT

 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void setCardSize(QSize size) { card_ = size; }
  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    return card_;
  }

 private:
  QSize card_ = {184, 186};
};

}  // namespace sonotwin::workstation
