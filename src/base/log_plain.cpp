// SPDX-License-Identifier: Apache-2.0
// The `compute` preset's log: no library, one line on stderr.
#include <cstdio>

#include "sonotwin/base/log.h"

namespace sonotwin {

void logInfo(std::string_view text) {
  std::fprintf(stderr, "info: %.*s\n", static_cast<int>(text.size()), text.data());
}
void logWarning(std::string_view text) {
  std::fprintf(stderr, "warning: %.*s\n", static_cast<int>(text.size()), text.data());
}

}  // namespace sonotwin
