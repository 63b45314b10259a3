// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/error.h"
#include "sonotwin/store/store.h"

namespace sonotwin::store {

/// A folder that goes when the test ends: in memory where there is room for it, as most tests do
/// not need a disk to wait for.
class ScratchFolder {
 public:
  enum class On { kMemory, kDisk };
  explicit ScratchFolder(On on = On::kMemory) {
    const std::filesystem::path memory = "/dev/shm";
    const bool in_memory = on == On::kMemory && ::access(memory.c_str(), W_OK) == 0;
    std::string name =
        ((in_memory ? memory : std::filesystem::temp_directory_path()) / "sonotwin-store-XXXXXX")
            .string();
    if (::mkdtemp(name.data()) == nullptr) throw Error(ErrorKind::kDevice, "no scratch folder");
    path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The kind of error a call ends with, and its text; none if it ends well.
struct Failure {
  std::optional<ErrorKind> kind;
  std::string text;
};
inline Failure failureOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return {error.kind(), error.what()};
  }
  return {};
}

inline std::string bytesOf(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}
inline void writeBytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}
inline std::vector<std::filesystem::path> filesUnder(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

/// Noise that depends on `seed`, the frame and the place only, with valid poses.
inline media::Clip noiseClip(std::uint32_t seed, int frames = 3, int rows = 12, int cols = 10,
                             int channels = 1, media::PixelType type = media::PixelType::kUint8) {
  std::vector<media::Image> images;
  media::Clip clip;
  std::uint32_t state = seed * 2654435761U + 1U;
  for (int i = 0; i < frames; ++i) {
    media::Image image(rows, cols, channels, type);
    for (std::byte& byte : image.data) {
      state = state * 1664525U + 1013904223U;
      byte = static_cast<std::byte>(state >> 24);
    }
    images.push_back(std::move(image));
    Eigen::Matrix4d pose = Eigen::Matrix4d::Identity();
    pose(0, 3) = 0.1 * i;
    clip.frames.push_back({.time_s = i / 30.0,
                           .pose_status = media::PoseStatus::kValid,
                           .world_from_probe = media::WorldFromProbe(pose)});
  }
  clip.info.frame_count = frames;
  clip.info.rows = rows;
  clip.info.cols = cols;
  clip.info.channels = channels;
  clip.info.type = type;
  clip.info.tracked = true;
  clip.info.world = "Tracker";
  clip.info.source_format = "test";
  clip.pixels = std::make_shared<media::MemoryFrames>(std::move(images));
  return clip;
}

inline Origin originOf(const std::string& patient, std::optional<int> exam_day_number = 20000,
                       const std::string& study = {}) {
  return {.patient_key = patient,
          .study_key = study,
          .series_key = "series",
          .exam_day_number = exam_day_number};
}

/// A mask of every other frame: label 1 in the upper half, 2 in the lower.
inline media::ClipMask halfMask(const media::ClipInfo& info) {
  media::ClipMask mask;
  mask.labels = {{2, "vessel"}, {1, "nerve"}};
  for (int i = 0; i < info.frame_count; i += 2) {
    media::FrameMask frame;
    frame.frame_index = i;
    frame.rows = info.rows;
    frame.cols = info.cols;
    const auto pixels = static_cast<std::size_t>(info.rows) * static_cast<std::size_t>(info.cols);
    for (std::size_t k = 0; k < pixels; ++k) frame.labels.push_back(k < pixels / 2 ? 1 : 2);
    frame.confidence = 0.5F + 0.01F * static_cast<float>(i);
    mask.frames.push_back(std::move(frame));
  }
  return mask;
}

inline media::Volume rampVolume() {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity() * 0.5;
  matrix.col(3) = Eigen::Vector4d(1.0, -2.0, 1.0 / 3.0, 1.0);
  media::Volume volume({4, 3, 2}, media::PixelType::kUint16, media::WorldFromVoxel(matrix));
  for (std::size_t i = 0; i < volume.voxelCount(); ++i) {
    volume.samples<std::uint16_t>()[i] = static_cast<std::uint16_t>(1000 + i);
  }
  volume.labels = {{1, "nerve"}};
  volume.world = "Tracker";
  return volume;
}

inline media::Surface tetrahedron() {
  return {.vertices_mm = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1.0F / 3.0F}},
          .triangles = {{0, 2, 1}, {0, 1, 3}, {0, 3, 2}, {1, 2, 3}},
          .label = "nerve",
          .world = "Tracker"};
}

/// One of everything, made from each other.
struct Family {
  std::string clip, mask, volume, surface, model;
};
inline Family addFamily(Store& store, const std::string& patient = "patient") {
  Family ids;
  const media::Clip clip = noiseClip(7);
  ids.clip = store.addClip(clip, originOf(patient), {}).id;
  ids.model = store.addModel("phantom", R"({"classes":["nerve","vessel"]})", {});
  ids.mask = store.addMask(ids.clip, halfMask(clip.info), "phantom",
                           {.made_from = {ids.clip, ids.model}, .recipe_json = R"({"t":0.5})"});
  ids.volume = store.addVolume(ids.clip, rampVolume(), "mask", 0.75,
                               {.made_from = {ids.mask}, .recipe_json = R"({"spacing_mm":0.5})"});
  ids.surface = store.addSurface(ids.volume, tetrahedron(), 0.1, 2.5, {.recipe_json = "{}"});
  return ids;
}

}  // namespace sonotwin::store
