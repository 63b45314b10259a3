// SPDX-License-Identifier: Apache-2.0
#include "presenters/quarantine.h"

#include <algorithm>
#include <utility>

#include "presenters/pipeline_jobs.h"
#include "sonotwin/pipeline/quarantine.h"

namespace sonotwin::workstation {

Quarantine::Quarantine(Session& session, QObject* parent) : QObject(parent), session_(session) {
  connect(&session, &Session::opened, this, [this] { work_.clear(); });
  connect(&session, &Session::waitingChanged, this, &Quarantine::takeWaiting);
  connect(&session.jobs(), &JobRunner::ended, this, &Quarantine::takeEnd);
  connect(&frames_, &FramePlayer::pictureChanged, this, &Quarantine::takePicture);
  connect(&frames_, &FramePlayer::failed, this, &Quarantine::failed);
  connect(&boxes_, &BoxEditor::changed, this, [this] {
    if (clip_) work_[id_].boxes = boxes_.all();
  });
}

void Quarantine::look() {
  wanted_ = true;
  session_.reloadWaiting();
  if (!clip_ && !loading_) choose(id_);
}

const store::QuarantineRow* Quarantine::row() const {
  const auto found = std::ranges::find(rows_, id_, &store::QuarantineRow::id);
  return found == rows_.end() ? nullptr : &*found;
}

int Quarantine::index() const {
  const auto* shown = row();
  return shown ? static_cast<int>(shown - rows_.data()) : -1;
}

void Quarantine::select(int index) {
  if (index < 0 || index >= std::ssize(rows_)) return;
  const std::string& id = rows_[static_cast<std::size_t>(index)].id;
  if (id != id_) choose(id);
}

void Quarantine::next() {
  if (!rows_.empty()) select((index() + 1) % static_cast<int>(rows_.size()));
}

bool Quarantine::found(const media::PixelRectangle& box) const {
  const auto* shown = row();
  return shown && std::ranges::find(shown->boxes, box) != shown->boxes.end();
}

int Quarantine::framesUnseen() const {
  if (!clip_) return 0;
  const auto work = work_.find(id_);
  const auto seen = work == work_.end() ? 0 : static_cast<int>(work->second.seen.size());
  return clip_->info.frame_count - seen;
}

int Quarantine::undecided() const {
  return static_cast<int>(std::ranges::count_if(rows_, [this](const store::QuarantineRow& row) {
    const auto work = work_.find(row.id);
    return work != work_.end() && work->second.boxes != row.boxes;
  }));
}

void Quarantine::release() {
  if (!ready()) return;
  boxes_.endDrag();
  decide(releaseJob(session_.place(), *row(), boxes_.all()));
}

void Quarantine::reject(const QString& reason) {
  if (const auto* shown = row()) decide(rejectJob(session_.place(), *shown, reason));
}

void Quarantine::decide(Job job) {
  deciding_.push_back(id_);
  takeWaiting();
  session_.jobs().start(std::move(job));
}

void Quarantine::takeWaiting() {
  const int place = index();
  rows_.clear();
  for (const store::QuarantineRow& waiting : session_.waiting()) {
    if (std::ranges::find(deciding_, waiting.id) == deciding_.end()) rows_.push_back(waiting);
  }
  if (!row()) {
    // What came after it has moved up to its place.
    const int last = static_cast<int>(rows_.size()) - 1;
    const int now = std::min(std::max(place, 0), last);
    choose(now < 0 ? std::string() : rows_[static_cast<std::size_t>(now)].id);
  }
  Q_EMIT rowsChanged();
}

void Quarantine::takeEnd(const JobOutcome& outcome) {
  if (outcome.name != kReleaseJob && outcome.name != kRejectJob) return;
  const std::string id = deciding_.front();
  deciding_.pop_front();
  if (outcome.end == JobEnd::kDone) work_.erase(id);
  takeWaiting();
}

void Quarantine::choose(const std::string& id) {
  id_ = id;
  takeClip(nullptr);
  loading_ = wanted_ && !id.empty();
  if (!loading_) return;
  session_.reader().read(
      this,
      [id](const store::Store& store) {
        return std::make_shared<const media::Clip>(pipeline::quarantinedClip(store, id));
      },
      [this, id](std::shared_ptr<const media::Clip> clip) {
        if (id == id_) takeClip(std::move(clip));
      },
      [this, id](const QString& error) {
        if (id != id_) return;
        loading_ = false;
        Q_EMIT failed(error);
      });
}

void Quarantine::takeClip(std::shared_ptr<const media::Clip> clip) {
  loading_ = false;
  clip_.reset();  // the boxes that come now are no work of a person
  const auto* shown = row();
  const auto work = work_.find(id_);
  if (clip && shown) {
    boxes_.setAll({clip->info.cols, clip->info.rows},
                  work == work_.end() ? shown->boxes : work->second.boxes);
  } else {
    boxes_.setAll({}, {});
  }
  clip_ = std::move(clip);
  if (clip_) work_[id_].boxes = boxes_.all();
  frames_.setClip(clip_);
  Q_EMIT selected();
}

void Quarantine::takePicture() {
  if (clip_ && frames_.picture()) work_[id_].seen.insert(frames_.shownFrame());
  Q_EMIT pictureChanged();
}

}  // namespace sonotwin::workstation
