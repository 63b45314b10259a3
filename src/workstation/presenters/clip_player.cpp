// SPDX-License-Identifier: Apache-2.0
#include "presenters/clip_player.h"

#include <utility>

namespace sonotwin::workstation {

ClipPlayer::ClipPlayer(Session& session, ClipContent& content, QObject* parent)
    : QObject(parent), session_(session), content_(content) {
  connect(&content, &ClipContent::clipLoaded, this, &ClipPlayer::takeClip);
  connect(&content, &ClipContent::failed, this, &ClipPlayer::failed);
  connect(&frames_, &FramePlayer::pictureChanged, this, &ClipPlayer::pictureChanged);
  connect(&frames_, &FramePlayer::failed, this, &ClipPlayer::failed);
}

void ClipPlayer::setRecipe(const std::optional<enhance::Recipe>& recipe) {
  if (recipe == recipe_) return;
  recipe_ = recipe;
  frames_.setRecipe(recipe);
}

void ClipPlayer::playWhenLoaded() {
  play_when_loaded_ = !content_.clip();
  if (content_.clip()) cine().play();
}

void ClipPlayer::takeClip() {
  frames_.setClip(content_.clip());
  if (content_.clip() && std::exchange(play_when_loaded_, false)) cine().play();
}

}  // namespace sonotwin::workstation
