// SPDX-License-Identifier: Apache-2.0
#include "presenters/frame_player.h"

#include <utility>
#include <vector>

namespace sonotwin::workstation {
namespace {
constexpr int kAheadPlaying = 12;
constexpr int kAheadStill = 3;

std::vector<double> timesOf(const media::Clip& clip) {
  std::vector<double> times;
  times.reserve(clip.frames.size());
  for (const media::FrameInfo& frame : clip.frames) times.push_back(frame.time_s);
  return times;
}
}  // namespace

FramePlayer::FramePlayer(QObject* parent) : QObject(parent) {
  connect(&cine_, &Cine::frameChanged, this, &FramePlayer::show);
  connect(&loader_, &FrameLoader::ready, this, &FramePlayer::take);
  connect(&loader_, &FrameLoader::failed, this, [this](int, const QString& error) {
    cine_.pause();
    Q_EMIT failed(error);
  });
}

void FramePlayer::setClip(std::shared_ptr<const media::Clip> clip) {
  has_clip_ = clip != nullptr;
  std::vector<double> times = clip ? timesOf(*clip) : std::vector<double>();
  loader_.setClip(std::move(clip));
  loaded_ = {};
  shown_frame_ = 0;
  cine_.setTimes(std::move(times));
  Q_EMIT pictureChanged();
}

void FramePlayer::setRecipe(std::optional<enhance::Recipe> recipe) {
  loader_.setRecipe(std::move(recipe));
  show(cine_.frame());
}

void FramePlayer::show(int frame) {
  if (!has_clip_) return;
  const LoadedFrame loaded = loader_.request(frame, cine_.playing() ? kAheadPlaying : kAheadStill);
  if (loaded.picture) take(frame, loaded);
}

void FramePlayer::take(int frame, const LoadedFrame& loaded) {
  shown_frame_ = frame;
  loaded_ = loaded;
  Q_EMIT pictureChanged();
}

}  // namespace sonotwin::workstation
