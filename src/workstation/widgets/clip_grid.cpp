// SPDX-License-Identifier: Apache-2.0
#include "widgets/clip_grid.h"

#include <QResizeEvent>
#include <QScrollBar>
#include <QStyle>
#include <algorithm>

#include "widgets/delegates.h"

namespace sonotwin::workstation {
namespace {
constexpr int kSmallestCard = 160;
constexpr double kPictureShare = 0.70;  ///< height over width
constexpr int kBelowPicture = 64;       ///< caption and gap
}  // namespace

ClipGrid::ClipGrid(QWidget* parent) : QListView(parent), delegate_(new ClipDelegate(this)) {
  setItemDelegate(delegate_);
  setViewMode(QListView::IconMode);
  setMovement(QListView::Static);
  setResizeMode(QListView::Adjust);
  setUniformItemSizes(true);
  setSelectionMode(QAbstractItemView::SingleSelection);
  setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setAccessibleName(QStringLiteral("Clips of the exam"));
}

void ClipGrid::resizeEvent(QResizeEvent* event) {
  const int bar = style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, verticalScrollBar());
  const int room = width() - 2 * frameWidth() - bar - 1;
  const int columns = std::max(1, room / kSmallestCard);
  const int card_width = room / columns;
  const QSize card(card_width, static_cast<int>(card_width * kPictureShare) + kBelowPicture);
  delegate_->setCardSize(card);
  setGridSize(card);
  QListView::resizeEvent(event);
}

}  // namespace sonotwin::workstation
