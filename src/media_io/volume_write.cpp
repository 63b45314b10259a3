// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <bit>
#include <charconv>

#include "deflate.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "volume_formats.h"

namespace sonotwin::media {
namespace {
static_assert(std::endian::native == std::endian::little, "the headers below say so");

std::string vectorText(const Eigen::Vector3d& vector, const char* separator) {
  return numberText(vector.x()) + separator + numberText(vector.y()) + separator +
         numberText(vector.z());
}

std::string sizesText(const Volume& volume) {
  return std::to_string(volume.dims[0]) + " " + std::to_string(volume.dims[1]) + " " +
         std::to_string(volume.dims[2]);
}

std::string metaType(PixelType type) {
  switch (type) {
    case PixelType::kUint8:
      return "MET_UCHAR";
    case PixelType::kUint16:
      return "MET_USHORT";
    case PixelType::kFloat32:
      return "MET_FLOAT";
  }
  return "";
}

// The world and the labels' names, which neither format has a place of its own for.
std::string ownFields(const Volume& volume, const std::string& separator) {
  return "sonotwin_world" + separator + oneLine(volume.world) + "\n" +
         labelFields(volume.labels, separator);
}

std::vector<std::byte> packed(const Volume& volume, DeflateWrapper wrapper) {
  Deflater deflater(wrapper, kVolumeDeflateLevel);
  std::vector<std::byte> bytes = deflater.add(volume.data);
  const std::vector<std::byte> rest = deflater.finish();
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

void checkAttached(const std::filesystem::path& path, const char* detached, const char* instead) {
  if (path.extension() == detached) {
    throwBadInput(path.string() + ": a header without its data is not written. Name it " + instead +
                  ".");
  }
}
}  // namespace

std::string nrrdType(PixelType type) {
  switch (type) {
    case PixelType::kUint8:
      return "uint8";
    case PixelType::kUint16:
      return "uint16";
    case PixelType::kFloat32:
      return "float";
  }
  return "";
}

std::string labelFields(const std::vector<Label>& labels, const std::string& separator) {
  std::string text;
  for (const Label& label : labels) {
    text.append("sonotwin_label_").append(std::to_string(label.value)).append(separator);
    text.append(oneLine(label.name)).append("\n");
  }
  return text;
}

std::string numberText(double value) {
  std::array<char, 32> digits{};
  // Adding zero turns -0 into 0.
  return {digits.data(), std::to_chars(digits.begin(), digits.end(), value + 0.0).ptr};
}

void writeNrrdVolume(const std::filesystem::path& path, const Volume& volume) {
  checkAttached(path, ".nhdr", ".nrrd");
  const WorldFromVoxel& map = volume.world_from_voxel;
  const bool anatomical = volume.world == "LPS";
  // A tracker's axes are none of the spaces that the format names.
  std::string header = "NRRD0005\ntype: " + nrrdType(volume.type) + "\ndimension: 3\n" +
                       (anatomical ? "space: left-posterior-superior" : "space dimension: 3") +
                       "\nsizes: " + sizesText(volume) + "\nspace directions:";
  for (Eigen::Index i = 0; i < 3; ++i) {
    header.append(" (").append(vectorText(map.linear().col(i), ",")).append(")");
  }
  header += "\nkinds: domain domain domain\nendian: little\nencoding: gzip\nspace origin: (" +
            vectorText(map.translation(), ",") + ")\n" + ownFields(volume, ":=") + "\n";
  AtomicFile file(path);
  file.write(header);
  file.write(packed(volume, DeflateWrapper::kGzip));
  file.commit();
}

void writeMetaImageVolume(const std::filesystem::path& path, const Volume& volume) {
  checkAttached(path, ".mhd", ".mha");
  const Eigen::Vector3d spacing = volume.spacing_mm();
  const Eigen::Matrix3d linear = volume.world_from_voxel.linear();
  const std::vector<std::byte> data = packed(volume, DeflateWrapper::kZlib);
  std::string header =
      "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
      "CompressedData = True\nCompressedDataSize = " +
      std::to_string(data.size()) + "\nTransformMatrix =";
  for (Eigen::Index i = 0; i < 3; ++i) {
    header.append(" ").append(vectorText(linear.col(i) / spacing[i], " "));
  }
  header += "\nOffset = " + vectorText(volume.world_from_voxel.translation(), " ") +
            "\nCenterOfRotation = 0 0 0\nElementSpacing = " + vectorText(spacing, " ") +
            "\nDimSize = " + sizesText(volume) +
            "\nElementNumberOfChannels = 1\nElementType = " + metaType(volume.type) +
            "\nKinds = domain domain domain\n" + ownFields(volume, " = ") +
            "ElementDataFile = LOCAL\n";
  AtomicFile file(path);
  file.write(header);
  file.write(data);
  file.commit();
}

}  // namespace sonotwin::media
