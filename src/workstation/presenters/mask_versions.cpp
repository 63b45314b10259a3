// SPDX-License-Identifier: Apache-2.0
#include "presenters/mask_versions.h"

#include <QUndoCommand>
#include <algorithm>
#include <utility>

#include "presenters/clip_facts.h"
#include "presenters/words.h"

namespace sonotwin::workstation {
namespace {
const QString kDraft = QStringLiteral("draft");

const store::AnnotationRow* annotationOf(const Session& session, const QString& id) {
  const auto& rows = session.annotations();
  const auto found = std::ranges::find(rows, id.toStdString(), &store::AnnotationRow::id);
  return found == rows.end() ? nullptr : &*found;
}
}  // namespace

/// One change of one mask's state.
class MaskVersions::Mark : public QUndoCommand {
 public:
  Mark(Session& session, const MaskVersion& version, QString after)
      : session_(session), id_(version.id), before_(version.state), after_(std::move(after)) {
    setText(MaskVersions::tr("%1 marked %2").arg(version.name, after_));
  }
  void undo() override { put(before_); }
  void redo() override { put(after_); }

 private:
  void put(const QString& state) {
    session_.change([id = id_.toStdString(), state = state.toStdString()](store::Store& store) {
      store.setAnnotationState(id, state);
    });
  }

  Session& session_;
  QString id_, before_, after_;
};

MaskVersions::MaskVersions(Session& session, ClipContent& content, QUndoStack& undo,
                           QObject* parent)
    : QObject(parent), session_(session), content_(content), undo_(undo) {
  connect(&session, &Session::derivedChanged, this, &MaskVersions::take);
  connect(&session, &Session::annotationsChanged, this, &MaskVersions::take);
  connect(&content, &ClipContent::maskLoaded, this, &MaskVersions::askDecider);
  take();
}

int MaskVersions::index() const {
  const auto& shown = content_.maskRow();
  if (!shown) return -1;
  const auto found = std::ranges::find(all_, words::from(shown->id), &MaskVersion::id);
  return found == all_.end() ? -1 : static_cast<int>(found - all_.begin());
}

void MaskVersions::choose(int index) {
  if (index >= 0 && index < all_.size()) content_.chooseMask(all_[index].id.toStdString());
}

bool MaskVersions::canMark() const {
  return index() >= 0 && !all_[index()].state.isEmpty();
}

void MaskVersions::mark(const QString& state) {
  if (canMark() && all_[index()].state != state) {
    undo_.push(new Mark(session_, all_[index()], state));
  }
}

QString MaskVersions::words() const {
  if (index() < 0) return {};
  const MaskVersion& shown = all_[index()];
  const auto* drawn = annotationOf(session_, shown.id);
  if (!drawn) return tr("A network proposed it: states are for what people draw.");
  QString text = tr("Drawn by %1, %2.")
                     .arg(words::from(drawn->author),
                          words::since(drawn->created_utc, QDateTime::currentDateTime()));
  if (shown.state != kDraft && !decided_by_.isEmpty()) {
    text += tr(" Marked %1 by %2.").arg(shown.state, decided_by_);
  }
  return text;
}

void MaskVersions::take() {
  all_.clear();
  for (const store::MaskRow& mask : session_.masks()) {
    const QString id = words::from(mask.id);
    const auto* drawn = annotationOf(session_, id);
    all_.append({.id = id,
                 .name = maskName(session_, mask),
                 .frames = words::count(mask.frames, tr("frame"), tr("frames")),
                 .state = drawn ? words::from(drawn->state) : QString()});
  }
  askDecider();
}

void MaskVersions::askDecider() {
  const auto generation = ++generation_;
  decided_by_.clear();
  if (canMark() && all_[index()].state != kDraft) {
    session_.reader().read(
        this,
        [id = all_[index()].id.toStdString()](const store::Store& store) {
          return words::from(store.decidedBy(id));
        },
        [this, generation](const QString& author) {
          if (generation != generation_) return;
          decided_by_ = author;
          Q_EMIT changed();
        });
  }
  Q_EMIT changed();
}

}  // namespace sonotwin::workstation
