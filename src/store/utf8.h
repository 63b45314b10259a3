// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sonotwin::store {

/// @throws Error(kBadInput) unless `text` is UTF-8 without a NUL. Source: RFC 3629.
void requireText(std::string_view text);

}  // namespace sonotwin::store
