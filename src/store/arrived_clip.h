// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "frame_table.h"
#include "objects.h"
#include "origins.h"
#include "sonotwin/store/store.h"

namespace sonotwin::store {

/// A clip on its way in, placed.
struct ArrivedClip {
  const media::Clip& clip;
  std::optional<int> exam_day_number;  ///< days since 1970-01-01
  KeyedOrigin keyed;
  ObjectRef object;
  FrameTable encoding;  ///< empty: raw frames
  std::vector<IngestReport> reports;
};

}  // namespace sonotwin::store
