// SPDX-License-Identifier: Apache-2.0
#include "presenters/frame_loader.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <tuple>
#include <utility>

namespace sonotwin::workstation {
namespace {
constexpr std::size_t kCacheBytes = 192U << 20U;

Picture drawable(media::Image image) {
  if (image.type != media::PixelType::kUint8) image = media::toGray8(image);
  return std::make_shared<const media::Image>(std::move(image));
}

std::size_t bytesOf(const LoadedFrame& loaded) {
  const std::size_t shown = loaded.picture->data.size();
  return loaded.original == loaded.picture ? shown : shown + loaded.original->data.size();
}
}  // namespace

FrameLoader::FrameLoader(QObject* parent) : QObject(parent) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

FrameLoader::~FrameLoader() {
  thread_.request_stop();
  thread_.join();
}

void FrameLoader::setClip(std::shared_ptr<const media::Clip> clip) {
  {
    const std::scoped_lock lock(mutex_);
    clip_ = std::move(clip);
    enhanced_ = std::make_shared<enhance::EnhancedFrames>(clip_, enhance::Recipe());
  }
  restart();
}

void FrameLoader::setRecipe(std::optional<enhance::Recipe> recipe) {
  {
    const std::scoped_lock lock(mutex_);
    recipe_ = std::move(recipe);
  }
  restart();
}

void FrameLoader::restart() {
  {
    const std::scoped_lock lock(mutex_);
    ++generation_;
    if (clip_ && recipe_) enhanced_ = enhanced_->with(*recipe_);
    todo_.clear();
    at_hand_.clear();
  }
  wanted_.reset();
  cache_.clear();
  recently_used_.clear();
  cached_bytes_ = 0;
}

LoadedFrame FrameLoader::request(int frame, int ahead) {
  {
    const std::scoped_lock lock(mutex_);
    if (!clip_ || clip_->info.frame_count < 1) return {};
    const int count = clip_->info.frame_count;
    todo_.clear();
    asked_ = frame;
    for (int i = 0; i <= std::min(ahead, count - 1); ++i) {
      const int due = (frame + i) % count;
      if (!at_hand_.contains(due)) todo_.push_back(due);
    }
  }
  wake_.notify_one();
  const auto found = cache_.find(frame);
  if (found == cache_.end()) {
    wanted_ = frame;
    return {};
  }
  wanted_.reset();
  recently_used_.remove(frame);
  recently_used_.push_front(frame);
  return found->second;
}

void FrameLoader::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, stop, [this] { return !todo_.empty(); })) return;
    }
    const auto order = nextOrder();
    if (!order) continue;
    LoadedFrame loaded;
    QString error;
    try {
      loaded = load(*order);
    } catch (const std::exception& problem) {
      error = QString::fromUtf8(problem.what());
    }
    QMetaObject::invokeMethod(
        this, [this, order = *order, loaded, error] { arrive(order, loaded, error); },
        Qt::QueuedConnection);
  }
}

std::optional<FrameLoader::Order> FrameLoader::nextOrder() {
  const std::scoped_lock lock(mutex_);
  if (todo_.empty() || !clip_) return std::nullopt;
  const int frame = todo_.front();
  todo_.pop_front();
  at_hand_.insert(frame);
  return Order{generation_, clip_->pixels, recipe_ ? enhanced_ : nullptr, frame, frame == asked_};
}

LoadedFrame FrameLoader::load(const Order& order) {
  media::Image stored = order.frames->frame(order.frame);
  if (!order.recipe) {
    const Picture picture = drawable(std::move(stored));
    return {picture, picture, 0.0};
  }
  std::ignore = order.recipe->sector();  // looked for once a clip: no part of a frame's time
  const auto start = std::chrono::steady_clock::now();
  Picture picture = drawable(order.recipe->enhanced(stored));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {std::move(picture), drawable(std::move(stored)), took.count()};
}

void FrameLoader::arrive(const Order& order, const LoadedFrame& loaded, const QString& error) {
  {
    const std::scoped_lock lock(mutex_);
    if (order.generation != generation_) return;
    if (!loaded.picture) at_hand_.erase(order.frame);
  }
  if (loaded.picture) remember(order.frame, loaded);
  const bool last = wanted_ == order.frame;
  if (!wanted_ || (!last && !order.asked)) return;
  if (last) wanted_.reset();
  if (loaded.picture) {
    Q_EMIT ready(order.frame, loaded);
  } else {
    Q_EMIT failed(order.frame, error);
  }
}

void FrameLoader::remember(int frame, const LoadedFrame& loaded) {
  cache_[frame] = loaded;
  recently_used_.push_front(frame);
  cached_bytes_ += bytesOf(loaded);
  while (cached_bytes_ > kCacheBytes && recently_used_.size() > 1) {
    const int oldest = recently_used_.back();
    recently_used_.pop_back();
    cached_bytes_ -= bytesOf(cache_.at(oldest));
    cache_.erase(oldest);
    const std::scoped_lock lock(mutex_);
    at_hand_.erase(oldest);
  }
}

}  // namespace sonotwin::workstation
