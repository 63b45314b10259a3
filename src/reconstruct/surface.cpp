// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/reconstruct/surface.h"

#include <fmt/format.h>
#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkFlyingEdges3D.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkPolyDataConnectivityFilter.h>
#include <vtkWindowedSincPolyDataFilter.h>

#include <algorithm>
#include <cmath>

#include "separable.h"
#include "sonotwin/base/error.h"
#include "sonotwin/reconstruct/measure.h"
#include "splat_job.h"

namespace sonotwin::reconstruct {
namespace {
constexpr float kLevel = 0.5F;

/// Occupancy in [0, 1] around what is to be meshed, with room for the smoothing and a border of
/// zeros that closes the surface.
struct OccupancyField {
  FloatGrid grid;
  std::array<int, 3> low;  ///< voxel of the grid's first sample
};

/// Voxels [low, high) that are the label, or at least half occupied where the label is 0.
Box boundsOf(const media::Volume& volume, int label) {
  const auto voxels = volume.samples<std::uint8_t>();
  Box box{{volume.dims[0], volume.dims[1], volume.dims[2]}, {0, 0, 0}};
  std::size_t at = 0;
  for (int k = 0; k < volume.dims[2]; ++k) {
    for (int j = 0; j < volume.dims[1]; ++j) {
      for (int i = 0; i < volume.dims[0]; ++i, ++at) {
        if (label == 0 ? voxels[at] < 128 : voxels[at] != label) continue;
        const int voxel[3] = {i, j, k};
        for (int axis = 0; axis < 3; ++axis) {
          box.low[axis] = std::min(box.low[axis], voxel[axis]);
          box.high[axis] = std::max(box.high[axis], voxel[axis] + 1);
        }
      }
    }
  }
  return box;
}

FloatGrid window(const media::Volume& volume, int label, const std::array<int, 3>& low,
                 const std::array<int, 3>& dims) {
  FloatGrid grid(dims);
  const auto voxels = volume.samples<std::uint8_t>();
  for (int k = std::max(0, -low[2]); k < std::min(dims[2], volume.dims[2] - low[2]); ++k) {
    for (int j = std::max(0, -low[1]); j < std::min(dims[1], volume.dims[1] - low[1]); ++j) {
      for (int i = std::max(0, -low[0]); i < std::min(dims[0], volume.dims[0] - low[0]); ++i) {
        const int voxel = voxels[volume.index(i + low[0], j + low[1], k + low[2])];
        grid.values[grid.index(i, j, k)] =
            label == 0 ? static_cast<float>(voxel) / 255.0F : static_cast<float>(voxel == label);
      }
    }
  }
  return grid;
}

/// Gaussian smoothing, with what it takes off curved outlines put back: 2 G f - G G f has no
/// second moment, so a ball keeps its volume where a Gaussian alone would shrink it.
/// Source: Tukey 1977 ("twicing").
void smoothWithoutShrinking(FloatGrid& grid, const std::array<double, 3>& sigma,
                            const Progress& progress) {
  smooth(grid, sigma, 0);
  progress.report(0.5);
  FloatGrid twice = grid;
  smooth(twice, sigma, 0);
  for (std::size_t i = 0; i < grid.values.size(); ++i) {
    grid.values[i] = 2.0F * grid.values[i] - twice.values[i];
  }
  progress.report(1.0);
}

OccupancyField occupancyField(const media::Volume& volume, int label,
                              const std::array<double, 3>& sigma) {
  const Box box = boundsOf(volume, label);
  if (box.low[0] >= box.high[0]) {
    throwBadInput(label == 0 ? "The volume has no voxel that is at least half occupied."
                             : fmt::format("The volume has no voxel with label {}.", label));
  }
  std::array<int, 3> low{}, dims{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const int room = 2 * static_cast<int>(std::ceil(3.0 * sigma[axis])) + 2;
    low[axis] = box.low[axis] - room;
    dims[axis] = box.high[axis] - box.low[axis] + 2 * room;
  }
  return {window(volume, label, low, dims), low};
}

/// Surface at level one half, in mm from the field's first sample along the voxel axes.
vtkNew<vtkPolyData> isosurface(OccupancyField& field, const Eigen::Vector3d& spacing_mm,
                               bool largest_part_only) {
  vtkNew<vtkFloatArray> scalars;
  scalars->SetArray(field.grid.values.data(), static_cast<vtkIdType>(field.grid.values.size()),
                    1);  // 1: the values stay ours
  vtkNew<vtkImageData> image;
  image->SetDimensions(field.grid.dims.data());
  image->SetSpacing(spacing_mm.data());
  image->GetPointData()->SetScalars(scalars);

  vtkNew<vtkFlyingEdges3D> edges;
  edges->SetInputData(image);
  edges->SetValue(0, kLevel);
  edges->ComputeNormalsOff();
  edges->ComputeGradientsOff();
  edges->ComputeScalarsOff();
  edges->Update();
  vtkNew<vtkPolyData> mesh;
  mesh->ShallowCopy(edges->GetOutput());
  if (!largest_part_only) return mesh;
  vtkNew<vtkPolyDataConnectivityFilter> largest;
  largest->SetInputData(mesh);
  largest->SetExtractionModeToLargestRegion();
  largest->Update();
  mesh->ShallowCopy(largest->GetOutput());
  return mesh;
}

void smoothMesh(vtkPolyData* mesh, const SurfaceOptions& options) {
  if (options.smoothing_iterations <= 0) return;
  vtkNew<vtkWindowedSincPolyDataFilter> sinc;
  sinc->SetInputData(mesh);
  sinc->SetNumberOfIterations(options.smoothing_iterations);
  sinc->SetPassBand(options.smoothing_pass_band);
  sinc->NormalizeCoordinatesOn();
  sinc->BoundarySmoothingOff();
  sinc->FeatureEdgeSmoothingOff();
  sinc->Update();
  mesh->ShallowCopy(sinc->GetOutput());
}

/// Keeps the vertices that a triangle uses, in the order of their first use.
media::Surface toSurface(vtkPolyData* mesh, const media::WorldFromVoxel& world_from_voxel,
                         const std::array<int, 3>& low, const Eigen::Vector3d& spacing_mm) {
  constexpr std::uint32_t kUnused = ~0U;
  media::Surface surface;
  std::vector<std::uint32_t> renumbered(static_cast<std::size_t>(mesh->GetNumberOfPoints()),
                                        kUnused);
  const auto vertexOf = [&](vtkIdType point) {
    std::uint32_t& number = renumbered[static_cast<std::size_t>(point)];
    if (number == kUnused) {
      number = static_cast<std::uint32_t>(surface.vertices_mm.size());
      const Eigen::Vector3d at_mm(mesh->GetPoint(point));
      const Eigen::Vector3d voxel =
          at_mm.cwiseQuotient(spacing_mm) + Eigen::Vector3d(low[0], low[1], low[2]);
      const Eigen::Vector3f world = world_from_voxel(voxel).cast<float>();
      surface.vertices_mm.push_back({world[0], world[1], world[2]});
    }
    return number;
  };
  vtkCellArray* cells = mesh->GetPolys();
  vtkIdType count = 0;
  const vtkIdType* points = nullptr;
  for (cells->InitTraversal(); cells->GetNextCell(count, points);) {
    if (count != 3) continue;
    surface.triangles.push_back({vertexOf(points[0]), vertexOf(points[1]), vertexOf(points[2])});
  }
  return surface;
}

void turnOutward(media::Surface& surface) {
  if (volumeMl(surface) >= 0.0) return;
  for (auto& triangle : surface.triangles) std::swap(triangle[1], triangle[2]);
}

/// Moves every vertex along its normal by the same small step, so that the surface encloses what
/// it did before it was smoothed: both filters change the volume by up to some percent.
void restoreVolume(media::Surface& surface, double volume_ml, double spacing_mm) {
  const double area_mm2 = areaMm2(surface);
  if (area_mm2 <= 0.0) return;
  const double step_mm = 1000.0 * (volume_ml - volumeMl(surface)) / area_mm2;
  if (std::abs(step_mm) > 0.5 * spacing_mm) return;  // parts joined or parted: not comparable
  const auto at = [&](std::uint32_t i) { return Eigen::Vector3f(surface.vertices_mm[i].data()); };
  std::vector<Eigen::Vector3f> normals(surface.vertices_mm.size(), Eigen::Vector3f::Zero());
  for (const auto& t : surface.triangles) {
    const Eigen::Vector3f normal = (at(t[1]) - at(t[0])).cross(at(t[2]) - at(t[0]));
    for (const std::uint32_t i : t) normals[i] += normal;
  }
  for (std::size_t i = 0; i < normals.size(); ++i) {
    const Eigen::Vector3f step = static_cast<float>(step_mm) * normals[i].normalized();
    for (std::size_t axis = 0; axis < 3; ++axis) {
      surface.vertices_mm[i][axis] += step[static_cast<Eigen::Index>(axis)];
    }
  }
}
}  // namespace

media::Surface extractSurface(const media::Volume& volume, int label, const SurfaceOptions& options,
                              const Progress& progress) {
  if (volume.type != media::PixelType::kUint8) {
    throwBadInput("A surface is extracted from a label or occupancy volume, of 8-bit voxels.");
  }
  if (!std::isfinite(options.prefilter_mm) || options.prefilter_mm < 0.0) {
    throwBadInput("The surface's prefilter must be zero or a positive number of millimetres.");
  }
  progress.report(0.0, "Extracting the surface");
  const Eigen::Vector3d spacing_mm = volume.spacing_mm();
  const std::array sigma = {options.prefilter_mm / spacing_mm[0],
                            options.prefilter_mm / spacing_mm[1],
                            options.prefilter_mm / spacing_mm[2]};
  OccupancyField field = occupancyField(volume, label, sigma);
  const auto meshed = [&] { return isosurface(field, spacing_mm, options.largest_part_only); };
  const auto placed = [&](vtkPolyData* mesh) {
    media::Surface surface = toSurface(mesh, volume.world_from_voxel, field.low, spacing_mm);
    turnOutward(surface);
    return surface;
  };
  const double volume_ml = volumeMl(placed(meshed()));
  if (options.prefilter_mm > 0.0) {
    smoothWithoutShrinking(field.grid, sigma, progress.part(0.2, 0.6, "Extracting the surface"));
  }
  const auto mesh = meshed();
  progress.report(0.8, "Extracting the surface");
  smoothMesh(mesh, options);
  media::Surface surface = placed(mesh);
  restoreVolume(surface, volume_ml, spacing_mm.minCoeff());
  progress.report(1.0, "Extracting the surface");
  const auto named = std::ranges::find(volume.labels, label, &media::Label::value);
  if (named != volume.labels.end()) surface.label = named->name;
  surface.world = volume.world;
  return surface;
}

}  // namespace sonotwin::reconstruct
