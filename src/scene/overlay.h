// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vtkSmartPointer.h>

#include <array>
#include <string>

#include "camera.h"

class vtkActor2D;
class vtkPoints;
class vtkPolyData;
class vtkRenderer;
class vtkTextActor;

namespace sonotwin::scene {

/// A scale bar of a round length no longer than `longest_mm`: 1, 2 or 5 times a power of ten.
[[nodiscard]] double roundLength_mm(double longest_mm);

/// Drawn over the picture, lower right: the directions of the world's axes and a scale bar that
/// holds at the distance of the focal point.
class Overlay {
 public:
  explicit Overlay(vtkRenderer* renderer);
  ~Overlay();
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  void setShown(bool shown);
  /// Places everything for a picture of cols x rows.
  void update(const View& view, int cols, int rows, double pixel_ratio);

 private:
  void placeAxes(const View& view, double centre_x, double centre_y, double pixel_ratio);
  void placeBar(const View& view, double right_x, double y, double rows, double pixel_ratio);

  vtkRenderer* renderer_;
  vtkSmartPointer<vtkPoints> points_;
  vtkSmartPointer<vtkPolyData> lines_;
  vtkSmartPointer<vtkActor2D> line_actor_;
  std::array<vtkSmartPointer<vtkTextActor>, 4> words_;  ///< x, y, z, the bar's length
};

}  // namespace sonotwin::scene
