// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sonotwin {

/// One line to the program's log (stderr unless told otherwise). Never pass a path, a file name or
/// anything of a patient: logs leave the machine.
void logInfo(std::string_view text);
void logWarning(std::string_view text);

}  // namespace sonotwin
