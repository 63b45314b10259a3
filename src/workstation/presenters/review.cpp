// SPDX-License-Identifier: Apache-2.0
#include "presenters/review.h"

#include <cmath>

#include "presenters/clip_facts.h"
#include "presenters/words.h"

namespace sonotwin::workstation {

Review::Review(ClipPlayer& player, QObject* parent) : QObject(parent), player_(player) {
  connect(&player, &ClipPlayer::pictureChanged, this, &Review::changed);
  connect(&player.content(), &ClipContent::maskLoaded, this, &Review::changed);
  connect(&player.session(), &Session::annotationsChanged, this, &Review::changed);
  connect(&player.session(), &Session::clipChanged, this, &Review::keepCalipers);
  connect(&calipers_, &Calipers::changed, this, &Review::changed);
}

void Review::setWindow(const Window& window) {
  if (window == window_) return;
  window_ = window;
  Q_EMIT changed();
}

void Review::showOverlay(bool shown) {
  if (shown == overlay_shown_) return;
  overlay_shown_ = shown;
  Q_EMIT changed();
}

void Review::setOverlayOpacity(double opacity) {
  if (opacity == overlay_opacity_) return;
  overlay_opacity_ = opacity;
  Q_EMIT changed();
}

void Review::compare(bool comparing) {
  if (comparing == comparing_) return;
  comparing_ = comparing;
  Q_EMIT changed();
}

std::optional<std::array<double, 2>> Review::spacing_mm() const {
  const auto& clip = player_.content().clip();
  return clip ? clip->info.spacing_mm : std::nullopt;
}

std::vector<LabelArea> Review::areas() const {
  std::vector<LabelArea> areas;
  const media::FrameMask* mask = player_.shownMask();
  if (!mask) return areas;
  const auto spacing = spacing_mm();
  for (const auto& [label, pixels] : labelAreas_px(*mask)) {
    const QString area =
        spacing ? words::squareCentimetres(double(pixels) * (*spacing)[0] * (*spacing)[1])
                : words::count(pixels, QStringLiteral("pixel"), QStringLiteral("pixels"));
    areas.push_back({label, player_.content().labelName(label), area});
  }
  return areas;
}

QString Review::enhanceTime() const {
  const double took_ms = 1000.0 * player_.enhance_s();
  if (took_ms <= 0.0) return {};
  const QString time =
      took_ms < 9.95 ? QString::number(took_ms, 'f', 1) : QString::number(std::lround(took_ms));
  const QString text = tr("%1 ms a frame").arg(time);
  const auto& clip = player_.content().clip();
  if (!clip || clip->frames.size() < 2) return text;
  const double between_ms = 1000.0 * (clip->frames.back().time_s - clip->frames.front().time_s) /
                            static_cast<double>(clip->frames.size() - 1);
  const bool slower = between_ms > 0.0 && took_ms > between_ms;
  return slower ? text + tr("\nplaying skips some") : text;
}

QString Review::topLeft() const {
  const auto study = player_.session().study();
  const int count = player_.cine().frameCount();
  if (!study || count == 0) return {};
  QString text = words::exam(*study);
  text[0] = text[0].toUpper();
  return count == 1
             ? text
             : text + QStringLiteral(" · frame %1 / %2").arg(player_.shownFrame() + 1).arg(count);
}

QString Review::topRight() const {
  return player_.recipe() ? words::from(player_.recipe()->name) : QString();
}

QString Review::bottomLeft() const {
  const auto& row = player_.content().maskRow();
  const media::FrameMask* mask = player_.shownMask();
  if (!row || !mask || !overlay_shown_) return {};
  const QString name = maskNameAndState(player_.session(), *row);
  if (isDrawn(player_.session(), *row)) return name;
  return QStringLiteral("%1 · confidence %2").arg(name).arg(double(mask->confidence), 0, 'f', 2);
}

QString Review::bottomRight() const {
  if (!player_.content().clip()) return {};
  const auto spacing = spacing_mm();
  return spacing ? words::spacing(spacing) + QStringLiteral(" a pixel")
                 : QStringLiteral("Uncalibrated: no distances");
}

void Review::keepCalipers() {
  if (!calipers_clip_.empty()) kept_calipers_[calipers_clip_] = calipers_.all();
  calipers_clip_ = player_.session().clipId();
  calipers_.setAll(kept_calipers_[calipers_clip_]);
}

}  // namespace sonotwin::workstation
