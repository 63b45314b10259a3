// SPDX-License-Identifier: Apache-2.0
#include "actors.h"

#include <vtkActor.h>
#include <vtkAppendPolyData.h>
#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkImageData.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkPolyDataNormals.h>
#include <vtkProperty.h>
#include <vtkSphereSource.h>
#include <vtkTexture.h>
#include <vtkTriangleFilter.h>
#include <vtkTubeFilter.h>
#include <vtkTypeInt32Array.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "sonotwin/base/error.h"
#include "sonotwin/scene/sweep_geometry.h"

namespace sonotwin::scene {
namespace {
constexpr int kTubeSides = 14;
constexpr double kBallRadius_mm = 2.2;
constexpr double kStickLength_mm = 24.0;
constexpr double kStickRadius_mm = 0.7;

vtkSmartPointer<vtkActor> actorOf(vtkPolyData* data, const Colour& colour) {
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(data);
  mapper->ScalarVisibilityOff();
  auto actor = vtkSmartPointer<vtkActor>::New();
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(colour[0], colour[1], colour[2]);
  return actor;
}

vtkSmartPointer<vtkPolyData> triangles(const media::Surface& surface) {
  vtkNew<vtkFloatArray> coordinates;
  coordinates->SetNumberOfComponents(3);
  coordinates->SetNumberOfTuples(static_cast<vtkIdType>(surface.vertices_mm.size()));
  vtkNew<vtkTypeInt32Array> corners;
  corners->SetNumberOfValues(static_cast<vtkIdType>(surface.triangles.size() * 3));
  if (!surface.vertices_mm.empty()) {
    std::memcpy(coordinates->GetPointer(0), surface.vertices_mm.data(),
                surface.vertices_mm.size() * sizeof(surface.vertices_mm[0]));
  }
  vtkIdType next = 0;
  for (const auto& triangle : surface.triangles) {
    for (const std::uint32_t corner : triangle) {
      if (corner >= surface.vertices_mm.size()) {
        throwBadInput("A surface cannot be shown: a triangle names vertex " +
                      std::to_string(corner) + " of " + std::to_string(surface.vertices_mm.size()) +
                      ".");
      }
      corners->SetValue(next++, static_cast<vtkTypeInt32>(corner));
    }
  }
  vtkNew<vtkPoints> points;
  points->SetData(coordinates);
  vtkNew<vtkCellArray> cells;
  cells->SetData(3, corners);
  auto data = vtkSmartPointer<vtkPolyData>::New();
  data->SetPoints(points);
  data->SetPolys(cells);
  return data;
}

vtkSmartPointer<vtkPolyData> linesData(std::span<const Polyline> lines, bool closed) {
  vtkNew<vtkPoints> points;
  points->SetDataTypeToDouble();
  vtkNew<vtkCellArray> cells;
  for (const Polyline& line : lines) {
    if (line.size() < 2) continue;
    const vtkIdType first = points->GetNumberOfPoints();
    cells->InsertNextCell(static_cast<int>(line.size()) + (closed ? 1 : 0));
    for (const Eigen::Vector3d& point : line) {
      cells->InsertCellPoint(points->InsertNextPoint(point.data()));
    }
    if (closed) cells->InsertCellPoint(first);
  }
  auto data = vtkSmartPointer<vtkPolyData>::New();
  data->SetPoints(points);
  data->SetLines(cells);
  return data;
}

vtkSmartPointer<vtkPolyData> tubes(std::span<const Polyline> lines, double radius_mm) {
  vtkNew<vtkTubeFilter> tube;
  tube->SetInputData(linesData(lines, false));
  tube->SetRadius(radius_mm);
  tube->SetNumberOfSides(kTubeSides);
  tube->CappingOn();
  tube->Update();
  return tube->GetOutput();
}

/// The sector's polygon in the world, with the picture's texture coordinates.
vtkSmartPointer<vtkPolyData> pictureGeometry(const media::Image& frame,
                                             const media::WorldFromImage& pose,
                                             const media::ScanSector& sector) {
  vtkNew<vtkPoints> points;
  vtkNew<vtkFloatArray> texture_coordinates;
  texture_coordinates->SetNumberOfComponents(2);
  vtkNew<vtkCellArray> polygon;
  const auto outline = sectorOutline(sector, frame.rows, frame.cols);
  polygon->InsertNextCell(static_cast<int>(outline.size()));
  for (const Eigen::Vector2d& pixel : outline) {
    const Eigen::Vector3d place = pose({pixel.x(), pixel.y(), 0.0});
    polygon->InsertCellPoint(points->InsertNextPoint(place.data()));
    texture_coordinates->InsertNextTuple2((pixel.x() + 0.5) / frame.cols,
                                          (pixel.y() + 0.5) / frame.rows);
  }
  vtkNew<vtkPolyData> data;
  data->SetPoints(points);
  data->SetPolys(polygon);
  data->GetPointData()->SetTCoords(texture_coordinates);
  vtkNew<vtkTriangleFilter> triangulated;  // a fan's outline is not convex
  triangulated->SetInputData(data);
  triangulated->Update();
  return triangulated->GetOutput();
}

vtkSmartPointer<vtkImageData> pictureData(const media::Image& frame) {
  const media::Image gray = media::toGray8(frame);
  auto data = vtkSmartPointer<vtkImageData>::New();
  data->SetDimensions(frame.cols, frame.rows, 1);
  data->AllocateScalars(VTK_UNSIGNED_CHAR, 1);
  std::memcpy(data->GetScalarPointer(), gray.data.data(), gray.data.size());
  return data;
}
}  // namespace

vtkSmartPointer<vtkActor> surfaceActor(const media::Surface& surface,
                                       std::array<std::uint8_t, 3> colour, double opacity) {
  vtkNew<vtkPolyDataNormals> smooth;
  smooth->SetInputData(triangles(surface));
  smooth->SplittingOff();
  smooth->ConsistencyOff();  // a Surface winds consistently; checking takes seconds on large ones
  smooth->Update();
  auto actor =
      actorOf(smooth->GetOutput(), {colour[0] / 255.0, colour[1] / 255.0, colour[2] / 255.0});
  vtkProperty* property = actor->GetProperty();
  property->SetInterpolationToPhong();
  property->SetAmbient(0.10);
  property->SetDiffuse(0.95);
  property->SetSpecular(0.22);
  property->SetSpecularPower(24.0);
  property->SetOpacity(std::clamp(opacity, 0.0, 1.0));
  return actor;
}

vtkSmartPointer<vtkActor> lineActor(std::span<const Polyline> lines, bool closed,
                                    const Colour& colour) {
  auto actor = actorOf(linesData(lines, closed), colour);
  actor->GetProperty()->LightingOff();
  return actor;
}

vtkSmartPointer<vtkActor> tubeActor(std::span<const Polyline> lines, double radius_mm,
                                    const Colour& colour) {
  auto actor = actorOf(tubes(lines, radius_mm), colour);
  actor->GetProperty()->SetAmbient(0.35);
  actor->GetProperty()->SetDiffuse(0.75);
  return actor;
}

vtkSmartPointer<vtkActor> probeGlyph(const robot::WorldFromTool& pose) {
  const Eigen::Vector3d face = pose.translation();
  const Eigen::Vector3d back = face - kStickLength_mm * pose.linear().col(2).normalized();
  vtkNew<vtkSphereSource> ball;
  ball->SetCenter(face.x(), face.y(), face.z());
  ball->SetRadius(kBallRadius_mm);
  ball->SetThetaResolution(32);
  ball->SetPhiResolution(24);
  const std::array<Polyline, 1> stick = {Polyline{face, back}};
  vtkNew<vtkAppendPolyData> glyph;
  glyph->AddInputConnection(ball->GetOutputPort());
  glyph->AddInputData(tubes(stick, kStickRadius_mm));
  glyph->Update();
  auto actor = actorOf(glyph->GetOutput(), kText);
  actor->GetProperty()->SetAmbient(0.55);
  actor->GetProperty()->SetDiffuse(0.55);
  return actor;
}

vtkSmartPointer<vtkActor> pictureActor(const media::Image& frame, const media::WorldFromImage& pose,
                                       const media::ScanSector& sector) {
  auto actor = actorOf(pictureGeometry(frame, pose, sector), {1.0, 1.0, 1.0});
  vtkNew<vtkTexture> texture;
  texture->SetInputData(pictureData(frame));
  texture->InterpolateOn();
  texture->RepeatOff();
  texture->EdgeClampOn();
  actor->SetTexture(texture);
  actor->GetProperty()->LightingOff();
  return actor;
}

std::vector<Polyline> dashed(const Polyline& line, double dash_mm) {
  std::vector<Polyline> dashes;
  double travelled_mm = 0.0;
  bool drawing = true;
  if (!line.empty()) dashes.push_back({line.front()});
  for (std::size_t i = 1; i < line.size(); ++i) {
    Eigen::Vector3d from = line[i - 1];
    double left_mm = (line[i] - from).norm();
    const Eigen::Vector3d direction = (line[i] - from).normalized();
    while (travelled_mm + left_mm >= dash_mm) {
      const double step_mm = dash_mm - travelled_mm;
      from += step_mm * direction;
      left_mm -= step_mm;
      travelled_mm = 0.0;
      if (drawing) dashes.back().push_back(from);
      drawing = !drawing;
      if (drawing) dashes.push_back({from});
    }
    travelled_mm += left_mm;
    if (drawing) dashes.back().push_back(line[i]);
  }
  return dashes;
}

}  // namespace sonotwin::scene
