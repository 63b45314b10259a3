// SPDX-License-Identifier: Apache-2.0
#include <itkImageRegionIterator.h>
#include <itkLabelImageToShapeLabelMapFilter.h>
#include <itkShapeLabelObject.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "itk_picture.h"
#include "parts.h"

namespace sonotwin::features {
namespace {
using ShapeObject = itk::ShapeLabelObject<itk::SizeValueType, 2>;
using ShapeMap = itk::LabelMap<ShapeObject>;
using Point = std::array<double, 2>;

ShapeObject::Pointer shapeOf(const Region& region, const std::array<double, 2>& spacing) {
  const auto picture = pictureOf(region.inside, region.rows, region.cols);
  picture->SetSpacing(spacing.data());
  const auto filter = itk::LabelImageToShapeLabelMapFilter<Picture, ShapeMap>::New();
  filter->SetInput(picture);
  filter->SetComputePerimeter(true);
  runFilter(*filter);
  return filter->GetOutput()->GetNthLabelObject(0);
}

double cross(const Point& o, const Point& a, const Point& b) {
  return (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
}

/// Of points in order. Source: Andrew's monotone chain, IPL 9(5), 1979.
std::vector<Point> hullOf(const std::vector<Point>& points) {
  std::vector<Point> hull;
  const auto extend = [&hull](const Point& point, std::size_t least) {
    while (hull.size() >= least && cross(hull[hull.size() - 2], hull.back(), point) <= 0.0) {
      hull.pop_back();
    }
    hull.push_back(point);
  };
  for (const Point& point : points) extend(point, 2);
  const std::size_t upper = hull.size() + 1;
  for (auto point = points.rbegin() + 1; point != points.rend(); ++point) extend(*point, upper);
  return hull;
}

/// How many pixels have their centres in the convex hull of the middles of the region's edges.
double hullPixels(const Region& region) {
  constexpr double kOnBorder = 1e-9;
  std::vector<Point> middles;
  for (int row = 0; row < region.rows; ++row) {
    for (int col = 0; col < region.cols; ++col) {
      if (region.inside[region.at(row, col)] == 0) continue;
      for (const double half : {-0.5, 0.5}) {
        middles.push_back({col + half, static_cast<double>(row)});
        middles.push_back({static_cast<double>(col), row + half});
      }
    }
  }
  std::ranges::sort(middles);
  const std::vector<Point> hull = hullOf(middles);
  double count = 0.0;
  for (int row = 0; row < region.rows; ++row) {
    double left = region.cols, right = -1.0;
    for (std::size_t i = 0; i + 1 < hull.size(); ++i) {
      const Point &a = hull[i], &b = hull[i + 1];
      if (std::min(a[1], b[1]) > row || std::max(a[1], b[1]) < row || a[1] == b[1]) continue;
      const double at = a[0] + (b[0] - a[0]) * (row - a[1]) / (b[1] - a[1]);
      left = std::min(left, at);
      right = std::max(right, at);
    }
    if (left > right) continue;
    count += std::floor(right + kOnBorder) - std::ceil(left - kOnBorder) + 1.0;
  }
  return count;
}

/// Of the longer axis, up from the columns' direction; none of a circle.
std::optional<double> orientation_deg(const ShapeObject& shape) {
  const auto& moments = shape.GetPrincipalMoments();
  if (!(moments[1] - moments[0] > 1e-9 * moments[1])) return std::nullopt;
  const auto& axes = shape.GetPrincipalAxes();
  double angle = std::atan2(-axes(1, 1), axes(1, 0)) * 180.0 / std::numbers::pi;
  if (angle <= -90.0) angle += 180.0;
  if (angle > 90.0) angle -= 180.0;
  return angle;
}
}  // namespace

void addShape(std::vector<Feature>& features, const Region& region,
              const std::optional<std::array<double, 2>>& spacing_mm) {
  const auto shape = shapeOf(region, spacing_mm.value_or(std::array{1.0, 1.0}));
  const auto known = [&spacing_mm](std::optional<double> value) {
    return spacing_mm ? value : std::nullopt;
  };
  const auto pixels = static_cast<double>(shape->GetNumberOfPixels());
  const auto& moments = shape->GetPrincipalMoments();
  const double shorter = std::max(0.0, moments[0]), longer = std::max(0.0, moments[1]);
  const auto& box = shape->GetBoundingBox();
  const auto centroid = shape->GetCentroid();
  const auto centre_px = [&](unsigned axis) {
    return centroid[axis] / (spacing_mm ? (*spacing_mm)[axis] : 1.0);
  };
  features.push_back({"area_px", pixels});
  features.push_back({"area_mm2", known(shape->GetPhysicalSize())});
  features.push_back({"perimeter_mm", known(shape->GetPerimeter())});
  features.push_back({"equivalent_diameter_mm",
                      known(2.0 * std::sqrt(shape->GetPhysicalSize() / std::numbers::pi))});
  features.push_back({"ellipse_major_mm", known(4.0 * std::sqrt(longer))});
  features.push_back({"ellipse_minor_mm", known(4.0 * std::sqrt(shorter))});
  features.push_back(
      {"eccentricity",
       known(longer > 0.0 ? std::optional(std::sqrt(1.0 - shorter / longer)) : std::nullopt)});
  features.push_back({"orientation_deg", known(orientation_deg(*shape))});
  features.push_back({"solidity", pixels / hullPixels(region)});
  features.push_back({"centroid_x_px", centre_px(0)});
  features.push_back({"centroid_y_px", centre_px(1)});
  features.push_back({"box_x_px", static_cast<double>(box.GetIndex(0))});
  features.push_back({"box_y_px", static_cast<double>(box.GetIndex(1))});
  features.push_back({"box_width_px", static_cast<double>(box.GetSize(0))});
  features.push_back({"box_height_px", static_cast<double>(box.GetSize(1))});
}

}  // namespace sonotwin::features
