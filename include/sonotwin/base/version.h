// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sonotwin {

/// Version of this program, as in `0.1.0`.
[[nodiscard]] std::string_view programVersion() noexcept;

}  // namespace sonotwin
