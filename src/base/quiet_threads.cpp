// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/base/quiet_threads.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace sonotwin {

void startWithQuietThreads(char** arguments) {
  constexpr const char* kPolicy = "OMP_WAIT_POLICY";
  if (std::getenv(kPolicy) != nullptr || setenv(kPolicy, "passive", 0) != 0) return;
  std::error_code failed;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failed);
  // Where it cannot be, threads spin: slower, not wrong.
  if (!failed) execv(program.c_str(), arguments);
}

}  // namespace sonotwin
