// SPDX-License-Identifier: Apache-2.0
#include "presenters/clip_table.h"

#include <algorithm>
#include <utility>

#include "presenters/words.h"

namespace sonotwin::workstation {
namespace {
QStringList badges(const store::ClipRow& clip) {
  QStringList badges;
  if (clip.surface_count > 0) badges << QStringLiteral("3D");
  if (clip.tracked) badges << QStringLiteral("tracked");
  if (clip.annotated) badges << QStringLiteral("drawn on");
  return badges;
}

QString text(const store::ClipRow& clip, int column) {
  switch (column) {
    case ClipTable::kPatient:
      return words::from(clip.patient_id);
    case ClipTable::kDay:
      return clip.day_known ? words::day(clip.day) : QStringLiteral("unknown");
    case ClipTable::kClip:
      return words::title(clip);
    case ClipTable::kRegion:
      return words::region(clip.body_region);
    case ClipTable::kFrames:
      return QString::number(clip.frames);
    case ClipTable::kDevice:
      return words::from(clip.device_model);
    default:
      return {};
  }
}
}  // namespace

void ClipTable::setClips(std::vector<store::ClipRow> clips) {
  bringTo(clips_, std::move(clips), &store::ClipRow::id);
}

QModelIndex ClipTable::indexOf(const std::string& clip_id) const {
  const auto found = std::ranges::find(clips_, clip_id, &store::ClipRow::id);
  return found == clips_.end() ? QModelIndex() : index(static_cast<int>(found - clips_.begin()), 0);
}

int ClipTable::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(clips_.size());
}

int ClipTable::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumns;
}

QVariant ClipTable::data(const QModelIndex& index, int role) const {
  const store::ClipRow& clip = clips_.at(static_cast<std::size_t>(index.row()));
  const int column = index.column();
  switch (role) {
    case Qt::DisplayRole:
      return text(clip, column);
    case Qt::AccessibleTextRole:
      return column == kBadges ? badges(clip).join(QStringLiteral(", ")) : text(clip, column);
    case kIdRole:
      return words::from(clip.id);
    case kBadgesRole:
      return column == kBadges ? badges(clip) : QStringList();
    default:
      return {};
  }
}

QVariant ClipTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) return int(Qt::AlignLeft | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  static const QStringList kNames = {QStringLiteral("Patient"),
                                     QStringLiteral("Exam"),
                                     QStringLiteral("Clip"),
                                     QStringLiteral("Region"),
                                     QStringLiteral("Frames"),
                                     QStringLiteral("Device"),
                                     QString()};
  return kNames.value(section);
}

}  // namespace sonotwin::workstation
