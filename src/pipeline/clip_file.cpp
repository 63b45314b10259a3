// SPDX-License-Identifier: Apache-2.0
#include "clip_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;
using nlohmann::json;
static_assert(std::endian::native == std::endian::little, "lengths and samples are written as is");

constexpr std::string_view kMark = "sonotwin clip 1\n";

// ---- all but the pixels, as JSON ----------------------------------------------------------------

template <class T>
json orNull(const std::optional<T>& value) {
  return value ? json(*value) : json();
}

template <class T>
void read(const json& value, std::optional<T>& into) {
  if (!value.is_null()) into = value.get<T>();
}

template <class Transform>
json matrixJson(const Transform& transform) {
  json numbers = json::array();
  for (int k = 0; k < 12; ++k) numbers.push_back(transform.matrix()(k / 4, k % 4));
  return numbers;
}

template <class Transform>
Transform transformOf(const json& numbers) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  for (int k = 0; k < 12; ++k) {
    matrix(k / 4, k % 4) = numbers.at(static_cast<std::size_t>(k)).get<double>();
  }
  return Transform(matrix);
}

json sectorJson(const media::ScanSector& sector) {
  json document = json::object();
  if (const auto& box = sector.rectangle) {
    document["rectangle"] = {box->x0, box->y0, box->x1, box->y1};
  }
  if (const auto& fan = sector.fan) {
    document["fan"] = {fan->apex_x_px, fan->apex_y_px, fan->start_radius_px, fan->end_radius_px,
                       fan->left_rad,  fan->right_rad, fan->rows_per_col};
  }
  return document;
}

media::ScanSector sectorOf(const json& document) {
  media::ScanSector sector;
  if (document.contains("rectangle")) {
    const auto box = document["rectangle"].get<std::array<int, 4>>();
    sector.rectangle = {box[0], box[1], box[2], box[3]};
  }
  if (document.contains("fan")) {
    const auto fan = document["fan"].get<std::array<double, 7>>();
    sector.fan = {fan[0], fan[1], fan[2], fan[3], fan[4], fan[5], fan[6]};
  }
  return sector;
}

json infoJson(const media::ClipInfo& info) {
  json document = {{"frames", info.frame_count},
                   {"rows", info.rows},
                   {"cols", info.cols},
                   {"channels", info.channels},
                   {"type", static_cast<int>(info.type)},
                   {"spacing_mm", orNull(info.spacing_mm)},
                   {"spacing_source", info.spacing_source},
                   {"sector", sectorJson(info.sector)},
                   {"tracked", info.tracked},
                   {"world", info.world},
                   {"orientation", info.orientation},
                   {"times_known", info.times_known},
                   {"modality", info.modality},
                   {"body_region", info.body_region},
                   {"probe_name", info.probe_name},
                   {"device_model", info.device_model},
                   {"depth_mm", orNull(info.depth_mm)},
                   {"frequency_mhz", orNull(info.frequency_mhz)},
                   {"source_format", info.source_format},
                   {"assumptions", info.assumptions}};
  if (info.probe_from_image) document["probe_from_image"] = matrixJson(*info.probe_from_image);
  return document;
}

media::ClipInfo infoOf(const json& document) {
  media::ClipInfo info;
  document.at("frames").get_to(info.frame_count);
  document.at("rows").get_to(info.rows);
  document.at("cols").get_to(info.cols);
  document.at("channels").get_to(info.channels);
  info.type = static_cast<media::PixelType>(document.at("type").get<int>());
  read(document.at("spacing_mm"), info.spacing_mm);
  document.at("spacing_source").get_to(info.spacing_source);
  info.sector = sectorOf(document.at("sector"));
  document.at("tracked").get_to(info.tracked);
  document.at("world").get_to(info.world);
  document.at("orientation").get_to(info.orientation);
  document.at("times_known").get_to(info.times_known);
  document.at("modality").get_to(info.modality);
  document.at("body_region").get_to(info.body_region);
  document.at("probe_name").get_to(info.probe_name);
  document.at("device_model").get_to(info.device_model);
  read(document.at("depth_mm"), info.depth_mm);
  read(document.at("frequency_mhz"), info.frequency_mhz);
  document.at("source_format").get_to(info.source_format);
  document.at("assumptions").get_to(info.assumptions);
  if (document.contains("probe_from_image")) {
    info.probe_from_image = transformOf<media::ProbeFromImage>(document["probe_from_image"]);
  }
  return info;
}

json framesJson(const std::vector<media::FrameInfo>& frames) {
  json document = json::array();
  for (const media::FrameInfo& frame : frames) {
    json one = {frame.time_s, static_cast<int>(frame.pose_status)};
    if (frame.pose_status == media::PoseStatus::kValid) {
      one.push_back(matrixJson(frame.world_from_probe));
    }
    document.push_back(std::move(one));
  }
  return document;
}

std::vector<media::FrameInfo> framesOf(const json& document) {
  std::vector<media::FrameInfo> frames;
  for (const json& one : document) {
    media::FrameInfo frame;
    one.at(0).get_to(frame.time_s);
    frame.pose_status = static_cast<media::PoseStatus>(one.at(1).get<int>());
    if (frame.pose_status == media::PoseStatus::kValid) {
      frame.world_from_probe = transformOf<media::WorldFromProbe>(one.at(2));
    }
    frames.push_back(frame);
  }
  return frames;
}

// ---- pixels -------------------------------------------------------------------------------------

std::uint64_t frameBytes(const media::ClipInfo& info) {
  return static_cast<std::uint64_t>(info.rows) * static_cast<std::uint64_t>(info.cols) *
         static_cast<std::uint64_t>(info.channels) * media::bytesPerSample(info.type);
}

class RawFrames final : public media::FrameSource {
 public:
  RawFrames(const fs::path& path, std::uint64_t begin, const media::ClipInfo& info)
      : stream_(path, std::ios::binary), begin_(begin), info_(info) {}

  [[nodiscard]] media::Image frame(int index) const override {
    media::Image image(info_.rows, info_.cols, info_.channels, info_.type);
    const std::scoped_lock lock(guard_);
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(begin_ + static_cast<std::uint64_t>(index) *
                                                           frameBytes(info_)));
    stream_.read(reinterpret_cast<char*>(image.data.data()),
                 static_cast<std::streamsize>(image.data.size()));
    if (index < 0 || index >= info_.frame_count || !stream_) {
      throw Error(ErrorKind::kDamaged,
                  "Frame " + std::to_string(index) + " of what waits cannot be read.");
    }
    return image;
  }

 private:
  mutable std::mutex guard_;
  mutable std::ifstream stream_;
  std::uint64_t begin_;
  media::ClipInfo info_;
};

[[noreturn]] void throwDamaged() {
  throw Error(ErrorKind::kDamaged,
              "A file in the quarantine is not as it was written. Reject it and ingest its source "
              "again.");
}

bool isWhole(const media::ClipInfo& info, std::size_t frames, std::uint64_t bytes) {
  const bool plausible = info.frame_count > 0 && info.rows > 0 && info.cols > 0 &&
                         info.rows <= 65535 && info.cols <= 65535 &&
                         (info.channels == 1 || info.channels == 3) &&
                         info.type <= media::PixelType::kFloat32;
  return plausible && frames == static_cast<std::size_t>(info.frame_count) &&
         bytes == frameBytes(info) * frames;
}
}  // namespace

void writeClipFile(const fs::path& path, const ClipFile& file, const Progress& progress) {
  const media::Clip& clip = file.clip;
  const std::string text = json{{"info", infoJson(clip.info)},
                                {"frames", framesJson(clip.frames)},
                                {"calibration_sha256", file.calibration_sha256}}
                               .dump();
  const std::uint64_t length = text.size();
  AtomicFile out(path);
  out.write(kMark);
  out.write(std::as_bytes(std::span(&length, 1)));
  out.write(text);
  for (int i = 0; i < clip.info.frame_count; ++i) {
    progress.report(static_cast<double>(i) / clip.info.frame_count);
    out.write(clip.pixels->frame(i).data);
  }
  out.commit();
}

bool isClipFile(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string mark(kMark.size(), '\0');
  stream.read(mark.data(), static_cast<std::streamsize>(mark.size()));
  return stream && mark == kMark;
}

ClipFile readClipFile(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(kMark.size()));
  std::uint64_t length = 0;
  stream.read(reinterpret_cast<char*>(&length), sizeof length);
  const std::uint64_t size = fs::file_size(path), before = kMark.size() + sizeof length;
  if (!stream || size < before || length > size - before) throwDamaged();
  std::string text(length, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(length));
  try {
    const json document = json::parse(text);
    ClipFile file;
    file.clip.info = infoOf(document.at("info"));
    file.clip.frames = framesOf(document.at("frames"));
    document.at("calibration_sha256").get_to(file.calibration_sha256);
    const media::ClipInfo& info = file.clip.info;
    if (!isWhole(info, file.clip.frames.size(), size - before - length)) throwDamaged();
    file.clip.pixels = std::make_shared<RawFrames>(path, before + length, info);
    return file;
  } catch (const json::exception&) {
    throwDamaged();
  }
}

}  // namespace sonotwin::pipeline
