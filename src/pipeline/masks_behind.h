// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {

/// The sweep and the masks that a label volume was made from.
struct Masked {
  media::Clip clip;
  media::ClipMask mask;
};

/// None where the volume came from elsewhere, or the clip was calibrated anew since.
[[nodiscard]] std::optional<Masked> masksBehind(const store::Store& store,
                                                const std::string& volume_id);

}  // namespace sonotwin::pipeline
