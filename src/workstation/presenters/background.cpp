// SPDX-License-Identifier: Apache-2.0
#include "presenters/background.h"

#include <exception>

namespace sonotwin::workstation {
namespace {
/// The words of what went wrong; empty where all went well.
QString perform(const std::function<void()>& work) {
  try {
    work();
    return {};
  } catch (const std::exception& error) {
    const QString words = QString::fromUtf8(error.what());
    return words.isEmpty() ? QStringLiteral("The reading stopped without a reason.") : words;
  }
}
}  // namespace

Background::Background(QObject* parent) : QObject(parent) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Background::~Background() {
  thread_.request_stop();
  thread_.join();
}

void Background::setStore(const std::filesystem::path& folder) {
  clear();
  const std::scoped_lock lock(mutex_);
  folder_ = folder;
  folder_changed_ = true;
}

void Background::clear() {
  std::unique_lock lock(mutex_);
  const int dropped = static_cast<int>(tasks_.size());
  tasks_.clear();
  lock.unlock();
  pending_ -= dropped;
  if (dropped > 0 && pending_ == 0) Q_EMIT settled();
}

void Background::add(Task task) {
  ++pending_;
  {
    const std::scoped_lock lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void Background::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, stop, [this] { return !tasks_.empty(); })) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
      if (std::exchange(folder_changed_, false)) store_.reset();
    }
    const QString error = perform(task.work);
    QMetaObject::invokeMethod(
        this, [this, task = std::move(task), error] { answer(task, error); }, Qt::QueuedConnection);
  }
}

const store::Store& Background::openStore() {
  if (!store_) {
    std::unique_lock lock(mutex_);
    const std::filesystem::path folder = folder_;
    lock.unlock();
    store_.emplace(store::Store::open(folder));
  }
  return *store_;
}

void Background::answer(const Task& task, const QString& error) {
  --pending_;
  if (task.receiver) {
    if (error.isEmpty()) {
      task.done();
    } else if (task.failed) {
      task.failed(error);
    }
  }
  if (pending_ == 0) Q_EMIT settled();
}

}  // namespace sonotwin::workstation
