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

OccupancyField occupancyField(const media::Volume& volume, int label, double sigma_mm,
                              const Progress& progress) {
  const Box box = boundsOf(volume, label);
  if (box.low[0] >= box.high[0]) {
    throwBadInput(label == 0 ? "The volume has no voxel that is at least half occupied."
                             : fmt::format("The volume has no voxel with label {}.", label));
  }
  const Eigen::Vector3d spacing_mm = volume.spacing_mm();
  std::array<int, 3> low{}, dims{};
  std::array<double, 3> sigma{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    sigma[axis] = sigma_mm / spacing_mm[static_cast<Eigen::Index>(axis)];
    const int room = 2 * static_cast<int>(std::ceil(3.0 * sigma[axis])) + 2;
    low[axis] = box.low[axis] - room;
    dims[axis] = box.high[axis] - box.low[axis] + 2 * room;
  }
  OccupancyField field{window(volume, label, low, dims), low};
  if (sigma_mm > 0.0) smoothWithoutShrinking(field.grid, sigma, progress);
  return field;
}

/// Surface at level one half, in mm from the field's first sample along the voxel axes.
vtkNew<vtkPolyData> isosurface(OccupancyField& field, const Eigen::Vector3d& spacing_mm,
                               const SurfaceOptions& options, const Progress& progress) {
  vtkNew<vtkFloatArray> scalars;
  scalars->SetArray(field.grid.values.data(), static_cast<vtkIdType>(field.grid.values.size()),
                    1);  // 1: stays ours
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
  progress.report(0.3);
  vtkNew<vtkPolyData> mesh;
  mesh->ShallowCopy(edges->GetOutput());
  if (options.largest_part_only) {
    vtkNew<vtkPolyDataConnectivityFilter> largest;
    largest->SetInputData(mesh);
    largest->SetExtractionModeToLargestRegion();
    largest->Update();
    mesh->ShallowCopy(largest->GetOutput());
  }
  progress.report(0.6);
  if (options.smoothing_iterations > 0) {
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
  progress.report(1.0);
  return mesh;
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
}  // namespace

media::Surface extractSurface(const media::Volume& volume, int label, const SurfaceOptions& options,
                              const Progress& progress) {
  if (volume.type != media::PixelType::kUint8) {
    throwBadInput("A surface is extracted from a label or occupancy volume, of 8-bit voxels.");
  }
  progress.report(0.0, "Extracting the surface");
  OccupancyField field = occupancyField(volume, label, options.prefilter_mm,
                                        progress.part(0.0, 0.5, "Extracting the surface"));
  const auto mesh = isosurface(field, volume.spacing_mm(), options,
                               progress.part(0.5, 1.0, "Extracting the surface"));
  media::Surface surface = toSurface(mesh, volume.world_from_voxel, field.low, volume.spacing_mm());
  turnOutward(surface);
  const auto named = std::ranges::find(volume.labels, label, &media::Label::value);
  if (named != volume.labels.end()) surface.label = named->name;
  surface.world = volume.world;
  return surface;
}

}  // namespace sonotwin::reconstruct
