// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/base/interrupt.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <thread>

#include "sonotwin/base/error.h"

namespace sonotwin {
namespace {
constexpr int kInterrupted = 130;
std::array<int, 2> pipe_ends = {-1, -1};
std::atomic<bool> interrupted = false;

// Libraries start threads before main does: a blocked signal would reach one of those and end the
// program, so a handler it must be. Only a write to a pipe is safe in one.
extern "C" void noteInterrupt(int) {
  if (interrupted.exchange(true)) _exit(kInterrupted);
  const char byte = 0;
  if (write(pipe_ends[1], &byte, 1) != 1) _exit(kInterrupted);
}

std::stop_source install() {
  std::stop_source source;
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) {
    throw Error(ErrorKind::kDevice, "The system gives no pipe to listen for Ctrl-C.");
  }
  std::thread([source]() mutable {
    char byte = 0;
    while (read(pipe_ends[0], &byte, 1) != 1) {
    }
    source.request_stop();
  }).detach();
  struct sigaction action = {};
  action.sa_handler = noteInterrupt;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
  return source;
}
}  // namespace

std::stop_token stopOnInterrupt() {
  static const std::stop_source source = install();
  return source.get_token();
}

}  // namespace sonotwin
