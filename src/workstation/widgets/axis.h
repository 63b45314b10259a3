// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sonotwin::workstation {

/// The largest of 1, 2 or 5 times a power of ten that cuts `range` into at least `parts`.
[[nodiscard]] double niceStep(double range, int parts);

}  // namespace sonotwin::workstation
