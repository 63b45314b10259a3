// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonotwin::media {

enum class SampleType : std::uint8_t {
  kInt8,
  kUint8,
  kInt16,
  kUint16,
  kInt32,
  kUint32,
  kFloat32,
  kFloat64
};
[[nodiscard]] std::size_t bytesPerSample(SampleType type) noexcept;

enum class AxisKind : std::uint8_t { kSpace, kList, kChannel };

/// One axis of the samples in a file.
struct Axis {
  std::size_t size = 0;
  AxisKind kind = AxisKind::kSpace;
  Eigen::Vector3d step_mm = Eigen::Vector3d::Zero();  ///< in the file's space; zero: not said
};

/// One `Seq_FrameNNNN_Name` line.
struct FrameField {
  std::size_t frame = 0;
  std::string name;
  std::string value;
};

/// What a MetaImage or NRRD header says, in the terms both share.
struct RasterHeader {
  std::filesystem::path file;
  std::string format;       ///< "MetaImage" or "NRRD"
  std::vector<Axis> axes;   ///< fastest first, the channel axis among them
  bool kinds_known = true;  ///< false: the file does not say which axis is time
  SampleType sample = SampleType::kUint8;
  bool big_endian = false;
  bool compressed = false;  ///< one zlib or gzip stream
  std::filesystem::path data_file;
  std::uint64_t data_offset = 0;
  std::uint64_t stored_bytes = 0;  ///< from data_offset on, compressed or not
  std::uint64_t sample_bytes = 0;  ///< uncompressed
  Eigen::Vector3d origin_mm = Eigen::Vector3d::Zero();
  std::string space;  ///< NRRD's own word in lower case, MetaImage: "left-posterior-superior"
  std::map<std::string, std::string> fields;  ///< all lines that concern the file as a whole
  std::vector<FrameField> frame_fields;

  /// Value of a field, its name compared without case, spaces and underscores. Empty: absent.
  [[nodiscard]] std::string_view field(std::string_view name) const;
  /// @throws Error(kBadInput) naming file and field.
  [[noreturn]] void refuse(const std::string& field, const std::string& reason) const;
};

/// Reads either header and checks it against the length of its data file.
/// @throws Error(kBadInput | kNotFound) in one line naming file, field and remedy.
[[nodiscard]] RasterHeader readRasterHeader(const std::filesystem::path& path);

}  // namespace sonotwin::media
