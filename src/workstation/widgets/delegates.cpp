// SPDX-License-Identifier: Apache-2.0
#include "widgets/delegates.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QStyleOptionButton>
#include <algorithm>

#include "presenters/clip_list.h"
#include "presenters/patient_table.h"
#include "theme/theme.h"
#include "theme/tokens.h"

namespace sonotwin::workstation {
namespace {
using tokens::colour;
constexpr int kRowHeight = 34;
constexpr int kWaitingLine = 19;
constexpr int kStepHeight = 32;
constexpr int kSwitch = 14;
constexpr int kSwitchRoom = 38;  ///< that a click into switches the step
constexpr int kGap = 12;         ///< between cards
constexpr int kCaptionHeight = 52;

/// @returns where the next one may begin
int paintBadge(QPainter& painter, int x, int middle_y, const QString& text, QRgb ground,
               QRgb words) {
  painter.setFont(theme::font(tokens::kCaptionSize_px));
  const int width = painter.fontMetrics().horizontalAdvance(text) + 16;
  const QRect pill(x, middle_y - 9, width, 18);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour(ground));
  painter.drawRoundedRect(pill, 9, 9);
  painter.setPen(colour(words));
  painter.drawText(pill, Qt::AlignCenter, text);
  return pill.right() + 6;
}

QRect switchOf(const QRect& row) {
  return {row.left() + 14, row.center().y() - kSwitch / 2, kSwitch, kSwitch};
}

/// Ground, separator and mark of a row.
void paintRow(QPainter& painter, const QStyleOptionViewItem& option, bool first_column) {
  const bool selected = option.state & QStyle::State_Selected;
  const bool hovered = option.state & QStyle::State_MouseOver;
  if (selected || hovered) {
    painter.fillRect(option.rect, colour(selected ? tokens::kAccentRow : tokens::kRaised));
  }
  painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                   colour(tokens::kLine));
  if (selected && first_column) {
    const bool focused = option.widget && option.widget->hasFocus();
    painter.fillRect(QRect(option.rect.topLeft(), QSize(focused ? 4 : 2, option.rect.height())),
                     colour(tokens::kAccent));
  }
}

void paintCell(QPainter& painter, const QStyleOptionViewItem& option, const QString& text,
               bool first) {
  const bool selected = option.state & QStyle::State_Selected;
  painter.setFont(theme::font(tokens::kBaseSize_px, first ? QFont::Medium : QFont::Normal));
  painter.setPen(colour(first || selected ? tokens::kText : tokens::kSecondary));
  const QRect place = option.rect.adjusted(first ? 14 : 8, 0, -4, 0);
  painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter,
                   painter.fontMetrics().elidedText(text, Qt::ElideRight, place.width()));
}

void paintPicture(QPainter& painter, const QRect& place, const QImage& image) {
  painter.fillRect(place, colour(tokens::kPicture));
  if (image.isNull()) return;
  const QSizeF fitted = QSizeF(image.size()).scaled(place.size(), Qt::KeepAspectRatioByExpanding);
  const double shown = std::min(1.0, double(place.height()) / fitted.height());
  const double wide = std::min(1.0, double(place.width()) / fitted.width());
  const QSizeF source(image.width() * wide, image.height() * shown);
  painter.drawImage(QRectF(place), image,
                    QRectF(QPointF((image.width() - source.width()) / 2.0,
                                   (image.height() - source.height()) / 2.0),
                           source));
}
}  // namespace

void PatientDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  paintRow(*painter, option, index.column() == 0);
  const QStringList badges = index.data(PatientTable::kBadgesRole).toStringList();
  if (!badges.isEmpty()) {
    int x = option.rect.left() + 4;
    for (const QString& badge : badges) {
      const bool surface = badge == QStringLiteral("3D");
      x = paintBadge(*painter, x, option.rect.center().y(), badge,
                     surface ? tokens::kAccentBadge : tokens::kControl,
                     surface ? tokens::kAccent : tokens::kSecondary);
    }
  } else {
    paintCell(*painter, option, index.data().toString(), index.column() == 0);
  }
  painter->restore();
}

QSize PatientDelegate::sizeHint(const QStyleOptionViewItem& option,
                                const QModelIndex& index) const {
  return {QStyledItemDelegate::sizeHint(option, index).width(), kRowHeight};
}

void RowDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  paintRow(*painter, option, index.column() == 0);
  paintCell(*painter, option, index.data().toString(), index.column() == 0);
  const QRect beside = option.rect.adjusted(160, 0, -120, 0);
  painter->setFont(theme::font(tokens::kBaseSize_px));
  painter->setPen(colour(tokens::kSecondary));
  painter->drawText(beside, Qt::AlignLeft | Qt::AlignVCenter, index.data(kDetailRole).toString());
  const QString badge = index.data(kBadgeRole).toString();
  if (!badge.isEmpty()) {
    paintBadge(*painter, option.rect.right() - 112, option.rect.center().y(), badge,
               tokens::kControl, tokens::kLook);
  }
  painter->restore();
}

QSize RowDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
  return {QStyledItemDelegate::sizeHint(option, index).width(), kRowHeight};
}

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
  painter->save();
  QStyleOptionViewItem plain = option;
  plain.state &= ~QStyle::State_Selected;
  paintRow(*painter, plain, false);
  paintCell(*painter, plain, index.data().toString(), index.column() == 0);
  if (option.state & QStyle::State_Selected) {
    painter->setPen(
        colour(option.state & QStyle::State_HasFocus ? tokens::kAccent : tokens::kFaint));
    painter->drawRect(option.rect.adjusted(0, 0, -1, -2));
  }
  painter->restore();
}

void VersionDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  paintRow(*painter, option, true);
  QStyleOptionViewItem name = option;
  const QString state = index.data(kStateRole).toString();
  if (!state.isEmpty()) {
    const QFontMetrics metrics(theme::font(tokens::kCaptionSize_px));
    const int left = option.rect.right() - metrics.horizontalAdvance(state) - 24;
    const QRgb words = state == QLatin1String("final")      ? tokens::kGood
                       : state == QLatin1String("rejected") ? tokens::kDanger
                                                            : tokens::kSecondary;
    paintBadge(*painter, left, option.rect.center().y(), state, tokens::kControl, words);
    name.rect.setRight(left - 4);
  }
  paintCell(*painter, name, index.data().toString(), true);
  painter->restore();
}

QSize VersionDelegate::sizeHint(const QStyleOptionViewItem& option,
                                const QModelIndex& index) const {
  return {QStyledItemDelegate::sizeHint(option, index).width(), kRowHeight};
}

void StepDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
  const bool on = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  paintRow(*painter, option, true);
  QStyleOptionButton box;
  box.rect = switchOf(option.rect);
  box.state = QStyle::State_Enabled | (on ? QStyle::State_On : QStyle::State_Off);
  option.widget->style()->drawPrimitive(QStyle::PE_IndicatorCheckBox, &box, painter);
  painter->setFont(theme::font(tokens::kBaseSize_px, on ? QFont::Medium : QFont::Normal));
  painter->setPen(colour(on ? tokens::kText : tokens::kSecondary));
  const QString text = index.data().toString() + (on ? QString() : tr(" (off)"));
  const QRect place = option.rect.adjusted(kSwitchRoom, 0, -4, 0);
  painter->drawText(place, Qt::AlignLeft | Qt::AlignVCenter,
                    painter->fontMetrics().elidedText(text, Qt::ElideRight, place.width()));
  painter->restore();
}

QSize StepDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
  return {QStyledItemDelegate::sizeHint(option, index).width(), kStepHeight};
}

bool StepDelegate::editorEvent(QEvent* event, QAbstractItemModel* model,
                               const QStyleOptionViewItem& option, const QModelIndex& index) {
  const bool clicked =
      event->type() == QEvent::MouseButtonRelease &&
      static_cast<QMouseEvent*>(event)->position().x() < option.rect.left() + kSwitchRoom;
  const bool pressed =
      event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Space;
  if (!clicked && !pressed) return false;
  const bool on = index.data(Qt::CheckStateRole).toInt() == Qt::Checked;
  return model->setData(index, on ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

void WaitingDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const {
  painter->save();
  paintRow(*painter, option, true);
  const QRect room = option.rect.adjusted(14, 9, -12, -9);
  const QRect line(room.topLeft(), QSize(room.width(), kWaitingLine));
  const auto say = [&](const QRect& place, int flags, int role, QRgb words) {
    painter->setPen(colour(words));
    const QString text = index.data(role).toString();
    painter->drawText(place, flags | Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(text, Qt::ElideRight, place.width()));
  };
  painter->setFont(theme::font(tokens::kBaseSize_px, QFont::Medium));
  say(line, Qt::AlignLeft, Qt::DisplayRole, tokens::kText);
  painter->setFont(theme::font(tokens::kCaptionSize_px));
  say(line, Qt::AlignRight, kSinceRole, tokens::kSecondary);
  say(line.translated(0, kWaitingLine), Qt::AlignLeft, kDetailRole, tokens::kSecondary);
  say(line.translated(0, 2 * kWaitingLine), Qt::AlignLeft, kReasonRole, tokens::kSecondary);
  painter->restore();
}

QSize WaitingDelegate::sizeHint(const QStyleOptionViewItem& option,
                                const QModelIndex& index) const {
  return {QStyledItemDelegate::sizeHint(option, index).width(), 3 * kWaitingLine + 19};
}

void ClipDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                         const QModelIndex& index) const {
  const bool selected = option.state & QStyle::State_Selected;
  const QRectF card = QRectF(option.rect).adjusted(0.75, 0.75, -kGap - 0.75, -kGap - 0.75);
  const QRect picture(card.left(), card.top(), card.width(), card.height() - kCaptionHeight);
  QPainterPath shape;
  shape.addRoundedRect(card, tokens::kRadius_px, tokens::kRadius_px);
  painter->save();
  painter->setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
  painter->fillPath(shape, colour(tokens::kRaised));
  painter->setClipPath(shape);
  paintPicture(*painter, picture, index.data(Qt::DecorationRole).value<QImage>());
  painter->setClipping(false);
  painter->setPen(QPen(colour(selected ? tokens::kAccent : tokens::kLine), selected ? 1.5 : 1.0));
  painter->setBrush(Qt::NoBrush);
  painter->drawPath(shape);

  painter->setFont(theme::font(tokens::kCaptionSize_px));
  const QRect frames = picture.adjusted(8, 0, -8, -6);
  painter->setPen(QColor(0, 0, 0, 220));
  painter->drawText(frames.translated(1, 1), Qt::AlignLeft | Qt::AlignBottom,
                    index.data(ClipList::kFramesRole).toString());
  painter->setPen(colour(tokens::kText));
  painter->drawText(frames, Qt::AlignLeft | Qt::AlignBottom,
                    index.data(ClipList::kFramesRole).toString());
  if (index.data(ClipList::kTrackedRole).toBool()) {
    const QString word = QStringLiteral("tracked");
    const int width = painter->fontMetrics().horizontalAdvance(word) + 16;
    paintBadge(*painter, picture.right() - width - 6, picture.top() + 16, word,
               tokens::kAccentBadge, tokens::kAccent);
  }
  const QRect words(picture.left() + 10, picture.bottom() + 8, picture.width() - 20, 18);
  painter->setFont(theme::font(tokens::kBaseSize_px, QFont::Medium));
  painter->setPen(colour(tokens::kText));
  painter->drawText(words, Qt::AlignLeft | Qt::AlignVCenter, index.data().toString());
  painter->setFont(theme::font(tokens::kCaptionSize_px));
  painter->setPen(colour(tokens::kSecondary));
  const QString made = index.data(ClipList::kMadeRole).toString();
  painter->drawText(words.translated(0, 18), Qt::AlignLeft | Qt::AlignVCenter,
                    painter->fontMetrics().elidedText(made, Qt::ElideRight, words.width()));
  painter->restore();
}

}  // namespace sonotwin::workstation
