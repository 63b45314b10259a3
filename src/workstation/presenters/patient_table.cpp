// SPDX-License-Identifier: Apache-2.0
#include "presenters/patient_table.h"

#include <algorithm>
#include <utility>

#include "presenters/words.h"

namespace sonotwin::workstation {
namespace {
QStringList badges(const PatientEntry& entry) {
  QStringList badges;
  if (entry.row.surface_count > 0) badges << QStringLiteral("3D");
  if (entry.tracked) badges << QStringLiteral("tracked");
  return badges;
}

QString text(const PatientEntry& entry, int column) {
  switch (column) {
    case PatientTable::kPatient:
      return words::from(entry.row.id);
    case PatientTable::kLastExam:
      return entry.row.last_exam_day ? words::day(*entry.row.last_exam_day)
                                     : QStringLiteral("unknown");
    case PatientTable::kExams:
      return QString::number(entry.row.exam_count);
    case PatientTable::kRegion:
      return words::region(entry.row.body_region);
    default:
      return {};
  }
}

QVariant sortKey(const PatientEntry& entry, int column) {
  switch (column) {
    case PatientTable::kLastExam:
      return entry.row.last_exam_day.value_or(-1);
    case PatientTable::kExams:
      return entry.row.exam_count;
    case PatientTable::kBadges:
      return badges(entry).join(QLatin1Char(' '));
    default:
      return text(entry, column);
  }
}
}  // namespace

void PatientTable::setPatients(std::vector<PatientEntry> patients) {
  bringTo(patients_, std::move(patients), [](const PatientEntry& entry) { return entry.row.id; });
}

int PatientTable::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(patients_.size());
}

int PatientTable::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumns;
}

QVariant PatientTable::data(const QModelIndex& index, int role) const {
  const PatientEntry& entry = patients_.at(static_cast<std::size_t>(index.row()));
  const int column = index.column();
  switch (role) {
    case Qt::DisplayRole:
      return text(entry, column);
    case Qt::AccessibleTextRole:
      return column == kBadges ? badges(entry).join(QStringLiteral(", ")) : text(entry, column);
    case kIdRole:
      return words::from(entry.row.id);
    case kSortRole:
      return sortKey(entry, column);
    case kBadgesRole:
      return column == kBadges ? badges(entry) : QStringList();
    default:
      return {};
  }
}

QVariant PatientTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) return int(Qt::AlignLeft | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  static const QStringList kNames = {QStringLiteral("Patient"), QStringLiteral("Last exam"),
                                     QStringLiteral("Exams"), QStringLiteral("Region"), QString()};
  return kNames.value(section);
}

PatientFilter::PatientFilter(QObject* parent) : QSortFilterProxyModel(parent) {
  setSortRole(PatientTable::kSortRole);
}

void PatientFilter::setSearch(const QString& text) {
  wanted_ = text.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
  invalidateFilter();
}

bool PatientFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
  const QString id = sourceModel()->index(row, PatientTable::kPatient, parent).data().toString();
  const QString region = sourceModel()->index(row, PatientTable::kRegion, parent).data().toString();
  return std::ranges::all_of(wanted_, [&](const QString& word) {
    return id.contains(word, Qt::CaseInsensitive) || region.contains(word, Qt::CaseInsensitive);
  });
}

}  // namespace sonotwin::workstation
