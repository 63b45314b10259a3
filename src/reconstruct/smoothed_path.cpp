// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Geometry>
#include <Eigen/QR>
#include <cmath>
#include <iterator>

#include "sonotwin/base/error.h"
#include "sonotwin/reconstruct/sweep.h"

namespace sonotwin::reconstruct {
namespace {
constexpr double kJump_mm = 5.0;

/// One pose as what is fitted: the picture's middle, and the turn from a pose of reference.
struct PathPoint {
  double at = 0.0;  ///< frames from the one in the middle
  Eigen::Vector3d middle_mm;
  Eigen::Vector3d turn_rad;
};

Eigen::Vector3d middleOf(const PlacedFrame& frame, int rows, int cols) {
  return frame.world_from_image(Eigen::Vector3d(0.5 * (cols - 1), 0.5 * (rows - 1), 0.0));
}

Eigen::Vector3d turnFrom(const PlacedFrame& reference, const PlacedFrame& frame) {
  const Eigen::Matrix3d turn =
      frame.world_from_image.linear() * reference.world_from_image.linear().inverse();
  const Eigen::AngleAxisd angle(Eigen::Quaterniond(turn).normalized());
  return angle.angle() * angle.axis();
}

/// The value at 0 of the parabola that fits best; of a line or a constant where points are few.
PathPoint fitted(const std::vector<PathPoint>& points) {
  const auto count = static_cast<Eigen::Index>(points.size());
  const Eigen::Index terms = std::min<Eigen::Index>(3, count);
  Eigen::MatrixXd powers(count, terms), values(count, 6);
  for (Eigen::Index i = 0; i < count; ++i) {
    const PathPoint& point = points[static_cast<std::size_t>(i)];
    for (Eigen::Index power = 0; power < terms; ++power) {
      powers(i, power) = std::pow(point.at, static_cast<double>(power));
    }
    values.row(i) << point.middle_mm.transpose(), point.turn_rad.transpose();
  }
  const Eigen::VectorXd at_zero = powers.colPivHouseholderQr().solve(values).row(0);
  return {0.0, at_zero.head<3>(), at_zero.tail<3>()};
}

/// The poses around frame `f`, itself included, as seen from it.
std::vector<PathPoint> pointsAround(const std::vector<PlacedFrame>& frames, std::ptrdiff_t f,
                                    int rows, int cols, int half_width) {
  const PlacedFrame& here = frames[static_cast<std::size_t>(f)];
  std::vector<PathPoint> points;
  for (const std::ptrdiff_t step : {-1, 1}) {
    Eigen::Vector3d before_mm = middleOf(here, rows, cols);
    for (auto n = step < 0 ? f : f + 1; n >= 0 && n < std::ssize(frames); n += step) {
      const PlacedFrame& other = frames[static_cast<std::size_t>(n)];
      const Eigen::Vector3d middle_mm = middleOf(other, rows, cols);
      const int away = other.index - here.index;
      if (std::abs(away) > half_width || (middle_mm - before_mm).norm() > kJump_mm) break;
      points.push_back({static_cast<double>(away), middle_mm, turnFrom(here, other)});
      before_mm = middle_mm;
    }
  }
  return points;
}

/// `frame` with its picture's middle at another place, and turned.
PlacedFrame moved(const PlacedFrame& frame, const PathPoint& to, int rows, int cols) {
  const double angle = to.turn_rad.norm();
  Eigen::Matrix3d turn = Eigen::Matrix3d::Identity();
  if (angle > 0.0) turn = Eigen::AngleAxisd(angle, to.turn_rad / angle).toRotationMatrix();
  Eigen::Matrix4d matrix = frame.world_from_image.matrix();
  const Eigen::Matrix3d linear = turn * frame.world_from_image.linear();
  matrix.topLeftCorner<3, 3>() = linear;
  matrix.topRightCorner<3, 1>() =
      to.middle_mm - linear * Eigen::Vector3d(0.5 * (cols - 1), 0.5 * (rows - 1), 0.0);
  PlacedFrame result = frame;
  result.world_from_image = media::WorldFromImage(matrix);
  return result;
}
}  // namespace

std::vector<PlacedFrame> smoothedPath(const std::vector<PlacedFrame>& frames, int rows, int cols,
                                      int half_width) {
  if (half_width < 0) throwBadInput("A path cannot be smoothed over fewer than 0 frames.");
  if (half_width == 0) return frames;
  std::vector<PlacedFrame> smooth;
  for (std::ptrdiff_t f = 0; f < std::ssize(frames); ++f) {
    const PathPoint best = fitted(pointsAround(frames, f, rows, cols, half_width));
    smooth.push_back(moved(frames[static_cast<std::size_t>(f)], best, rows, cols));
  }
  return smooth;
}

}  // namespace sonotwin::reconstruct
