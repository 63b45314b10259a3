// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractItemModel>
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sonotwin::workstation {

/// Rows that follow on each other.
struct RowRange {
  int first = 0;
  int count = 0;
  bool operator==(const RowRange&) const = default;
};

/// What makes one list into another by taking rows out and putting rows in.
struct RowChanges {
  std::vector<RowRange> removed;  ///< of the list before, last to first
  std::vector<RowRange> added;    ///< of the list after, first to last
};

/// Ids must be unique. None: rows that stay change places, so that all is to be shown anew.
[[nodiscard]] std::optional<RowChanges> rowChanges(const std::vector<std::string>& before,
                                                   const std::vector<std::string>& after);

/// A model whose rows become others without a reset where they can, so that views keep what is
/// selected and where they stand.
/// @param Base  QAbstractListModel or QAbstractTableModel
template <class Base>
class LastingRows : public Base {
 public:
  using Base::Base;

 protected:
  /// @param idOf  a row's id, a std::string
  template <class Row, class IdOf>
  void bringTo(std::vector<Row>& rows, std::vector<Row> wanted, IdOf idOf) {
    const auto changes = rowChanges(ids(rows, idOf), ids(wanted, idOf));
    if (!changes) {
      Base::beginResetModel();
      rows = std::move(wanted);
      Base::endResetModel();
      return;
    }
    for (const auto& [first, count] : changes->removed) {
      Base::beginRemoveRows({}, first, first + count - 1);
      rows.erase(rows.begin() + first, rows.begin() + first + count);
      Base::endRemoveRows();
    }
    for (const auto& [first, count] : changes->added) {
      Base::beginInsertRows({}, first, first + count - 1);
      rows.insert(rows.begin() + first, wanted.begin() + first, wanted.begin() + first + count);
      Base::endInsertRows();
    }
    rows = std::move(wanted);
    if (!rows.empty()) {
      const QAbstractItemModel& model = *this;  // a list's columnCount is private
      Q_EMIT Base::dataChanged(Base::index(0, 0), Base::index(static_cast<int>(rows.size()) - 1,
                                                              model.columnCount() - 1));
    }
  }

 private:
  template <class Row, class IdOf>
  static std::vector<std::string> ids(const std::vector<Row>& rows, IdOf idOf) {
    std::vector<std::string> result(rows.size());
    std::ranges::transform(rows, result.begin(),
                           [&](const Row& row) { return std::invoke(idOf, row); });
    return result;
  }
};

}  // namespace sonotwin::workstation
