// SPDX-License-Identifier: Apache-2.0
#include "overlay.h"

#include <vtkActor2D.h>
#include <vtkCellArray.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper2D.h>
#include <vtkProperty2D.h>
#include <vtkRenderer.h>
#include <vtkTextActor.h>
#include <vtkTextProperty.h>

#include <cmath>
#include <cstdio>

#include "palette.h"

namespace sonotwin::scene {
namespace {
// Logical pixels, from the lower right corner.
constexpr double kAxesInset = 46.0;
constexpr double kAxesLength = 24.0;
constexpr double kLetterGap = 9.0;
constexpr double kBarRight = 98.0;
constexpr double kBarHeight = 22.0;
constexpr double kBarLongest = 110.0;
constexpr double kBarTick = 4.0;
constexpr int kFontSize = 11;
constexpr vtkIdType kAxesPoints = 6;  // three lines of two
constexpr vtkIdType kBarPoints = 4;   // tick, bar, tick

std::string lengthText(double length_mm) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g mm at the centre", length_mm);
  return text.data();
}
}  // namespace

double roundLength_mm(double longest_mm) {
  const double decade = std::pow(10.0, std::floor(std::log10(longest_mm) + 1e-9));
  const double steps = longest_mm / decade + 1e-9;
  return decade * (steps >= 5.0 ? 5.0 : steps >= 2.0 ? 2.0 : 1.0);
}

Overlay::Overlay(vtkRenderer* renderer)
    : renderer_(renderer),
      points_(vtkSmartPointer<vtkPoints>::New()),
      lines_(vtkSmartPointer<vtkPolyData>::New()),
      line_actor_(vtkSmartPointer<vtkActor2D>::New()) {
  points_->SetNumberOfPoints(kAxesPoints + kBarPoints);
  vtkNew<vtkCellArray> cells;
  for (vtkIdType axis = 0; axis < 3; ++axis) cells->InsertNextCell({2 * axis, 2 * axis + 1});
  cells->InsertNextCell({kAxesPoints, kAxesPoints + 1, kAxesPoints + 2, kAxesPoints + 3});
  lines_->SetPoints(points_);
  lines_->SetLines(cells);
  vtkNew<vtkPolyDataMapper2D> mapper;
  mapper->SetInputData(lines_);
  line_actor_->SetMapper(mapper);
  line_actor_->GetProperty()->SetColor(kFaint[0], kFaint[1], kFaint[2]);
  renderer_->AddViewProp(line_actor_);
  constexpr std::array kWords = {"x", "y", "z", ""};
  for (std::size_t i = 0; i < words_.size(); ++i) {
    words_[i] = vtkSmartPointer<vtkTextActor>::New();
    words_[i]->SetInput(kWords[i]);
    vtkTextProperty* style = words_[i]->GetTextProperty();
    style->SetColor(kSecondary[0], kSecondary[1], kSecondary[2]);
    style->SetFontFamilyToArial();
    if (i < 3) {
      style->SetJustificationToCentered();
      style->SetVerticalJustificationToCentered();
    } else {
      style->SetJustificationToRight();
      style->SetVerticalJustificationToBottom();
    }
    renderer_->AddViewProp(words_[i]);
  }
}

Overlay::~Overlay() {
  renderer_->RemoveViewProp(line_actor_);
  for (const auto& word : words_) renderer_->RemoveViewProp(word);
}

void Overlay::setShown(bool shown) {
  line_actor_->SetVisibility(shown);
  for (const auto& word : words_) word->SetVisibility(shown);
}

void Overlay::update(const View& view, int cols, int rows, double pixel_ratio) {
  line_actor_->GetProperty()->SetLineWidth(static_cast<float>(1.5 * pixel_ratio));
  for (const auto& word : words_) {
    word->GetTextProperty()->SetFontSize(static_cast<int>(std::lround(kFontSize * pixel_ratio)));
  }
  placeAxes(view, cols - kAxesInset * pixel_ratio, kAxesInset * pixel_ratio, pixel_ratio);
  placeBar(view, cols - kBarRight * pixel_ratio, kBarHeight * pixel_ratio, rows, pixel_ratio);
  points_->Modified();
}

void Overlay::placeAxes(const View& view, double centre_x, double centre_y, double pixel_ratio) {
  const Eigen::Matrix3d picture = pictureAxes(view);
  for (int axis = 0; axis < 3; ++axis) {
    const Eigen::Vector2d direction(picture(axis, 0), picture(axis, 1));
    const Eigen::Vector2d tip = kAxesLength * pixel_ratio * direction;
    const Eigen::Vector2d letter = tip + kLetterGap * pixel_ratio * direction.normalized();
    points_->SetPoint(2 * axis, centre_x, centre_y, 0.0);
    points_->SetPoint(2 * axis + 1, centre_x + tip.x(), centre_y + tip.y(), 0.0);
    words_[static_cast<std::size_t>(axis)]->SetDisplayPosition(
        static_cast<int>(std::lround(centre_x + letter.x())),
        static_cast<int>(std::lround(centre_y + letter.y())));
  }
}

void Overlay::placeBar(const View& view, double right_x, double y, double rows,
                       double pixel_ratio) {
  const double mm = pixelAtFocus_mm(view, rows);
  const double length_mm = roundLength_mm(kBarLongest * pixel_ratio * mm);
  const double left_x = right_x - length_mm / mm;
  const double tick_y = y + kBarTick * pixel_ratio;
  points_->SetPoint(kAxesPoints, left_x, tick_y, 0.0);
  points_->SetPoint(kAxesPoints + 1, left_x, y, 0.0);
  points_->SetPoint(kAxesPoints + 2, right_x, y, 0.0);
  points_->SetPoint(kAxesPoints + 3, right_x, tick_y, 0.0);
  words_[3]->SetInput(lengthText(length_mm).c_str());
  words_[3]->SetDisplayPosition(static_cast<int>(std::lround(right_x)),
                                static_cast<int>(std::lround(tick_y + 2.0 * pixel_ratio)));
}

}  // namespace sonotwin::scene
