// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <string>

namespace sonotwin::pipeline {

/// Of the picture of one frame in a folder of them: "frame_00000.png".
[[nodiscard]] inline std::string frameName(int index) {
  char name[32];
  std::snprintf(name, sizeof name, "frame_%05d.png", index);
  return name;
}

}  // namespace sonotwin::pipeline
