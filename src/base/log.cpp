// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace sonotwin {
namespace {
spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("sonotwin",
                                                 std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%d %H:%M:%S %l: %v");
    return made;
  }();
  return *instance;
}
}  // namespace

void logInfo(std::string_view text) {
  logger().info(text);
}
void logWarning(std::string_view text) {
  logger().warn(text);
}

}  // namespace sonotwin
