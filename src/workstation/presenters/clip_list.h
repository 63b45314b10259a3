// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractListModel>
#include <QCache>
#include <QImage>
#include <QSet>
#include <vector>

#include "presenters/row_changes.h"
#include "presenters/session.h"

namespace sonotwin::workstation {

/// The clips of the exam in view as cards, each with the picture of its middle frame, read in the
/// background when first asked for.
class ClipList : public LastingRows<QAbstractListModel> {
  Q_OBJECT

 public:
  enum Role {
    kIdRole = Qt::UserRole,
    kMadeRole,     ///< what was made from it, in words
    kFramesRole,   ///< "186 frames"
    kTrackedRole,  ///< bool
  };

  explicit ClipList(Session& session, QObject* parent = nullptr);

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QModelIndex indexOf(const std::string& clip_id) const;
  /// Pictures that are on their way.
  [[nodiscard]] bool loading() const { return !asked_.isEmpty(); }

 private:
  void takeClips();
  void askThumbnail(const QString& id) const;

  Session& session_;
  std::string study_id_;
  std::vector<store::ClipRow> clips_;
  mutable QCache<QString, QImage> thumbnails_;
  mutable QSet<QString> asked_;
  QSet<QString> unreadable_;
};

}  // namespace sonotwin::workstation
