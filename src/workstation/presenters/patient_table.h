// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <vector>

#include "presenters/row_changes.h"
#include "presenters/session.h"

namespace sonotwin::workstation {

/// The patients of a store as rows: pseudonym, day of the last exam, exams, region, badges.
class PatientTable : public LastingRows<QAbstractTableModel> {
  Q_OBJECT

 public:
  enum Column { kPatient, kLastExam, kExams, kRegion, kBadges, kColumns };
  enum Role {
    kIdRole = Qt::UserRole,  ///< pseudonym
    kSortRole,               ///< what sorts: numbers as numbers
    kBadgesRole,             ///< QStringList of words, for kBadges
  };

  using LastingRows::LastingRows;
  void setPatients(std::vector<PatientEntry> patients);

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                    int role) const override;

 private:
  std::vector<PatientEntry> patients_;
};

/// Keeps the patients whose pseudonym or region holds every word of the search.
class PatientFilter : public QSortFilterProxyModel {
  Q_OBJECT

 public:
  explicit PatientFilter(QObject* parent = nullptr);
  void setSearch(const QString& text);

 protected:
  [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

 private:
  QStringList wanted_;
};

}  // namespace sonotwin::workstation
