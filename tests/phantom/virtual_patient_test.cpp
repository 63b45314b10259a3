// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/phantom/virtual_patient.h"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "sonotwin/base/error.h"

namespace sonotwin::phantom {
namespace {
using Eigen::Vector3d;

TEST(VirtualPatient, UnknownCaseNamesTheKnownOnes) {
  try {
    std::ignore = VirtualPatient::make("nobody", 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
    for (const std::string& name : VirtualPatient::caseNames()) {
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos);
    }
  }
}

TEST(VirtualPatient, UnknownLabelIsRefused) {
  const VirtualPatient patient = VirtualPatient::make("demo", 1);
  EXPECT_THROW(std::ignore = patient.volumeMl(9), Error);
  EXPECT_THROW(std::ignore = patient.distance_mm(0, Vector3d::Zero()), Error);
}

TEST(VirtualPatient, LabelsAreTheSignsOfTheDistances) {
  const VirtualPatient patient = VirtualPatient::make("abdomen", 4);
  const Eigen::AlignedBox3d box = patient.bounds_mm();
  std::set<int> seen;
  for (double x = box.min().x(); x < box.max().x(); x += 2.3) {
    for (double y = box.min().y(); y < box.max().y(); y += 2.3) {
      for (double z = box.min().z(); z < box.max().z(); z += 2.3) {
        int inside_of = 0;
        for (const media::Label& label : patient.labels()) {
          if (patient.distance_mm(label.value, {x, y, z}) < 0.0) inside_of = label.value;
        }
        ASSERT_EQ(patient.labelAt({x, y, z}), inside_of);
        seen.insert(inside_of);
      }
    }
  }
  EXPECT_EQ(seen.size(), 4U);
}

TEST(VirtualPatient, OrgansKeepApart) {
  for (const std::string name : {"demo", "abdomen", "neck", "organs"}) {
    const VirtualPatient patient = VirtualPatient::make(name, 8);
    for (const media::Label& label : patient.labels()) {
      const auto wall = truthSurface(patient, label.value, 2.0).vertices_mm;
      for (std::size_t i = 0; i < wall.size(); i += 17) {
        for (const media::Label& other : patient.labels()) {
          if (other == label) continue;
          const Vector3d at(wall[i][0], wall[i][1], wall[i][2]);
          ASSERT_GT(patient.distance_mm(other.value, at), 1.0) << name;
        }
      }
    }
  }
}

TEST(VirtualPatient, TheSeedDrawsTheAnatomyButForTheDemonstration) {
  const auto volume = [](const char* name, std::uint64_t seed) {
    return VirtualPatient::make(name, seed).volumeMl(1);
  };
  EXPECT_EQ(volume("abdomen", 5), volume("abdomen", 5));
  EXPECT_NE(volume("abdomen", 5), volume("abdomen", 6));
  EXPECT_EQ(volume("demo", 5), volume("demo", 6));
}

}  // namespace
}  // namespace sonotwin::phantom
