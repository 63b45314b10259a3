// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <vector>

namespace sonotwin::workstation {

/// Plays a clip by its frames' own times. Holds no pixels: says which frame is due.
class Cine : public QObject {
  Q_OBJECT

 public:
  explicit Cine(QObject* parent = nullptr);

  /// Frame times since the first, never falling. Stops and goes to the first frame.
  void setTimes(std::vector<double> times_s);

  [[nodiscard]] int frameCount() const { return static_cast<int>(times_s_.size()); }
  [[nodiscard]] int frame() const { return frame_; }
  [[nodiscard]] double time_s() const;
  /// From the first frame's beginning to the last one's end (as long as the mean of the others).
  [[nodiscard]] double duration_s() const { return duration_s_; }
  [[nodiscard]] bool playing() const { return timer_.isActive(); }
  [[nodiscard]] double speed() const { return speed_; }
  [[nodiscard]] bool loops() const { return loops_; }

  /// The frame on screen `time_s` after the first one's beginning.
  [[nodiscard]] int frameAt(double time_s) const;

  void play();
  void pause();
  void toggle();
  void setSpeed(double speed);
  void setLoops(bool loops);
  /// Goes to a frame, held to the clip's ends; playing goes on from there.
  void seek(int frame);
  /// Pauses and goes so many frames on (or back).
  void step(int frames);
  /// What the timer does: shows the frame due `elapsed_s` after playing began.
  void advanceTo(double elapsed_s);

 Q_SIGNALS:
  void frameChanged(int frame);
  void playingChanged(bool playing);
  void settingsChanged();

 private:
  void show(int frame);
  void restartClock(double from_s);

  std::vector<double> times_s_;
  double duration_s_ = 0.0;
  int frame_ = 0;
  double speed_ = 1.0;
  bool loops_ = true;
  double begin_s_ = 0.0;  ///< clip time at which the clock was started
  QElapsedTimer clock_;
  QTimer timer_;
};

}  // namespace sonotwin::workstation
