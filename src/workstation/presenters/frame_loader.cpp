// SPDX-License-Identifier: Apache-2.0
#include "presenters/frame_loader.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "sonotwin/enhance/enhanced_frames.h"

namespace sonotwin::workstation {
namespace {
constexpr std::size_t kCacheBytes = 192U << 20U;

Picture decode(const media::FrameSource& frames, int frame) {
  media::Image image = frames.frame(frame);
  if (image.type != media::PixelType::kUint8) image = media::toGray8(image);
  return std::make_shared<const media::Image>(std::move(image));
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
    frames_ = clip_ ? clip_->pixels : nullptr;
    if (clip_ && recipe_) frames_ = std::make_shared<enhance::EnhancedFrames>(clip_, *recipe_);
    todo_.clear();
    at_hand_.clear();
  }
  wanted_.reset();
  cache_.clear();
  recently_used_.clear();
  cached_bytes_ = 0;
}

Picture FrameLoader::request(int frame, int ahead) {
  {
    const std::scoped_lock lock(mutex_);
    if (!clip_ || clip_->info.frame_count < 1) return nullptr;
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
    return nullptr;
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
    Picture picture;
    QString error;
    try {
      picture = decode(*order->frames, order->frame);
    } catch (const std::exception& problem) {
      error = QString::fromUtf8(problem.what());
    }
    QMetaObject::invokeMethod(
        this, [this, order = *order, picture, error] { arrive(order, picture, error); },
        Qt::QueuedConnection);
  }
}

std::optional<FrameLoader::Order> FrameLoader::nextOrder() {
  const std::scoped_lock lock(mutex_);
  if (todo_.empty() || !frames_) return std::nullopt;
  const int frame = todo_.front();
  todo_.pop_front();
  at_hand_.insert(frame);
  return Order{generation_, frames_, frame, frame == asked_};
}

void FrameLoader::arrive(const Order& order, const Picture& picture, const QString& error) {
  {
    const std::scoped_lock lock(mutex_);
    if (order.generation != generation_) return;
    if (!picture) at_hand_.erase(order.frame);
  }
  if (picture) remember(order.frame, picture);
  const bool last = wanted_ == order.frame;
  if (!wanted_ || (!last && !order.asked)) return;
  if (last) wanted_.reset();
  if (picture) {
    Q_EMIT ready(order.frame, picture);
  } else {
    Q_EMIT failed(order.frame, error);
  }
}

void FrameLoader::remember(int frame, const Picture& picture) {
  cache_[frame] = picture;
  recently_used_.push_front(frame);
  cached_bytes_ += picture->data.size();
  while (cached_bytes_ > kCacheBytes && recently_used_.size() > 1) {
    const int oldest = recently_used_.back();
    recently_used_.pop_back();
    cached_bytes_ -= cache_.at(oldest)->data.size();
    cache_.erase(oldest);
    const std::scoped_lock lock(mutex_);
    at_hand_.erase(oldest);
  }
}

}  // namespace sonotwin::workstation
