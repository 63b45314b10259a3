// SPDX-License-Identifier: Apache-2.0
// Every reader, given files cut short or with bytes changed: it reads or throws Error, and nothing
// else. Run under the sanitizers (preset asan) this looks at every memory access on the way.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <random>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/media/calibration_io.h"
#include "sonotwin/media/sequence_io.h"
#include "sonotwin/media/surface_io.h"
#include "sonotwin/media/volume_io.h"
#include "temporary_folder.h"

namespace sonotwin::media {
namespace {
using Reader = std::function<void(const std::filesystem::path&)>;

void readWholeSequence(const std::filesystem::path& path) {
  const Clip clip = readSequence(path);
  EXPECT_EQ(clip.frames.size(), static_cast<std::size_t>(clip.info.frame_count));
  for (int i = 0; i < std::min(clip.info.frame_count, 3); ++i) {
    EXPECT_EQ(clip.pixels->frame(i).rows, clip.info.rows);
  }
}

/// Counts the damaged copies that were refused.
int damage(const std::filesystem::path& original, const std::string& name, int rounds,
           std::size_t header_bytes, const Reader& reader) {
  const test::TemporaryFolder folder;
  const std::string whole = readTextFile(original);
  std::mt19937 random(5);
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string copy = whole;
    const std::size_t header = std::min(header_bytes, whole.size());
    switch (round % 4) {
      case 0:
        copy.resize(random() % whole.size());
        break;
      case 1:
        copy[random() % header] = static_cast<char>(random());
        break;
      case 2:
        copy[random() % header] = static_cast<char>('0' + random() % 10);
        break;
      default:
        copy.erase(random() % header, random() % 20);
        break;
    }
    std::ofstream(folder / name, std::ios::binary) << copy;
    try {
      reader(folder / name);
    } catch (const Error& error) {
      EXPECT_NE(error.kind(), ErrorKind::kInternal) << error.what();
      ++refused;
    }
  }
  return refused;
}

TEST(Damage, RealSequences) {
  SONOTWIN_NEEDS_REAL_DATA();
  const auto data = test::realData();
  const auto tracked = data / "tracked";
  for (const char* name :
       {"formats/SyntheticTrackerBuffer20.igs.mha",
        "formats/UltrasonixLinearScanConvertedData.igs.mha", "formats/NrrdSample.igs.nrrd",
        "formats/TimestampFilteringTest.igs.mha"}) {
    const std::filesystem::path original = tracked / name;
    EXPECT_NO_THROW(readWholeSequence(original)) << name;
    EXPECT_GT(damage(original, original.filename(), 120, 800, readWholeSequence), 20) << name;
  }
}

TEST(Damage, RealCalibrations) {
  SONOTWIN_NEEDS_REAL_DATA();
  const auto data = test::realData();
  const auto original = data / "tracked" / "freehand" / "config" /
                        "Config_VolumeReconstruction_SonixRP_TRUS_D70mm_NN_LATE.xml";
  EXPECT_GT(damage(original, "a.xml", 200, 2000,
                   [](const auto& path) { std::ignore = readCalibration(path); }),
            30);
}

TEST(Damage, Volumes) {
  const test::TemporaryFolder folder;
  Volume volume({6, 5, 4}, PixelType::kUint16, {});
  for (std::size_t i = 0; i < volume.data.size(); ++i) volume.data[i] = static_cast<std::byte>(i);
  for (const char* name : {"a.nrrd", "a.mha", "a.nii", "a.nii.gz"}) {
    writeVolume(folder / name, volume);
    EXPECT_GT(damage(folder / name, name, 200, 352,
                     [](const auto& path) { std::ignore = readVolume(path); }),
              30)
        << name;
  }
}

TEST(Damage, Surfaces) {
  const test::TemporaryFolder folder;
  Surface surface;
  for (int i = 0; i < 30; ++i) {
    const auto x = static_cast<float>(i);
    surface.vertices_mm.push_back({x, x * x, 1.0F});
  }
  for (std::uint32_t i = 2; i < 30; ++i) surface.triangles.push_back({0, i - 1, i});
  for (const char* name : {"a.stl", "a.ply", "a.obj", "a.vtp"}) {
    writeSurface(folder / name, surface);
    EXPECT_GT(damage(folder / name, name, 200, 2500,
                     [](const auto& path) { std::ignore = readSurface(path); }),
              30)
        << name;
  }
}
}  // namespace
}  // namespace sonotwin::media
