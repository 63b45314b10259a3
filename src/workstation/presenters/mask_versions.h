// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QObject>
#include <QString>
#include <QUndoStack>
#include <cstdint>

#include "presenters/clip_content.h"

namespace sonotwin::workstation {

/// A mask of the clip as the list of versions shows it.
struct MaskVersion {
  QString id;
  QString name;    ///< "v2 · anna", or a network
  QString frames;  ///< "12 frames"
  QString state;   ///< "draft", "final", "rejected"; empty: a network's, which has none
};

/// The masks of the clip, and the states that people give to those they drew. The one in view is
/// the one that is spoken of.
class MaskVersions : public QObject {
  Q_OBJECT

 public:
  /// @param undo  takes each change of a state as one step
  MaskVersions(Session& session, ClipContent& content, QUndoStack& undo, QObject* parent = nullptr);

  /// Newest first.
  [[nodiscard]] const QList<MaskVersion>& all() const { return all_; }
  /// Index of the one in view; -1: none.
  [[nodiscard]] int index() const;
  void choose(int index);

  /// The one in view was drawn by a person.
  [[nodiscard]] bool canMark() const;
  /// In the person's name, in the background; nothing where it is in that state.
  /// @param state  "draft", "final", "rejected"
  void mark(const QString& state);
  /// Who drew the one in view and when, who decided what it is.
  [[nodiscard]] QString words() const;

 Q_SIGNALS:
  void changed();

 private:
  class Mark;
  void take();
  void askDecider();

  Session& session_;
  ClipContent& content_;
  QUndoStack& undo_;
  QList<MaskVersion> all_;
  QString decided_by_;
  std::uint64_t generation_ = 0;
};

}  // namespace sonotwin::workstation
