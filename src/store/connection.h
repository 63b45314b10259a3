// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sonotwin::store {

/// SQLite's connection and its idle statements. Any thread.
class Connection {
 public:
  Connection() = default;
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// @throws Error as `check` does
  void open(const std::string& name, int flags);
  [[nodiscard]] sqlite3* handle() const noexcept { return handle_; }
  /// An idle statement of these words, or a new one. @throws Error
  [[nodiscard]] sqlite3_stmt* take(std::string_view sql);
  /// Takes one back that `take` gave.
  void giveBack(sqlite3_stmt* statement) noexcept;

  /// SQLite's failures become ours here only. @throws Error(kConflict | kDamaged | kDevice |
  /// kCancelled | kInternal) unless `code` is SQLITE_OK
  void check(int code) const;
  /// Runs statements without a result. @throws Error
  void execute(const char* script) const;

 private:
  static constexpr std::size_t kMostIdle = 200;
  sqlite3* handle_ = nullptr;
  std::mutex mutex_;
  std::map<std::string, std::vector<sqlite3_stmt*>, std::less<>> idle_;
  std::size_t idle_count_ = 0;
};

}  // namespace sonotwin::store
