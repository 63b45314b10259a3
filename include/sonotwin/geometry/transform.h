// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <Eigen/LU>
#include <cmath>

#include "sonotwin/base/error.h"

namespace sonotwin::geometry {

/// Frames of reference. All in millimetres, but `Image` (pixels: column, row, 0; pixel centres at
/// integers) and `Voxel` (voxel indices i, j, k; centres at integers).
struct Image {};
struct Probe {};      ///< the marker on the probe
struct Tracker {};    ///< the tracking device
struct Reference {};  ///< a marker on the patient
struct World {};      ///< of one sweep: Reference where it is tracked, else Tracker
struct Voxel {};
struct Patient {};  ///< DICOM LPS; reached only by registration

/// Affine map that takes points of frame `From` to frame `To`. Maps chain only where their frames
/// meet: `world_from_image = world_from_probe * probe_from_image`. Immutable, any thread.
template <class To, class From>
class Transform {
 public:
  Transform() : matrix_(Eigen::Matrix4d::Identity()) {}

  /// @throws Error(kBadInput) unless `matrix` is finite with last row 0 0 0 1.
  explicit Transform(const Eigen::Matrix4d& matrix) : matrix_(matrix) {
    const Eigen::RowVector4d last(0, 0, 0, 1);
    if (!matrix.allFinite() || (matrix.row(3) - last).cwiseAbs().maxCoeff() > 1e-9) {
      throwBadInput("A transform must be finite with the last row 0 0 0 1.");
    }
  }

  [[nodiscard]] Eigen::Vector3d operator()(const Eigen::Vector3d& point) const {
    return linear() * point + translation();
  }
  /// Takes a direction (no translation).
  [[nodiscard]] Eigen::Vector3d direction(const Eigen::Vector3d& vector) const {
    return linear() * vector;
  }

  template <class Earlier>
  [[nodiscard]] Transform<To, Earlier> operator*(const Transform<From, Earlier>& first) const {
    return Transform<To, Earlier>(Eigen::Matrix4d(matrix_ * first.matrix()));
  }

  /// @throws Error(kBadInput) if singular.
  [[nodiscard]] Transform<From, To> inverse() const {
    if (std::abs(linear().determinant()) < 1e-15) {
      throwBadInput("A transform that flattens space cannot be inverted.");
    }
    return Transform<From, To>(Eigen::Matrix4d(matrix_.inverse()));
  }

  /// A rotation and a translation, to within `tolerance` per element of RᵀR and of det R.
  [[nodiscard]] bool isRigid(double tolerance = 1e-3) const {
    const Eigen::Matrix3d gram = linear().transpose() * linear();
    return (gram - Eigen::Matrix3d::Identity()).cwiseAbs().maxCoeff() < tolerance &&
           std::abs(linear().determinant() - 1.0) < tolerance;
  }

  [[nodiscard]] const Eigen::Matrix4d& matrix() const noexcept { return matrix_; }
  [[nodiscard]] Eigen::Matrix3d linear() const { return matrix_.topLeftCorner<3, 3>(); }
  [[nodiscard]] Eigen::Vector3d translation() const { return matrix_.topRightCorner<3, 1>(); }

 private:
  Eigen::Matrix4d matrix_;
};

/// Rigid motion between two poses: slerp of the rotation, straight line of the translation.
/// `fraction` 0 gives `a`, 1 gives `b`. Both must be rigid to the tolerance of `isRigid` (recorders
/// write poses of few digits); the result is rigid to rounding whatever they are, so it meets a
/// pose that is not quite rigid to within that tolerance only. @throws Error(kBadInput) for another
/// map Source: Shoemake 1985 (slerp of unit quaternions).
template <class To, class From>
[[nodiscard]] Transform<To, From> interpolate(const Transform<To, From>& a,
                                              const Transform<To, From>& b, double fraction) {
  if (!a.isRigid() || !b.isRigid()) {
    throwBadInput("Only rigid poses are interpolated: scale or skew belongs to a calibration.");
  }
  // slerp takes the arc between unit quaternions; of others it makes a scaled rotation.
  const auto qa = Eigen::Quaterniond(a.linear()).normalized();
  const auto qb = Eigen::Quaterniond(b.linear()).normalized();
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 3>() = qa.slerp(fraction, qb).toRotationMatrix();
  matrix.topRightCorner<3, 1>() = (1.0 - fraction) * a.translation() + fraction * b.translation();
  return Transform<To, From>(matrix);
}

}  // namespace sonotwin::geometry
