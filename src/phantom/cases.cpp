// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numbers>
#include <vector>

#include "anatomy.h"
#include "branches.h"
#include "noise.h"
#include "scan_geometry.h"
#include "sonotwin/base/error.h"

namespace sonotwin::phantom {
namespace {
using Eigen::Vector3d;

constexpr int kMaxTries = 400;
constexpr double kLeastGap_mm = 3.0;    // between organs
constexpr double kHandMargin_mm = 3.2;  // what the hand's sway may cost at the fan's edge
constexpr double kPlacementGrid_mm = 1.5;
constexpr std::uint64_t kShapeStream = 0x53484150;  // keeps shape and speckle draws apart

/// Draws around a base; a width of 0 gives the base itself.
class Variation {
 public:
  Variation(std::uint64_t seed, double width) : random_(seed), width_(width) {}
  double around(double base, double spread) { return base + width_ * spread * random_.symmetric(); }
  Vector3d around(const Vector3d& base, double spread) {
    const double x = around(base.x(), spread);
    const double y = around(base.y(), spread);
    return {x, y, around(base.z(), spread)};
  }
  /// 1 or, in half of the draws, -1.
  double side() { return width_ > 0.0 && random_.uniform() < 0.5 ? -1.0 : 1.0; }

 private:
  Random random_;
  double width_;
};

Eigen::Matrix3d turned(double x_rad, double y_rad, double z_rad) {
  return (Eigen::AngleAxisd(y_rad, Vector3d::UnitY()) *
          Eigen::AngleAxisd(x_rad, Vector3d::UnitX()) * Eigen::AngleAxisd(z_rad, Vector3d::UnitZ()))
      .toRotationMatrix();
}

Organ kidney(Variation& v, double side) {
  const double size = v.around(1.0, 0.12);
  Bean::Form form;
  form.centre_mm = {-10.5 * side, 0.0, -43.5};
  form.centre_mm = v.around(form.centre_mm, 2.5);
  form.half_radii_mm = size * v.around(Vector3d(12.5, 18.0, 10.5), 0.8);
  form.half_offset_mm = size * v.around(11.0, 1.5);
  form.lean_rad = v.around(0.32, 0.1);
  form.join_mm = v.around(8.0, 2.0);
  const double hilum_rad = side > 0.0 ? std::numbers::pi - 0.5 : 0.5;
  form.rotation = turned(v.around(0.05, 0.12), v.around(hilum_rad, 0.5), v.around(-0.06, 0.15));
  const Material material{.echo_db = v.around(-6.0, 2.0),
                          .texture_db = 1.5,
                          .core_db = v.around(12.0, 2.5),
                          .core_depth_mm = size * v.around(5.9, 0.7),
                          .wall_echo = v.around(1.1, 0.4),
                          .attenuation_db_mm = v.around(0.40, 0.05)};
  return {{1, "kidney"}, std::make_unique<Bean>(form), material};
}

Organ vessel(Variation& v, double side) {
  ArcTube::Axis axis;
  axis.middle_mm = v.around(Vector3d(13.0 * side, 1.0, -31.5), 2.3);
  const double slope = v.around(0.12, 0.2);
  axis.tangent = Vector3d(slope * side, 1.0, v.around(-0.08, 0.12)).normalized();
  const Vector3d up = turned(0.0, v.around(0.6, 1.0), 0.0) * Vector3d::UnitZ();
  axis.bulge = (up - up.dot(axis.tangent) * axis.tangent).normalized();
  axis.bend_radius_mm = v.around(70.0, 20.0);
  axis.length_mm = v.around(46.0, 6.0);
  const Material material{
      .echo_db = v.around(-27.0, 4.0), .wall_echo = v.around(1.7, 0.5), .attenuation_db_mm = 0.06};
  return {{2, "vessel"}, std::make_unique<ArcTube>(axis, v.around(5.0, 0.6)), material};
}

Organ cyst(Variation& v, double side) {
  const Vector3d centre_mm = v.around(Vector3d(15.5 * side, 4.0, -59.5), 3.0);
  const Vector3d radii_mm = v.around(1.0, 0.15) * v.around(Vector3d(8.6, 10.5, 7.8), 0.9);
  const auto rotation = turned(v.around(0.1, 0.5), v.around(0.2, 0.5), v.around(0.3, 0.6));
  const Material material{.echo_db = v.around(-33.0, 5.0),
                          .wall_echo = v.around(1.3, 0.4),
                          .attenuation_db_mm = v.around(0.02, 0.02)};
  return {{3, "cyst"}, std::make_unique<Ellipsoid>(centre_mm, radii_mm, rotation), material};
}

/// A rib near one end of the sweep and a stone in the kidney's sinus.
void addBones(Anatomy& anatomy, Variation& v, double side) {
  const double end = v.side();
  ArcTube::Axis rib;
  rib.middle_mm = v.around(Vector3d(-13.0 * side, 30.0 * end, -10.5), 2.0);
  rib.tangent = Vector3d(0.9 * side, v.around(0.4, 0.15) * end, 0.0).normalized();
  rib.bulge = Vector3d::UnitZ();
  rib.bend_radius_mm = 60.0;
  rib.length_mm = v.around(26.0, 5.0);
  anatomy.bones.push_back(std::make_unique<ArcTube>(rib, v.around(2.4, 0.4)));
  const Vector3d stone_mm =
      anatomy.organs.front().shape->bounds_mm().center() + v.around(Vector3d(1.0, 6.0, 0.0), 2.0);
  anatomy.bones.push_back(std::make_unique<Ellipsoid>(
      stone_mm, v.around(Vector3d(1.5, 1.9, 1.2), 0.5), Eigen::Matrix3d::Identity()));
  anatomy.bone_attenuation_db_mm = v.around(3.0, 0.8);
}

Setting drawSetting(Variation& v) {
  Setting setting;
  setting.gain_db = v.around(setting.gain_db, 4.0);
  setting.residual_attenuation_db_mm = v.around(setting.residual_attenuation_db_mm, 0.05);
  setting.haze_db = v.around(setting.haze_db, 5.0);
  setting.blur = v.around(setting.blur, 0.15);
  return setting;
}

Anatomy abdomen(std::uint64_t seed, double width) {
  Variation v(seed, width);
  const double side = v.side();
  Anatomy anatomy;
  anatomy.organs.push_back(kidney(v, side));
  anatomy.organs.push_back(vessel(v, side));
  anatomy.organs.push_back(cyst(v, side));
  addBones(anatomy, v, side);
  anatomy.strata = {.skin_mm = v.around(1.7, 0.3),
                    .fat_mm = v.around(6.5, 2.2),
                    .muscle_mm = v.around(15.0, 2.5)};
  anatomy.texture_db = v.around(2.2, 0.7);
  anatomy.setting = drawSetting(v);
  return anatomy;
}

Organ lobe(Variation& v) {
  const Vector3d centre_mm = v.around(Vector3d(-8.0, 0.0, -24.0), 1.8);
  const Vector3d radii_mm = v.around(1.0, 0.15) * v.around(Vector3d(9.0, 22.0, 7.5), 0.9);
  const Material material{.echo_db = v.around(5.0, 1.5),
                          .texture_db = 1.0,
                          .wall_echo = v.around(1.0, 0.3),
                          .attenuation_db_mm = v.around(0.43, 0.04)};
  const auto rotation = turned(v.around(0.0, 0.1), v.around(0.15, 0.3), v.around(0.05, 0.1));
  return {{1, "thyroid"}, std::make_unique<Ellipsoid>(centre_mm, radii_mm, rotation), material};
}

Organ neckVessel(Variation& v, const media::Label& label, const Vector3d& middle_mm,
                 double radius_mm, double wall_echo) {
  ArcTube::Axis axis;
  axis.middle_mm = v.around(middle_mm, 1.2);
  axis.tangent = Vector3d(v.around(0.05, 0.08), 1.0, v.around(0.02, 0.06)).normalized();
  axis.bulge = (Vector3d::UnitX() - axis.tangent.x() * axis.tangent).normalized();
  axis.bend_radius_mm = v.around(120.0, 30.0);
  axis.length_mm = v.around(48.0, 5.0);
  const Material material{
      .echo_db = v.around(-27.0, 4.0), .wall_echo = wall_echo, .attenuation_db_mm = 0.06};
  return {label, std::make_unique<ArcTube>(axis, radius_mm), material};
}

Anatomy neck(std::uint64_t seed) {
  Variation v(seed, 1.0);
  Anatomy anatomy;
  anatomy.organs.push_back(lobe(v));
  anatomy.organs.push_back(
      neckVessel(v, {2, "carotid"}, {6.5, 0.0, -32.0}, v.around(3.3, 0.4), v.around(2.0, 0.4)));
  anatomy.organs.push_back(
      neckVessel(v, {3, "jugular"}, {10.5, 0.0, -20.0}, v.around(4.0, 0.6), v.around(1.0, 0.3)));
  anatomy.strata = {
      .skin_mm = v.around(1.6, 0.2), .fat_mm = v.around(3.5, 0.8), .muscle_mm = v.around(8.0, 1.2)};
  anatomy.texture_db = v.around(2.0, 0.6);
  anatomy.setting = drawSetting(v);
  return anatomy;
}

Organ bean(Variation& v) {
  Bean::Form form;
  form.centre_mm = v.around(Vector3d(-13.0, -19.0, -44.0), 1.0);
  form.half_radii_mm = v.around(Vector3d(10.5, 15.0, 9.5), 0.6);
  form.half_offset_mm = v.around(10.0, 1.0);
  form.lean_rad = v.around(0.32, 0.08);
  form.join_mm = v.around(7.0, 1.5);
  form.rotation = turned(v.around(0.05, 0.08), v.around(std::numbers::pi - 0.5, 0.3), 0.0);
  const Material material{.echo_db = -8.0};
  return {{1, "bean"}, std::make_unique<Bean>(form), material};
}

Organ branches(Variation& v) {
  const Vector3d fork_mm = v.around(Vector3d(10.0, 0.0, -32.0), 1.0);
  const double spread_rad = v.around(0.45, 0.08);
  const auto towards = [](double x_rad, double z_rad, double along) {
    return Vector3d(std::sin(x_rad), along, std::sin(z_rad)).normalized();
  };
  const Vector3d trunk = towards(v.around(0.1, 0.1), v.around(0.0, 0.1), -1.0);
  std::vector<Branches::Tube> tubes = {
      {trunk, 28.0, v.around(4.2, 0.4)},
      {towards(spread_rad, 0.3 * spread_rad, 1.0), 24.0, v.around(3.3, 0.3)},
      {towards(-spread_rad, 0.0, 1.0), 22.0, v.around(2.9, 0.3)}};
  const Material material{.echo_db = -27.0};
  return {{2, "branches"}, std::make_unique<Branches>(fork_mm, std::move(tubes), 2.0), material};
}

Organ tube(Variation& v) {
  ArcTube::Axis axis;
  axis.middle_mm = v.around(Vector3d(14.0, 20.0, -58.0), 1.5);
  axis.tangent = Vector3d(v.around(0.1, 0.15), 1.0, v.around(0.0, 0.1)).normalized();
  axis.bulge = axis.tangent.cross(Vector3d::UnitX()).normalized();
  axis.bend_radius_mm = v.around(60.0, 15.0);
  axis.length_mm = v.around(34.0, 4.0);
  const Material material{.echo_db = -27.0};
  return {{3, "tube"}, std::make_unique<ArcTube>(axis, v.around(4.5, 0.5)), material};
}

Organ ellipsoid(Variation& v, const media::Label& label, const Vector3d& centre_mm,
                const Vector3d& radii_mm) {
  const auto rotation = turned(v.around(0.1, 0.4), v.around(0.2, 0.4), v.around(0.3, 0.4));
  const Vector3d centre = v.around(centre_mm, 1.0);
  const Material material{.echo_db = -33.0};
  return {label, std::make_unique<Ellipsoid>(centre, v.around(radii_mm, 0.7), rotation), material};
}

/// What reconstruction is measured on: each kind of shape, close together so that a sweep over
/// all of them stays dense.
Anatomy organs(std::uint64_t seed) {
  Variation v(seed, 1.0);
  Anatomy anatomy;
  anatomy.organs.push_back(bean(v));
  anatomy.organs.push_back(branches(v));
  anatomy.organs.push_back(tube(v));
  anatomy.organs.push_back(
      ellipsoid(v, {4, "large ellipsoid"}, {-13.0, 30.0, -48.0}, {12.0, 14.0, 10.0}));
  anatomy.organs.push_back(
      ellipsoid(v, {5, "small ellipsoid"}, {16.0, -24.0, -60.0}, {6.0, 8.0, 5.0}));
  anatomy.setting = drawSetting(v);
  return anatomy;
}

/// Organs apart from each other, below the strata and inside what the probe sees.
bool wellPlaced(const Anatomy& anatomy) {
  const ScanGeometry geometry = scanGeometry(ScanOptions{});
  Eigen::AlignedBox3d box;
  for (const Organ& organ : anatomy.organs) box.extend(organ.shape->bounds_mm());
  const Eigen::Array3i steps = (box.sizes() / kPlacementGrid_mm).array().ceil().cast<int>();
  for (int i = 0; i < steps.prod(); ++i) {
    const Eigen::Array3d cell(i % steps.x(), i / steps.x() % steps.y(),
                              i / (steps.x() * steps.y()));
    const Vector3d p = box.min() + (kPlacementGrid_mm * (cell + 0.5)).matrix();
    const auto near = std::ranges::count_if(anatomy.organs, [&](const Organ& organ) {
      return organ.shape->distanceWithin_mm(p, kLeastGap_mm) < 0.5 * kLeastGap_mm;
    });
    if (near > 1) return false;
    if (near == 1 && (-p.z() < anatomy.strata.muscle_mm + 2.0 ||
                      !geometry.contains(p.x(), -p.z(), kHandMargin_mm))) {
      return false;
    }
  }
  return true;
}

Anatomy draw(const std::string& case_name, std::uint64_t seed) {
  if (case_name == "demo") return abdomen(seed, 0.0);
  if (case_name == "abdomen") return abdomen(seed, 1.0);
  if (case_name == "neck") return neck(seed);
  return organs(seed);
}
}  // namespace

std::vector<std::string> anatomyNames() {
  return {"demo", "abdomen", "neck", "organs"};
}

Anatomy makeAnatomy(const std::string& case_name, std::uint64_t seed) {
  const std::vector<std::string> names = anatomyNames();
  if (std::ranges::find(names, case_name) == names.end()) {
    throwNotFound("There is no virtual patient \"" + case_name +
                  "\"; the cases are demo, abdomen, neck and organs.");
  }
  for (std::uint64_t attempt = 0; attempt < kMaxTries; ++attempt) {
    Anatomy anatomy = draw(case_name, mix(seed) ^ mix(kShapeStream + attempt));
    if (!wellPlaced(anatomy)) continue;
    anatomy.seed = mix(seed);
    return anatomy;
  }
  throw Error(ErrorKind::kInternal, "The organs of the virtual patient found no place.");
}

}  // namespace sonotwin::phantom
