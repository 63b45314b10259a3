// SPDX-License-Identifier: Apache-2.0
#include "presenters/clip_list.h"

#include <algorithm>

#include "presenters/picture.h"
#include "presenters/words.h"

namespace sonotwin::workstation {
namespace {
constexpr int kThumbnail_px = 360;
constexpr int kThumbnailsKept = 400;
}  // namespace

ClipList::ClipList(Session& session, QObject* parent)
    : LastingRows(parent), session_(session), thumbnails_(kThumbnailsKept) {
  connect(&session, &Session::studyChanged, this, &ClipList::takeClips);
  connect(&session, &Session::opened, this, [this] { unreadable_.clear(); });
}

void ClipList::takeClips() {
  if (session_.studyId() == study_id_) {
    bringTo(clips_, session_.clips(), &store::ClipRow::id);
    return;
  }
  beginResetModel();
  study_id_ = session_.studyId();
  clips_ = session_.clips();
  session_.thumbnailReader().clear();
  asked_.clear();
  endResetModel();
}

int ClipList::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(clips_.size());
}

QVariant ClipList::data(const QModelIndex& index, int role) const {
  const store::ClipRow& clip = clips_.at(static_cast<std::size_t>(index.row()));
  const QString id = words::from(clip.id);
  switch (role) {
    case Qt::DisplayRole:
      return words::title(clip);
    case Qt::AccessibleTextRole:
      return QStringLiteral("%1, %2").arg(words::title(clip), words::made(clip));
    case Qt::ToolTipRole:
      return QStringLiteral("%1 · %2 × %3 px").arg(words::kind(clip)).arg(clip.cols).arg(clip.rows);
    case Qt::DecorationRole:
      if (const QImage* image = thumbnails_.object(id)) return *image;
      askThumbnail(id);
      return {};
    case kIdRole:
      return id;
    case kMadeRole:
      return words::made(clip);
    case kFramesRole:
      return words::count(clip.frames, QStringLiteral("frame"), QStringLiteral("frames"));
    case kTrackedRole:
      return clip.tracked;
    default:
      return {};
  }
}

QModelIndex ClipList::indexOf(const std::string& clip_id) const {
  const auto found = std::ranges::find(clips_, clip_id, &store::ClipRow::id);
  return found == clips_.end() ? QModelIndex() : index(static_cast<int>(found - clips_.begin()));
}

void ClipList::askThumbnail(const QString& id) const {
  if (asked_.contains(id) || unreadable_.contains(id)) return;
  asked_.insert(id);
  auto* self = const_cast<ClipList*>(this);
  session_.thumbnailReader().read(
      self,
      [id](const store::Store& store) {
        const media::Clip clip = store.clip(id.toStdString());
        return thumbnail(clip.pixels->frame(clip.info.frame_count / 2), kThumbnail_px);
      },
      [self, id](const QImage& image) {
        self->asked_.remove(id);
        self->thumbnails_.insert(id, new QImage(image));
        const QModelIndex index = self->indexOf(id.toStdString());
        if (index.isValid()) Q_EMIT self->dataChanged(index, index, {Qt::DecorationRole});
      },
      [self, id](const QString&) {
        self->asked_.remove(id);
        self->unreadable_.insert(id);
      });
}

}  // namespace sonotwin::workstation
