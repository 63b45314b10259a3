// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "sonotwin/base/error.h"
#include "sonotwin/phantom/virtual_patient.h"

namespace sonotwin::phantom {
namespace {
using Eigen::Vector3d;

Vector3d vertex(const media::Surface& surface, std::uint32_t index) {
  const auto& v = surface.vertices_mm[index];
  return {v[0], v[1], v[2]};
}

double enclosedMl(const media::Surface& surface) {
  double six_volumes_mm3 = 0.0;
  const Vector3d origin = vertex(surface, 0);
  for (const auto& t : surface.triangles) {
    six_volumes_mm3 +=
        (vertex(surface, t[0]) - origin)
            .dot((vertex(surface, t[1]) - origin).cross(vertex(surface, t[2]) - origin));
  }
  return six_volumes_mm3 / 6000.0;
}

/// Each directed edge once, and its reverse once: closed and consistently wound.
bool isClosed(const media::Surface& surface) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, int> edges;
  for (const auto& t : surface.triangles) {
    for (int i = 0; i < 3; ++i) ++edges[{t[i], t[(i + 1) % 3]}];
  }
  for (const auto& [edge, count] : edges) {
    if (count != 1 || !edges.contains({edge.second, edge.first})) return false;
  }
  return !edges.empty();
}

TEST(TruthSurface, IsClosedExactAndEnclosesTheVolume) {
  for (const std::string name : {"demo", "abdomen", "neck", "organs"}) {
    const VirtualPatient patient = VirtualPatient::make(name, 3);
    for (const media::Label& label : patient.labels()) {
      const media::Surface surface = truthSurface(patient, label.value, 1.0);
      EXPECT_EQ(surface.label, label.name);
      EXPECT_EQ(surface.world, "Reference");
      EXPECT_TRUE(isClosed(surface)) << name << " " << label.name;
      double worst_mm = 0.0;
      for (std::uint32_t i = 0; i < surface.vertices_mm.size(); ++i) {
        const double off_mm = std::abs(patient.distance_mm(label.value, vertex(surface, i)));
        worst_mm = std::max(worst_mm, off_mm);
      }
      EXPECT_LT(worst_mm, 1e-4) << name << " " << label.name;
      EXPECT_NEAR(enclosedMl(surface) / patient.volumeMl(label.value), 1.0, 0.002)
          << name << " " << label.name;
      RecordProperty(name + "_" + label.name + "_ml", std::to_string(enclosedMl(surface)));
    }
  }
}

TEST(TruthSurface, RefusesUnknownLabelsAndOddSpacing) {
  const VirtualPatient patient = VirtualPatient::make("demo", 1);
  EXPECT_THROW(std::ignore = truthSurface(patient, 9, 1.0), Error);
  EXPECT_THROW(std::ignore = truthSurface(patient, 1, 0.0), Error);
  EXPECT_THROW(std::ignore = truthLabels(patient, -1.0), Error);
}

TEST(TruthVolumes, CountTheOrgansVolume) {
  const VirtualPatient patient = VirtualPatient::make("demo", 1);
  const media::Volume labels = truthLabels(patient, 0.6);
  EXPECT_EQ(labels.labels, patient.labels());
  std::map<int, double> ml;
  for (const std::uint8_t label : labels.samples<std::uint8_t>()) ml[label] += 0.6 * 0.6 * 0.6e-3;
  for (const media::Label& label : patient.labels()) {
    EXPECT_NEAR(ml[label.value] / patient.volumeMl(label.value), 1.0, 0.01) << label.name;
  }
}

TEST(TruthVolumes, EchoIsDarkInFluidAndBrightInTissue) {
  const VirtualPatient patient = VirtualPatient::make("demo", 1);
  const media::Volume labels = truthLabels(patient, 1.5);
  const media::Volume echo = truthEcho(patient, 1.5);
  ASSERT_EQ(labels.dims, echo.dims);
  std::map<int, double> sum;
  std::map<int, double> count;
  for (std::size_t i = 0; i < labels.voxelCount(); ++i) {
    const int label = labels.samples<std::uint8_t>()[i];
    sum[label] += echo.samples<std::uint8_t>()[i];
    count[label] += 1.0;
  }
  EXPECT_GT(sum[0] / count[0], 80.0);
  EXPECT_LT(sum[2] / count[2], 30.0);
  EXPECT_LT(sum[3] / count[3], 30.0);
}

}  // namespace
}  // namespace sonotwin::phantom
