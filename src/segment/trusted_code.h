// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sonotwin::segment {

/// Files made elsewhere that hold code, by SHA-256, which a person on this machine has agreed to
/// run. Kept outside of models, so that a model that comes from elsewhere cannot bring its own
/// consent: `$SONOTWIN_TRUSTED_CODE`, else `sonotwin/trusted-code` in `$XDG_CONFIG_HOME` or
/// `~/.config`, a line a file.
[[nodiscard]] bool isTrustedCode(const std::string& sha256);
/// @param name  for people who read the list. @throws Error(kDevice)
void trustCode(const std::string& sha256, const std::string& name);

}  // namespace sonotwin::segment
