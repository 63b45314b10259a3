// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <thread>

#include "sonotwin/enhance/enhanced_frames.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::workstation {

/// A decoded frame, 8 bits a sample, grey or RGB, ready to be drawn.
using Picture = std::shared_ptr<const media::Image>;

/// A frame as it is drawn, and as it is stored.
struct LoadedFrame {
  Picture picture;
  Picture original;        ///< the same as `picture` where nothing was applied
  double enhance_s = 0.0;  ///< what applying the recipe took
};

/// Decodes (and enhances) frames of one clip ahead of the moment they are needed, on a thread of
/// its own, and keeps the last used ones within a budget of bytes. Frames of a clip or recipe that
/// is no longer wanted are dropped on arrival.
class FrameLoader : public QObject {
  Q_OBJECT

 public:
  explicit FrameLoader(QObject* parent = nullptr);
  ~FrameLoader() override;

  void setClip(std::shared_ptr<const media::Clip> clip);
  /// None: as stored.
  void setRecipe(std::optional<enhance::Recipe> recipe);

  /// The frame if it is there; else without pictures, and `ready` follows. Decodes `ahead` frames
  /// after it too.
  LoadedFrame request(int frame, int ahead);
  [[nodiscard]] bool waiting() const { return wanted_.has_value(); }

 Q_SIGNALS:
  /// A frame that was requested: the last one, or, where decoding is slower than the requests come,
  /// one before it, so that the picture keeps moving.
  void ready(int frame, const sonotwin::workstation::LoadedFrame& loaded);
  void failed(int frame, const QString& error);

 private:
  struct Order {
    std::uint64_t generation = 0;
    std::shared_ptr<const media::FrameSource> frames;
    std::shared_ptr<const enhance::EnhancedFrames> recipe;  ///< null: as stored
    int frame = 0;
    bool asked = false;  ///< requested itself, not ahead of its time
  };

  void restart();
  void run(const std::stop_token& stop);
  [[nodiscard]] std::optional<Order> nextOrder();
  [[nodiscard]] static LoadedFrame load(const Order& order);
  void arrive(const Order& order, const LoadedFrame& loaded, const QString& error);
  void remember(int frame, const LoadedFrame& loaded);

  // Of the GUI thread.
  std::optional<int> wanted_;
  std::map<int, LoadedFrame> cache_;
  std::list<int> recently_used_;  ///< newest first
  std::size_t cached_bytes_ = 0;

  // Of both threads, under the mutex.
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::uint64_t generation_ = 0;
  std::shared_ptr<const media::Clip> clip_;
  std::optional<enhance::Recipe> recipe_;
  std::shared_ptr<const enhance::EnhancedFrames> enhanced_;  ///< of the clip, by whatever recipe
  std::list<int> todo_;                                      ///< most urgent first
  std::set<int> at_hand_;                                    ///< cached or in work
  int asked_ = 0;
  std::jthread thread_;
};

}  // namespace sonotwin::workstation
