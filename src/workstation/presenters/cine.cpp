// SPDX-License-Identifier: Apache-2.0
#include "presenters/cine.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sonotwin::workstation {
namespace {
constexpr int kTick_ms = 8;  // twice as often as a 60 Hz display asks
}

Cine::Cine(QObject* parent) : QObject(parent) {
  timer_.setTimerType(Qt::PreciseTimer);
  timer_.setInterval(kTick_ms);
  connect(&timer_, &QTimer::timeout, this,
          [this] { advanceTo(static_cast<double>(clock_.nsecsElapsed()) * 1e-9); });
}

void Cine::setTimes(std::vector<double> times_s) {
  pause();
  times_s_ = std::move(times_s);
  const auto count = static_cast<double>(times_s_.size());
  duration_s_ = count < 2 ? 0.0 : times_s_.back() * count / (count - 1.0);
  frame_ = 0;
  Q_EMIT frameChanged(0);
  Q_EMIT settingsChanged();
}

double Cine::time_s() const {
  return times_s_.empty() ? 0.0 : times_s_[static_cast<std::size_t>(frame_)];
}

int Cine::frameAt(double time_s) const {
  const auto next = std::ranges::upper_bound(times_s_, time_s);
  return std::max(0, static_cast<int>(next - times_s_.begin()) - 1);
}

void Cine::play() {
  if (playing() || frameCount() < 2) return;
  const bool at_end = frame_ == frameCount() - 1 && !loops_;
  restartClock(at_end ? 0.0 : time_s());
  timer_.start();
  Q_EMIT playingChanged(true);
}

void Cine::pause() {
  if (!playing()) return;
  timer_.stop();
  Q_EMIT playingChanged(false);
}

void Cine::toggle() {
  playing() ? pause() : play();
}

void Cine::setSpeed(double speed) {
  restartClock(time_s());
  speed_ = speed;
  Q_EMIT settingsChanged();
}

void Cine::setLoops(bool loops) {
  restartClock(time_s());
  loops_ = loops;
  Q_EMIT settingsChanged();
}

void Cine::seek(int frame) {
  if (times_s_.empty()) return;
  show(std::clamp(frame, 0, frameCount() - 1));
  restartClock(time_s());
}

void Cine::step(int frames) {
  pause();
  seek(frame_ + frames);
}

void Cine::advanceTo(double elapsed_s) {
  const double due_s = begin_s_ + elapsed_s * speed_;
  if (!loops_ && due_s >= duration_s_) {
    show(frameCount() - 1);
    pause();
  } else {
    show(frameAt(loops_ && duration_s_ > 0.0 ? std::fmod(due_s, duration_s_) : due_s));
  }
}

void Cine::show(int frame) {
  if (frame == frame_) return;
  frame_ = frame;
  Q_EMIT frameChanged(frame);
}

void Cine::restartClock(double from_s) {
  begin_s_ = from_s;
  clock_.start();
}

}  // namespace sonotwin::workstation
