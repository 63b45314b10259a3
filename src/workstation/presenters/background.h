// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QPointer>
#include <QString>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>

#include "sonotwin/store/store.h"

namespace sonotwin::workstation {

/// A thread with its own view of the store, for reading what a screen needs without holding up the
/// window. Tasks run in order; their answers come back on the GUI thread, and only while their
/// receiver lives. A receiver that has moved on compares its own generation number.
class Background : public QObject {
  Q_OBJECT

 public:
  using Failed = std::function<void(const QString& error)>;

  explicit Background(QObject* parent = nullptr);
  ~Background() override;

  /// The store that `read` reads from now on; what waits is dropped.
  void setStore(const std::filesystem::path& folder);
  /// Drops what waits.
  void clear();
  /// Tasks that wait, run, or whose answer is on its way.
  [[nodiscard]] int pending() const { return pending_; }

  /// Calls `work(store)` on the thread, then `done(result)` or `failed(words)` here.
  template <class Work, class Done>
  void read(QObject* receiver, Work work, Done done, Failed failed = {}) {
    using Result = std::invoke_result_t<Work, const store::Store&>;
    compute(
        receiver, [this, work]() -> Result { return work(openStore()); }, std::move(done),
        std::move(failed));
  }

  /// The same for work that needs no store.
  template <class Work, class Done>
  void compute(QObject* receiver, Work work, Done done, Failed failed = {}) {
    using Result = std::invoke_result_t<Work>;
    auto result = std::make_shared<std::optional<Result>>();
    add({receiver, [work, result] { result->emplace(work()); },
         [done, result] { done(std::move(**result)); }, std::move(failed)});
  }

 Q_SIGNALS:
  /// After the last answer was given.
  void settled();

 private:
  struct Task {
    QPointer<QObject> receiver;
    std::function<void()> work;  ///< on the thread
    std::function<void()> done;
    Failed failed;
  };

  void add(Task task);
  void run(const std::stop_token& stop);
  [[nodiscard]] const store::Store& openStore();
  void answer(const Task& task, const QString& error);

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Task> tasks_;
  std::filesystem::path folder_;
  bool folder_changed_ = false;
  std::optional<store::Store> store_;  ///< touched by the thread alone
  int pending_ = 0;                    ///< touched by the GUI thread alone
  std::jthread thread_;
};

}  // namespace sonotwin::workstation
