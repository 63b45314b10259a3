// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/base/version.h"

namespace sonotwin {

std::string_view programVersion() noexcept {
  return SONOTWIN_VERSION;
}

}  // namespace sonotwin
