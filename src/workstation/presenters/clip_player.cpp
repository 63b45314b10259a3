// SPDX-License-Identifier: Apache-2.0
#include "presenters/clip_player.h"

#include <utility>
#include <vector>

#include "sonotwin/base/error.h"

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

ClipPlayer::ClipPlayer(Session& session, ClipContent& content, QObject* parent)
    : QObject(parent), session_(session), content_(content) {
  connect(&content, &ClipContent::clipLoaded, this, &ClipPlayer::takeClip);
  connect(&content, &ClipContent::failed, this, &ClipPlayer::failed);
  connect(&cine_, &Cine::frameChanged, this, &ClipPlayer::show);
  connect(&loader_, &FrameLoader::ready, this, [this](int frame, const Picture& picture) {
    shown_frame_ = frame;
    picture_ = picture;
    Q_EMIT pictureChanged();
  });
  connect(&loader_, &FrameLoader::failed, this, [this](int, const QString& error) {
    cine_.pause();
    Q_EMIT failed(error);
  });
}

void ClipPlayer::setRecipe(const QString& name) {
  if (name == recipe_) return;
  try {
    loader_.setRecipe(name.isEmpty() ? std::nullopt
                                     : std::optional(enhance::findRecipe(name.toStdString())));
    recipe_ = name;
    show(cine_.frame());
  } catch (const Error& error) {
    Q_EMIT failed(QString::fromUtf8(error.what()));
  }
}

void ClipPlayer::playWhenLoaded() {
  play_when_loaded_ = !content_.clip();
  if (content_.clip()) cine_.play();
}

void ClipPlayer::takeClip() {
  loader_.setClip(content_.clip());
  picture_.reset();
  shown_frame_ = 0;
  cine_.setTimes(content_.clip() ? timesOf(*content_.clip()) : std::vector<double>());
  Q_EMIT pictureChanged();
  if (content_.clip() && std::exchange(play_when_loaded_, false)) cine_.play();
}

void ClipPlayer::show(int frame) {
  if (!content_.clip()) return;
  const Picture picture = loader_.request(frame, cine_.playing() ? kAheadPlaying : kAheadStill);
  if (!picture) return;
  shown_frame_ = frame;
  picture_ = picture;
  Q_EMIT pictureChanged();
}

}  // namespace sonotwin::workstation
