// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "presenters/patient_table.h"
#include "presenters/row_changes.h"
#include "sonotwin/store/rows.h"

namespace sonotwin::workstation {

/// Clips of any patients as rows: whose, when, what, where, by which device, what was made of it.
class ClipTable : public LastingRows<QAbstractTableModel> {
  Q_OBJECT

 public:
  enum Column { kPatient, kDay, kClip, kRegion, kFrames, kDevice, kBadges, kColumns };
  /// The id of the clip, and words as badges: the roles of the patients' table.
  static constexpr int kIdRole = PatientTable::kIdRole;
  static constexpr int kBadgesRole = PatientTable::kBadgesRole;

  using LastingRows::LastingRows;
  void setClips(std::vector<store::ClipRow> clips);
  [[nodiscard]] QModelIndex indexOf(const std::string& clip_id) const;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                    int role) const override;

 private:
  std::vector<store::ClipRow> clips_;
};

}  // namespace sonotwin::workstation
