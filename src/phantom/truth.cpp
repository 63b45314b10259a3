// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "anatomy.h"
#include "display.h"
#include "scan_geometry.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/parallel.h"
#include "surface_nets.h"
#include "tissue.h"

namespace sonotwin::phantom {
namespace {
constexpr double kFacetsPerRadius = 14.0;  // keeps what the facets cut off below 0.2 % of a volume

void validate(double spacing_mm) {
  if (spacing_mm >= 0.1 && spacing_mm <= 10.0) return;
  throwBadInput("The spacing of the truth must be from 0.1 to 10 mm.");
}

/// Fills a grid over the patient's bounds with `value` of each voxel centre.
template <class Value>
media::Volume sampled(const VirtualPatient& patient, double spacing_mm, const Value& value) {
  validate(spacing_mm);
  const Eigen::AlignedBox3d box = patient.bounds_mm();
  const Eigen::Array3i dims = (box.sizes() / spacing_mm).array().floor().cast<int>() + 1;
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 3>() *= spacing_mm;
  matrix.topRightCorner<3, 1>() = box.min();
  media::Volume volume({dims.x(), dims.y(), dims.z()}, media::PixelType::kUint8,
                       media::WorldFromVoxel(matrix));
  const auto voxels = volume.samples<std::uint8_t>();
  parallelFor(static_cast<std::size_t>(dims.z()), 0, [&](std::size_t begin, std::size_t end) {
    for (int k = static_cast<int>(begin); k < static_cast<int>(end); ++k) {
      for (int j = 0; j < dims.y(); ++j) {
        for (int i = 0; i < dims.x(); ++i) {
          voxels[volume.index(i, j, k)] =
              value(volume.world_from_voxel({1.0 * i, 1.0 * j, 1.0 * k}));
        }
      }
    }
  });
  return volume;
}
}  // namespace

media::Volume truthLabels(const VirtualPatient& patient, double spacing_mm) {
  media::Volume volume = sampled(patient, spacing_mm, [&](const Eigen::Vector3d& world_mm) {
    return static_cast<std::uint8_t>(patient.labelAt(world_mm));
  });
  volume.labels = patient.labels();
  return volume;
}

media::Volume truthEcho(const VirtualPatient& patient, double spacing_mm) {
  const Tissue tissue(anatomyOf(patient), kFaceRadius_mm);
  return sampled(patient, spacing_mm, [&](const Eigen::Vector3d& world_mm) {
    return tissue.depth_mm(world_mm) < 0.0 ? std::uint8_t{0}
                                           : greyOf(tissue.echoAt(world_mm).level_db);
  });
}

media::Surface truthSurface(const VirtualPatient& patient, int label, double spacing_mm) {
  validate(spacing_mm);
  const Organ& organ = anatomyOf(patient).organ(label);
  const double finest_mm = organ.shape->smallestRadius_mm() / kFacetsPerRadius;
  media::Surface surface = surfaceNets(*organ.shape, std::min(spacing_mm, finest_mm));
  surface.label = organ.label.name;
  return surface;
}

}  // namespace sonotwin::phantom
