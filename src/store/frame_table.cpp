// SPDX-License-Identifier: Apache-2.0
#include "frame_table.h"

#include <bit>
#include <cstring>

#include "sonotwin/base/error.h"

namespace sonotwin::store {
namespace {
static_assert(std::endian::native == std::endian::little, "arrays are little-endian");
using Bytes = std::vector<std::byte>;
constexpr std::size_t kWord = 8, kPlace = 16, kPose = 12 * kWord;

template <class T>
void append(Bytes& bytes, T value) {
  static_assert(sizeof value == kWord);
  const auto* const first = reinterpret_cast<const std::byte*>(&value);
  bytes.insert(bytes.end(), first, first + kWord);
}

template <class T>
T wordAt(std::span<const std::byte> bytes, std::size_t at) {
  T value{};
  static_assert(sizeof value == kWord);
  std::memcpy(&value, bytes.data() + at, kWord);
  return value;
}

[[noreturn]] void throwTorn() {
  throw Error(
      ErrorKind::kDamaged,
      "A clip's table of frames is damaged in the store's database. Run `sonotwin verify`.");
}

Eigen::Matrix4d poseAt(std::span<const std::byte> bytes, std::size_t at) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  for (int k = 0; k < 12; ++k) {
    matrix(k / 4, k % 4) = wordAt<double>(bytes, at + kWord * static_cast<std::size_t>(k));
  }
  return matrix;
}
}  // namespace

FrameTable packFrames(std::span<const media::FrameInfo> frames) {
  FrameTable table;
  for (const media::FrameInfo& frame : frames) {
    append(table.times_s, frame.time_s);
    table.poses.push_back(static_cast<std::byte>(frame.pose_status));
  }
  for (const media::FrameInfo& frame : frames) {
    if (frame.pose_status != media::PoseStatus::kValid) continue;
    const Eigen::Matrix4d& pose = frame.world_from_probe.matrix();
    for (int k = 0; k < 12; ++k) append(table.poses, pose(k / 4, k % 4));
  }
  return table;
}

Bytes packPlaces(std::span<const dicom::FrameBytes> places) {
  Bytes bytes;
  for (const dicom::FrameBytes& place : places) {
    append(bytes, place.offset);
    append(bytes, place.size);
  }
  return bytes;
}

std::vector<media::FrameInfo> unpackFrames(std::span<const std::byte> times_s,
                                           std::span<const std::byte> poses, int count) {
  const auto frames_count = static_cast<std::size_t>(count);
  if (times_s.size() != kWord * frames_count || poses.size() < frames_count) throwTorn();
  std::vector<media::FrameInfo> frames(frames_count);
  std::size_t at = frames_count;
  for (std::size_t i = 0; i < frames_count; ++i) {
    const auto status = std::to_integer<std::uint8_t>(poses[i]);
    if (status > static_cast<std::uint8_t>(media::PoseStatus::kInvalid)) throwTorn();
    frames[i].time_s = wordAt<double>(times_s, kWord * i);
    frames[i].pose_status = static_cast<media::PoseStatus>(status);
    if (frames[i].pose_status != media::PoseStatus::kValid) continue;
    if (poses.size() < at + kPose) throwTorn();
    frames[i].world_from_probe = media::WorldFromProbe(poseAt(poses, at));
    at += kPose;
  }
  if (poses.size() != at) throwTorn();
  return frames;
}

std::vector<dicom::FrameBytes> unpackPlaces(std::span<const std::byte> places, int count,
                                            std::uint64_t frame_bytes, std::uint64_t object_bytes) {
  const auto frames_count = static_cast<std::size_t>(count);
  const bool raw = places.empty();
  if (raw ? object_bytes != frames_count * frame_bytes : places.size() != kPlace * frames_count) {
    throwTorn();
  }
  std::vector<dicom::FrameBytes> frames(frames_count);
  for (std::size_t i = 0; i < frames_count; ++i) {
    frames[i].offset = raw ? i * frame_bytes : wordAt<std::uint64_t>(places, kPlace * i);
    frames[i].size = raw ? frame_bytes : wordAt<std::uint64_t>(places, kPlace * i + kWord);
    if (frames[i].offset > object_bytes || frames[i].size > object_bytes - frames[i].offset) {
      throwTorn();
    }
  }
  return frames;
}

}  // namespace sonotwin::store
