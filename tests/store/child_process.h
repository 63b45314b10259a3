// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "sonotwin/base/error.h"

namespace sonotwin::store {

inline constexpr int kFailed = 3;

/// Runs `work` in a process of its own, giving it where to acknowledge.
class Child {
 public:
  explicit Child(const std::function<void(int acknowledge)>& work) {
    if (::pipe(pipe_) != 0) throw Error(ErrorKind::kDevice, "no pipe");
    process_ = ::fork();
    if (process_ != 0) {
      ::close(pipe_[1]);
      return;
    }
    ::close(pipe_[0]);
    int code = 0;
    try {
      work(pipe_[1]);
    } catch (const Error& error) {
      const std::string text = std::string("error ") + error.what() + "\n";
      std::ignore = ::write(pipe_[1], text.data(), text.size());
      code = kFailed + static_cast<int>(error.kind());
    }
    ::_exit(code);
  }
  ~Child() { ::close(pipe_[0]); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The next acknowledged line, as soon as it is there.
  std::string line() {
    std::string text;
    for (char c = 0; ::read(pipe_[0], &c, 1) == 1 && c != '\n';) text += c;
    return text;
  }
  /// Waits for the end. @returns whole lines that were acknowledged
  std::vector<std::string> finish() {
    std::string text;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(pipe_[0], buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(got));
    }
    ::waitpid(process_, &status_, 0);
    std::vector<std::string> lines;
    std::istringstream stream(text.substr(0, text.rfind('\n') + 1));
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }
  [[nodiscard]] bool killed() const { return WIFSIGNALED(status_); }
  [[nodiscard]] int code() const { return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1; }
  [[nodiscard]] static int codeOf(ErrorKind kind) { return kFailed + static_cast<int>(kind); }

 private:
  int pipe_[2] = {-1, -1};
  pid_t process_ = -1;
  int status_ = 0;
};

inline void acknowledge(int to, const std::string& line) {
  const std::string text = line + "\n";
  if (::write(to, text.data(), text.size()) < 0) ::_exit(1);
}

/// How often a thing is tried: the usual, and SONOTWIN_LONG_TRIALS times more.
inline int trials(int usual) {
  const char* const more = std::getenv("SONOTWIN_LONG_TRIALS");
  return usual + (more != nullptr ? std::atoi(more) : 0);
}

/// This process dies as by a power switch, so many microseconds from now.
inline void dieAfter(long microseconds) {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGKILL;
  timer_t timer{};
  itimerspec when{};
  when.it_value = {.tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000};
  if (::timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 ||
      ::timer_settime(timer, 0, &when, nullptr) != 0) {
    ::_exit(1);
  }
}

/// Gives all files to a person without rights, whom `becomeNobody` makes of this process: where the
/// tests run as root, permissions mean nothing else.
inline constexpr uid_t kNobody = 65534;
inline void giveToNobody(const std::filesystem::path& folder) {
  if (::geteuid() != 0) return;
  std::ignore = ::chown(folder.c_str(), kNobody, kNobody);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    std::ignore = ::chown(entry.path().c_str(), kNobody, kNobody);
  }
}
inline void becomeNobody() {
  if (::geteuid() == 0 && (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) ::_exit(1);
}

/// Nothing under `folder` can be written by anybody but root, or all of it again.
inline void setWritable(const std::filesystem::path& folder, bool writable) {
  namespace fs = std::filesystem;
  const auto change = [writable](const fs::path& path) {
    fs::permissions(path,
                    writable
                        ? fs::perms::owner_write
                        : fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write,
                    writable ? fs::perm_options::add : fs::perm_options::remove);
  };
  change(folder);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) change(entry.path());
}

}  // namespace sonotwin::store
