// SPDX-License-Identifier: Apache-2.0
#include "presenters/annotation.h"

#include <QUndoCommand>
#include <algorithm>
#include <cmath>
#include <utility>

#include "presenters/clip_facts.h"
#include "presenters/pipeline_jobs.h"

namespace sonotwin::workstation {
namespace {
constexpr int kMaxSize_px = 200;

/// Distance of a point to a segment.
double distance(QPointF point, QPointF a, QPointF b) {
  const QPointF along = b - a;
  const double length2 = QPointF::dotProduct(along, along);
  const double place =
      length2 > 0.0 ? std::clamp(QPointF::dotProduct(point - a, along) / length2, 0.0, 1.0) : 0.0;
  const QPointF gap = point - (a + place * along);
  return std::hypot(gap.x(), gap.y());
}

std::vector<std::uint8_t> cut(const media::FrameMask& mask, const QRect& area) {
  std::vector<std::uint8_t> labels;
  for (int row = area.top(); row <= area.bottom(); ++row) {
    const auto begin = mask.labels.begin() + std::ptrdiff_t(row) * mask.cols + area.left();
    labels.insert(labels.end(), begin, begin + area.width());
  }
  return labels;
}

void paste(media::FrameMask& mask, const QRect& area, const std::vector<std::uint8_t>& labels) {
  for (int i = 0; i < area.height(); ++i) {
    std::copy_n(labels.begin() + std::ptrdiff_t(i) * area.width(), area.width(),
                mask.labels.begin() + std::ptrdiff_t(area.top() + i) * mask.cols + area.left());
  }
}
}  // namespace

/// One stroke on one frame: what was under it and what is there now, in the rectangle it touched.
class Annotation::Stroke : public QUndoCommand {
 public:
  Stroke(Annotation& owner, int frame)
      : owner_(owner), frame_(frame), whole_before_(owner.masks_.at(frame)) {
    setText(owner.tool_ == Tool::kBrush ? QStringLiteral("brush stroke")
                                        : QStringLiteral("eraser stroke"));
  }
  [[nodiscard]] int frame() const { return frame_; }
  void touch(const QRect& area) { area_ = area_.united(area); }
  void finish() {
    if (area_.isEmpty()) return;
    before_ = cut(whole_before_, area_);
    after_ = cut(owner_.masks_.at(frame_), area_);
    whole_before_ = {};
  }
  [[nodiscard]] bool changes() const { return before_ != after_; }
  void undo() override { put(before_, -1); }
  void redo() override { put(after_, 1); }

 private:
  void put(const std::vector<std::uint8_t>& labels, int strokes) {
    paste(owner_.masks_.at(frame_), area_, labels);
    if ((owner_.drawn_[frame_] += strokes) == 0) owner_.drawn_.erase(frame_);
    Q_EMIT owner_.drawnChanged();
  }

  Annotation& owner_;
  int frame_;
  QRect area_;
  media::FrameMask whole_before_;
  std::vector<std::uint8_t> before_, after_;
};

Annotation::Annotation(ClipPlayer& player, QObject* parent) : QObject(parent), player_(player) {
  connect(&player.session(), &Session::clipChanged, this, &Annotation::takeClip);
  connect(&player.content(), &ClipContent::maskLoaded, this, &Annotation::takeMask);
  connect(&player, &ClipPlayer::pictureChanged, this, &Annotation::drawnChanged);
  connect(&player.session().jobs(), &JobRunner::ended, this, &Annotation::takeEnd);
}

Annotation::~Annotation() = default;

void Annotation::addLabel(const QString& name) {
  const QString trimmed = name.trimmed();
  if (trimmed.isEmpty() || labels_.size() >= 255) return;
  int value = 1;
  for (const media::Label& label : labels_) value = std::max(value, label.value + 1);
  labels_.push_back({value, trimmed.toStdString()});
  setLabel(value);
}

void Annotation::setLabel(int value) {
  if (std::ranges::find(labels_, value, &media::Label::value) == labels_.end()) return;
  label_ = value;
  Q_EMIT settingsChanged();
}

void Annotation::setTool(Tool tool) {
  tool_ = tool;
  Q_EMIT settingsChanged();
}

void Annotation::setSize(int size_px) {
  size_px_ = std::clamp(size_px, 1, kMaxSize_px);
  Q_EMIT settingsChanged();
}

const media::FrameMask* Annotation::frameMask() const {
  const auto found = masks_.find(player_.shownFrame());
  return found == masks_.end() ? nullptr : &found->second;
}

QString Annotation::obstacle() const {
  return player_.picture() && labels_.empty() ? QStringLiteral("Add a label to draw with")
                                              : QString();
}

void Annotation::beginStroke(QPointF picture) {
  if (!player_.picture() || labels_.empty() || stroke_) return;
  player_.cine().pause();
  const int frame = player_.shownFrame();
  if (!masks_.contains(frame)) {
    media::FrameMask empty{frame, player_.picture()->rows, player_.picture()->cols, {}, 1.0F};
    empty.labels.resize(player_.picture()->pixelCount());
    masks_.emplace(frame, std::move(empty));
  }
  stroke_ = std::make_unique<Stroke>(*this, frame);
  last_point_ = picture;
  stamp(picture, picture);
}

void Annotation::moveStroke(QPointF picture) {
  if (!stroke_) return;
  stamp(last_point_, picture);
  last_point_ = picture;
}

void Annotation::endStroke() {
  if (!stroke_) return;
  stroke_->finish();
  if (stroke_->changes()) {
    undo_.push(stroke_.release());
  } else {
    stroke_.reset();
    takeMask();  // one that came meanwhile
  }
}

int Annotation::unsavedStrokes() const {
  int strokes = 0;
  for (const auto& [frame, count] : drawn_) strokes += std::abs(count);
  return strokes;
}

void Annotation::save() {
  endStroke();
  if (unsavedStrokes() == 0) return;
  Session& session = player_.session();
  session.jobs().start(
      saveMaskJob(session.place(), clip_id_, object_, collected(), version_, unsavedStrokes()));
  saving_.push_back({clip_id_, version_, std::exchange(drawn_, {})});
  Q_EMIT drawnChanged();
}

void Annotation::takeEnd(const JobOutcome& outcome) {
  if (outcome.name != kSaveMaskJob) return;
  const Saving saved = std::move(saving_.front());
  saving_.pop_front();
  if (outcome.end == JobEnd::kDone) return;
  if (saved.version == version_) {  // the clip was not left meanwhile
    for (const auto& [frame, strokes] : saved.strokes) drawn_[frame] += strokes;
    Q_EMIT drawnChanged();
  } else {
    takeMask();
  }
}

void Annotation::takeClip() {
  save();
  stroke_.reset();
  masks_.clear();
  drawn_.clear();
  labels_.clear();
  undo_.clear();
  version_ = std::make_shared<std::string>();
  clip_id_ = player_.session().clipId();
  object_ = objectWords(player_.session());
  Q_EMIT settingsChanged();
  Q_EMIT drawnChanged();
}

void Annotation::takeMask() {
  const auto& mask = player_.content().mask();
  const auto& row = player_.content().maskRow();
  // A newer version must not wipe strokes drawn since: they are based on the one before.
  if (!mask || !row || row->clip_id != clip_id_ || stroke_ || unsavedStrokes() > 0) return;
  const bool newer_comes = std::ranges::any_of(
      saving_, [this](const Saving& saving) { return saving.clip_id == clip_id_; });
  if (newer_comes) return;
  version_ = std::make_shared<std::string>(row->id);
  if (holdsSame(*mask)) return;  // the version just saved: what was drawn can still be undone
  masks_.clear();
  undo_.clear();
  for (const media::FrameMask& frame : mask->frames) masks_.emplace(frame.frame_index, frame);
  labels_ = mask->labels;
  if (!labels_.empty()) label_ = labels_.front().value;
  Q_EMIT settingsChanged();
  Q_EMIT drawnChanged();
}

void Annotation::stamp(QPointF from, QPointF to) {
  media::FrameMask& mask = masks_.at(stroke_->frame());
  const double radius = size_px_ / 2.0;
  const QRectF swept = QRectF(from, to).normalized().adjusted(-radius, -radius, radius, radius);
  const QRect area = swept.toAlignedRect() & QRect(0, 0, mask.cols, mask.rows);
  const auto value = static_cast<std::uint8_t>(tool_ == Tool::kBrush ? label_ : 0);
  for (int row = area.top(); row <= area.bottom(); ++row) {
    for (int col = area.left(); col <= area.right(); ++col) {
      if (distance(QPointF(col, row), from, to) > radius) continue;
      mask.labels[static_cast<std::size_t>(row) * mask.cols + col] = value;
    }
  }
  stroke_->touch(area);
  Q_EMIT drawnChanged();
}

bool Annotation::holdsSame(const media::ClipMask& mask) const {
  return mask.labels == labels_ && mask.frames.size() == masks_.size() &&
         std::ranges::all_of(mask.frames, [this](const media::FrameMask& frame) {
           const auto found = masks_.find(frame.frame_index);
           return found != masks_.end() && found->second.labels == frame.labels;
         });
}

std::shared_ptr<const media::ClipMask> Annotation::collected() const {
  auto mask = std::make_shared<media::ClipMask>();
  mask->labels = labels_;
  for (const auto& [frame, drawn] : masks_) {
    mask->frames.push_back(drawn);
    if (drawn_.contains(frame)) mask->frames.back().confidence = 1.0F;  // a person's
  }
  return mask;
}

}  // namespace sonotwin::workstation
