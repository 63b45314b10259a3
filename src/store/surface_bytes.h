// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "objects.h"
#include "sonotwin/media/surface.h"

namespace sonotwin::store {

/// A surface's object, little-endian: the eight characters `SNTWSRF1`, the numbers of vertices and
/// of triangles as 64-bit integers, then x y z of each vertex in mm as 32-bit floats, then the
/// three vertex numbers of each triangle as 32-bit integers.
/// @throws Error(kBadInput) if a triangle has a vertex that is not there
void writeSurface(const media::Surface& surface, NewObject& object);

/// Vertices and triangles of such an object. @throws Error(kDamaged) if it is not one
[[nodiscard]] media::Surface readSurface(std::span<const std::byte> bytes);

}  // namespace sonotwin::store
