// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace sonotwin::media {

/// Triangle mesh in millimetres; triangles wind counter-clockwise seen from outside.
struct Surface {
  std::vector<std::array<float, 3>> vertices_mm;
  std::vector<std::array<std::uint32_t, 3>> triangles;
  std::string label;                ///< what it is the surface of
  std::string world = "Reference";  ///< frame of the vertices, as Volume::world
};

}  // namespace sonotwin::media
