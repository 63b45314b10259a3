// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/reconstruct/surface.h"

#include <fmt/format.h>
#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkFlyingEdges3D.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataConnectivityFilter.h>
#include <vtkQuadricDecimation.h>
#include <vtkWindowedSincPolyDataFilter.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "separable.h"
#include "shape_change.h"
#include "sonotwin/base/error.h"
#include "sonotwin/reconstruct/measure.h"
#include "splat_job.h"

namespace sonotwin::reconstruct {
namespace {
constexpr float kLevel = 0.5F;
/// Reading a level between samples h apart by straight lines blurs it by variance h^2 / 6.
constexpr double kReadingBlur = 1.0 / 6.0;
constexpr int kDecimations = 10;

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

vtkNew<vtkPolyData> toPolyData(const media::Surface& surface) {
  vtkNew<vtkPoints> points;
  for (const auto& vertex : surface.vertices_mm) points->InsertNextPoint(vertex.data());
  vtkNew<vtkCellArray> cells;
  for (const auto& t : surface.triangles) cells->InsertNextCell({t[0], t[1], t[2]});
  vtkNew<vtkPolyData> mesh;
  mesh->SetPoints(points);
  mesh->SetPolys(cells);
  return mesh;
}

void turnOutward(media::Surface& surface) {
  if (volumeMl(surface) >= 0.0) return;
  for (auto& triangle : surface.triangles) std::swap(triangle[1], triangle[2]);
}

/// A share of a surface's triangles, those that cost its shape least; it encloses what `surface`
/// does. VTK's error metric is no distance, so that whoever calls has to measure.
media::Surface withShare(vtkPolyData* mesh, double share, const media::Surface& surface) {
  vtkNew<vtkQuadricDecimation> fewer;
  fewer->SetInputData(mesh);
  fewer->SetTargetReduction(1.0 - share);
  fewer->VolumePreservationOn();
  fewer->Update();
  media::Surface result = toSurface(fewer->GetOutput(), {}, {0, 0, 0}, Eigen::Vector3d::Ones());
  result.label = surface.label;
  result.world = surface.world;
  const double most_mm = std::numeric_limits<double>::infinity();
  grow(result, 1000.0 * (volumeMl(surface) - volumeMl(result)), most_mm);
  return result;
}

void validate(const media::Volume& volume, const SurfaceOptions& options) {
  if (volume.type != media::PixelType::kUint8) {
    throwBadInput("A surface is extracted from a label or occupancy volume, of 8-bit voxels.");
  }
  if (!std::isfinite(options.prefilter_mm) || options.prefilter_mm < 0.0) {
    throwBadInput("The surface's prefilter must be zero or a positive number of millimetres.");
  }
  if (!std::isfinite(options.decimation_mm) || options.decimation_mm < 0.0) {
    throwBadInput("A surface is decimated to zero or a positive number of millimetres.");
  }
}
}  // namespace

media::Surface decimate(const media::Surface& surface, double most_mm) {
  if (!std::isfinite(most_mm) || most_mm <= 0.0) {
    throwBadInput("A surface is decimated to a positive number of millimetres.");
  }
  const auto mesh = toPolyData(surface);
  media::Surface fewest = surface;
  // Shares of the triangles: halved while that holds, then the last step by bisection.
  double kept = 1.0, step = 0.5;
  for (int i = 0; i < kDecimations; ++i) {
    media::Surface fewer = withShare(mesh, kept - step, surface);
    if (isClosed(fewer) && surfaceDistance(surface, fewer).max_mm <= most_mm) {
      kept -= step;
      fewest = std::move(fewer);
    }
    step = std::min(0.5 * step, 0.5 * kept);
  }
  return fewest;
}

media::Surface extractSurface(const media::Volume& volume, int label, const SurfaceOptions& options,
                              const Progress& progress) {
  validate(volume, options);
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
  // Both filters change the volume by up to some percent; so does reading an occupancy.
  const double read_mm2 = label == 0 ? kReadingBlur * spacing_mm.squaredNorm() / 3.0 : 0.0;
  const double growth_mm3 =
      1000.0 * (volume_ml - volumeMl(surface)) + 0.5 * read_mm2 * totalCurvature_mm(surface);
  // More would mean that parts joined or parted: not comparable.
  grow(surface, growth_mm3, 0.5 * spacing_mm.minCoeff());
  if (options.decimation_mm > 0.0) surface = decimate(surface, options.decimation_mm);
  progress.report(1.0, "Extracting the surface");
  const auto named = std::ranges::find(volume.labels, label, &media::Label::value);
  if (named != volume.labels.end()) surface.label = named->name;
  surface.world = volume.world;
  return surface;
}

}  // namespace sonotwin::reconstruct
