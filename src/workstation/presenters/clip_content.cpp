// SPDX-License-Identifier: Apache-2.0
#include "presenters/clip_content.h"

#include <algorithm>
#include <utility>

#include "presenters/words.h"

namespace sonotwin::workstation {

ClipContent::ClipContent(Session& session, QObject* parent) : QObject(parent), session_(session) {
  connect(&session, &Session::clipChanged, this, &ClipContent::loadClip);
  connect(&session, &Session::derivedChanged, this, &ClipContent::loadNewestMask);
  connect(&session, &Session::studyChanged, this, &ClipContent::takeCorrection);
}

const media::FrameMask* ClipContent::maskOf(int frame) const {
  if (!mask_) return nullptr;
  const auto found =
      std::ranges::lower_bound(mask_->frames, frame, {}, &media::FrameMask::frame_index);
  return found != mask_->frames.end() && found->frame_index == frame ? &*found : nullptr;
}

QString ClipContent::labelName(int value) const {
  if (!mask_) return {};
  const auto found = std::ranges::find(mask_->labels, value, &media::Label::value);
  return found == mask_->labels.end() ? QString::number(value) : words::label(found->name);
}

void ClipContent::loadClip() {
  const auto generation = ++clip_generation_;
  clip_.reset();
  Q_EMIT clipLoaded();
  if (session_.clipId().empty()) return;
  ++loading_;
  session_.reader().read(
      this,
      [id = session_.clipId()](const store::Store& store) {
        return std::make_shared<const media::Clip>(store.clip(id));
      },
      [this, generation](std::shared_ptr<const media::Clip> clip) {
        --loading_;
        if (generation != clip_generation_) return;
        clip_ = std::move(clip);
        Q_EMIT clipLoaded();
      },
      [this, generation](const QString& error) {
        --loading_;
        if (generation == clip_generation_) Q_EMIT failed(error);
      });
}

// Distances in millimetres must not outlive the calibration that they rest on.
void ClipContent::takeCorrection() {
  const auto row = session_.clip();
  if (!clip_ || !row) return;
  const bool calibrated = clip_->info.probe_from_image.has_value();
  if (row->spacing_mm != clip_->info.spacing_mm || row->calibrated != calibrated) loadClip();
}

void ClipContent::loadNewestMask() {
  const auto shown = [this](const store::MaskRow& mask) { return mask.id == mask_row_->id; };
  // What others add is in the lists; the picture does not change under the eyes.
  if (session_.refreshing() && mask_row_ && std::ranges::any_of(session_.masks(), shown)) return;
  const store::MaskRow* const newest = session_.newestMask();
  if (!newest) {
    ++mask_generation_;
    mask_.reset();
    mask_row_.reset();
    Q_EMIT maskLoaded();
  } else if (!mask_row_ || mask_row_->id != newest->id) {
    loadMask(*newest);
  }
}

void ClipContent::chooseMask(const std::string& id) {
  const auto row = std::ranges::find(session_.masks(), id, &store::MaskRow::id);
  if (row != session_.masks().end() && (!mask_row_ || mask_row_->id != id)) loadMask(*row);
}

void ClipContent::loadMask(const store::MaskRow& row) {
  const auto generation = ++mask_generation_;
  mask_.reset();
  mask_row_ = row;
  Q_EMIT maskLoaded();
  ++loading_;
  session_.reader().read(
      this,
      [id = row.id](const store::Store& store) {
        return std::make_shared<const media::ClipMask>(store.mask(id));
      },
      [this, generation](std::shared_ptr<const media::ClipMask> mask) {
        --loading_;
        if (generation != mask_generation_) return;
        mask_ = std::move(mask);
        Q_EMIT maskLoaded();
      },
      [this, generation](const QString& error) {
        --loading_;
        if (generation == mask_generation_) Q_EMIT failed(error);
      });
}

}  // namespace sonotwin::workstation
