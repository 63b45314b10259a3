// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/volume_io.h"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <string>

#include "header_lines.h"
#include "raster_data.h"
#include "sonotwin/base/error.h"
#include "volume_formats.h"

namespace sonotwin::media {
namespace {
enum class Format { kNrrd, kMetaImage, kNifti, kNiftiGz };

Format formatOf(const std::filesystem::path& path) {
  const std::string name = folded(path.filename().string());
  if (name.ends_with(".nrrd") || name.ends_with(".nhdr")) return Format::kNrrd;
  if (name.ends_with(".mha") || name.ends_with(".mhd")) return Format::kMetaImage;
  if (name.ends_with(".nii")) return Format::kNifti;
  if (name.ends_with(".nii.gz")) return Format::kNiftiGz;
  throwBadInput(path.string() + ": volumes are .nrrd, .mha, .nii or .nii.gz. Name it so.");
}

std::vector<Axis> spaceAxes(const RasterHeader& header) {
  std::vector<Axis> axes;
  for (const Axis& axis : header.axes) {
    const bool extra = axis.kind != AxisKind::kSpace || (axes.size() == 3 && axis.size == 1);
    if (!extra)
      axes.push_back(axis);
    else if (axis.size != 1) {
      header.refuse("Kinds",
                    "several values a voxel or several moments are not read. Save one "
                    "grey volume.");
    }
  }
  if (axes.size() != 3) {
    header.refuse("DimSize", "a volume has three axes in space, this file has " +
                                 std::to_string(axes.size()) + ". Open it as a sequence.");
  }
  return axes;
}

// In LPS where the file's space is anatomical, else in the file's own axes.
WorldFromVoxel geometryOf(const RasterHeader& header, const std::vector<Axis>& axes) {
  Eigen::Vector3d sign(1, 1, 1);
  if (header.space == "ras" || header.space.starts_with("right-anterior-superior")) {
    sign << -1, -1, 1;
  } else if (header.space == "las" || header.space.starts_with("left-anterior-superior")) {
    sign << 1, -1, 1;
  }
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  for (Eigen::Index i = 0; i < 3; ++i) {
    matrix.block<3, 1>(0, i) = sign.cwiseProduct(axes[static_cast<std::size_t>(i)].step_mm);
  }
  matrix.topRightCorner<3, 1>() = sign.cwiseProduct(header.origin_mm);
  const Eigen::Matrix3d linear = matrix.topLeftCorner<3, 3>();
  if (!matrix.allFinite() || std::abs(linear.determinant()) < 1e-12) {
    header.refuse("spacing",
                  "the file does not say how large its voxels are. Save it with spacing "
                  "and directions.");
  }
  return WorldFromVoxel(matrix);
}

std::string worldOf(const RasterHeader& header) {
  const std::string said(header.field("sonotwin_world"));
  if (!said.empty()) return said;
  // PLUS reconstructs into Reference and keeps the probe's orientation letters in the header.
  if (!header.field("UltrasoundImageOrientation").empty()) return "Reference";
  if (header.space.starts_with("left-") || header.space.starts_with("right-") ||
      header.space == "lps" || header.space == "ras" || header.space == "las") {
    return "LPS";
  }
  return header.space.empty() ? "unknown" : header.space;
}

std::vector<Label> labelsOf(const RasterHeader& header) {
  constexpr std::string_view kPrefix = "sonotwin_label_";
  std::vector<Label> labels;
  for (const auto& [name, value] : header.fields) {
    if (!name.starts_with(kPrefix)) continue;
    const auto number = sizes(std::string_view(name).substr(kPrefix.size()));
    if (number && number->size() == 1 && number->front() >= 1 && number->front() <= 255) {
      labels.push_back({static_cast<int>(number->front()), value});
    }
  }
  std::ranges::sort(labels, {}, &Label::value);
  return labels;
}
}  // namespace

std::string oneLine(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20; }, ' ');
  return text;
}

Volume volumeOf(std::span<const std::byte> samples, SampleType type, std::array<int, 3> dims,
                const WorldFromVoxel& world_from_voxel, double slope, double intercept) {
  const bool scaled = slope != 1.0 || intercept != 0.0;
  Volume volume(dims, scaled ? PixelType::kFloat32 : pixelTypeFor(type, anyNegative(samples, type)),
                world_from_voxel);
  convertSamples(samples, type, 0, 1, volume.voxelCount(), volume.type, volume.data.data(), 1);
  if (!scaled) return volume;
  for (float& value : volume.samples<float>()) {
    value = static_cast<float>(value * slope + intercept);
  }
  return volume;
}

Volume readRasterVolume(const std::filesystem::path& path) {
  const RasterHeader header = readRasterHeader(path);
  const std::vector<Axis> axes = spaceAxes(header);
  const WorldFromVoxel world_from_voxel = geometryOf(header, axes);
  const RasterData data(header);
  std::array<int, 3> dims{};
  for (std::size_t i = 0; i < 3; ++i) dims[i] = static_cast<int>(axes[i].size);
  try {
    Volume volume = volumeOf(data.read(0, data.size()), data.sampleType(), dims, world_from_voxel);
    volume.world = worldOf(header);
    volume.labels = labelsOf(header);
    return volume;
  } catch (const Error& error) {
    throw Error(error.kind() == ErrorKind::kDamaged ? ErrorKind::kBadInput : error.kind(),
                path.string() + ": " + error.what());
  }
}

void writeVolume(const std::filesystem::path& path, const Volume& volume) {
  if (volume.voxelCount() == 0) throwBadInput("An empty volume cannot be written.");
  switch (formatOf(path)) {
    case Format::kNrrd:
      return writeNrrdVolume(path, volume);
    case Format::kMetaImage:
      return writeMetaImageVolume(path, volume);
    case Format::kNifti:
      return writeNifti(path, volume, false);
    case Format::kNiftiGz:
      return writeNifti(path, volume, true);
  }
}

Volume readVolume(const std::filesystem::path& path) {
  const Format format = formatOf(path);
  const bool nifti = format == Format::kNifti || format == Format::kNiftiGz;
  return nifti ? readNifti(path) : readRasterVolume(path);
}

}  // namespace sonotwin::media
