// SPDX-License-Identifier: Apache-2.0
#include "presenters/row_changes.h"

#include <gtest/gtest.h>

#include <QItemSelectionModel>
#include <random>

#include "presenters/patient_table.h"

namespace sonotwin::workstation {
namespace {

TEST(RowChanges, FollowingRowsAreOneStep) {
  const auto changes = rowChanges({"a", "b", "c", "d", "e"}, {"x", "a", "e", "y", "z"});
  ASSERT_TRUE(changes);
  EXPECT_EQ(changes->removed, (std::vector<RowRange>{{1, 3}}));
  EXPECT_EQ(changes->added, (std::vector<RowRange>{{0, 1}, {3, 2}}));
}

TEST(RowChanges, NoneWhereRowsChangePlaces) {
  EXPECT_FALSE(rowChanges({"a", "b"}, {"b", "a"}));
  EXPECT_TRUE(rowChanges({}, {}));
}

// Oracle: the model must hold the wanted list, and a row that stays must stay the current one.
TEST(RowChanges, AModelComesToAnyListAndKeepsItsCurrentRow) {
  std::mt19937 random(7);
  PatientTable table;
  QItemSelectionModel selection(&table);
  int resets = 0;
  QObject::connect(&table, &QAbstractItemModel::modelReset, [&] { ++resets; });
  for (int round = 0; round < 200; ++round) {
    std::vector<PatientEntry> wanted;
    for (int i = 0; i < 12; ++i) {
      PatientEntry entry;
      entry.row.id = "P-" + std::to_string(i);
      if (i == 5 || random() % 2 == 0) wanted.push_back(entry);
    }
    table.setPatients(wanted);
    ASSERT_EQ(table.rowCount(), std::ssize(wanted));
    for (int row = 0; row < table.rowCount(); ++row) {
      const QModelIndex index = table.index(row, 0);
      EXPECT_EQ(index.data().toString().toStdString(), wanted[std::size_t(row)].row.id);
      if (round == 0 && wanted[std::size_t(row)].row.id == "P-5") {
        selection.setCurrentIndex(index, QItemSelectionModel::Select);
      }
    }
    EXPECT_EQ(selection.currentIndex().data().toString(), "P-5");
  }
  EXPECT_EQ(resets, 0);
}
}  // namespace
}  // namespace sonotwin::workstation
