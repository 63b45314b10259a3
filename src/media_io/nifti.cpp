// SPDX-License-Identifier: Apache-2.0
// Source: NIfTI-1 data format, nifti1.h (2007).
#include <Eigen/Geometry>
#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <utility>

#include "deflate.h"
#include "header_lines.h"
#include "inflate.h"
#include "raster_data.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "volume_formats.h"

namespace sonotwin::media {
namespace {
static_assert(std::endian::native == std::endian::little, "the header is written as it lies here");

constexpr std::size_t kHeaderBytes = 348;
constexpr std::size_t kDataOffset = 352;  // after four bytes that say "no extension"
constexpr std::uint64_t kMaxBytes = 1ULL << 33;
constexpr std::string_view kWorldMark = "sonotwin world=";
constexpr std::string_view kNotAnatomical = "; not anatomical";
constexpr std::size_t kLongestWorld = 48;  // of the 80 bytes of the description

// NIfTI counts along right, anterior, superior; volumes here along left, posterior, superior.
const Eigen::Vector4d kFlip(-1, -1, 1, 1);

using DataType = std::pair<int, SampleType>;
constexpr std::array<DataType, 8> kTypes = {{{2, SampleType::kUint8},
                                             {4, SampleType::kInt16},
                                             {8, SampleType::kInt32},
                                             {16, SampleType::kFloat32},
                                             {64, SampleType::kFloat64},
                                             {256, SampleType::kInt8},
                                             {512, SampleType::kUint16},
                                             {768, SampleType::kUint32}}};

/// The fixed header, its fields by their offsets.
class NiftiHeader {
 public:
  NiftiHeader() : bytes_(kDataOffset) {}
  explicit NiftiHeader(std::span<const std::byte> bytes)
      : bytes_(bytes.begin(), bytes.begin() + kDataOffset) {
    swap_ = get<std::int32_t>(0) != static_cast<std::int32_t>(kHeaderBytes);
  }

  template <class T>
  [[nodiscard]] T get(std::size_t offset) const {
    std::array<std::byte, sizeof(T)> raw{};
    std::memcpy(raw.data(), bytes_.data() + offset, sizeof(T));
    if (swap_) std::ranges::reverse(raw);
    return std::bit_cast<T>(raw);
  }
  template <class T>
  void set(std::size_t offset, T value) {
    std::memcpy(bytes_.data() + offset, &value, sizeof(T));
  }
  void setText(std::size_t offset, std::size_t room, const std::string& text) {
    std::memcpy(bytes_.data() + offset, text.data(), std::min(text.size(), room - 1));
  }
  [[nodiscard]] std::string text(std::size_t offset, std::size_t room) const {
    std::string text(reinterpret_cast<const char*>(bytes_.data() + offset), room);
    return text.substr(0, text.find('\0'));
  }
  [[nodiscard]] bool swapped() const noexcept { return swap_; }
  [[nodiscard]] const std::vector<std::byte>& bytes() const noexcept { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
  bool swap_ = false;
};

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& reason) {
  throwBadInput(path.string() + ": " + reason);
}

// The quaternion form, which names a rotation, and a mirror in pixdim[0].
Eigen::Matrix4d matrixOfQform(const NiftiHeader& header) {
  const double b = header.get<float>(256), c = header.get<float>(260), d = header.get<float>(264);
  const double a = std::sqrt(std::max(0.0, 1.0 - b * b - c * c - d * d));
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 3>() = Eigen::Quaterniond(a, b, c, d).normalized().toRotationMatrix();
  for (Eigen::Index i = 0; i < 3; ++i) {
    matrix.block<3, 1>(0, i) *= header.get<float>(80 + 4 * static_cast<std::size_t>(i));
    matrix(i, 3) = header.get<float>(268 + 4 * static_cast<std::size_t>(i));
  }
  if (header.get<float>(76) < 0.0F) matrix.block<3, 1>(0, 2) *= -1.0;
  return matrix;
}

WorldFromVoxel geometryOf(const NiftiHeader& header, const std::filesystem::path& path) {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  if (header.get<std::int16_t>(254) > 0) {
    for (Eigen::Index row = 0; row < 3; ++row) {
      for (Eigen::Index col = 0; col < 4; ++col) {
        matrix(row, col) = header.get<float>(280 + 4 * static_cast<std::size_t>(4 * row + col));
      }
    }
  } else if (header.get<std::int16_t>(252) > 0) {
    matrix = matrixOfQform(header);
  } else {
    refuse(path, "it does not say where its voxels lie (sform and qform are 0). Save it with one.");
  }
  const int unit = std::to_integer<int>(header.bytes()[123]) & 7;
  const double mm = unit == 1 ? 1000.0 : unit == 3 ? 0.001 : 1.0;
  matrix.topRows<3>() *= mm;
  const Eigen::Matrix4d lps = kFlip.asDiagonal() * matrix;
  const Eigen::Matrix3d linear = lps.topLeftCorner<3, 3>();
  if (!lps.allFinite() || std::abs(linear.determinant()) < 1e-12) {
    refuse(path, "its voxels have no size (sform or qform is damaged). Export it again.");
  }
  return WorldFromVoxel(lps);
}

std::array<int, 3> dimsOf(const NiftiHeader& header, const std::filesystem::path& path) {
  const int rank = header.get<std::int16_t>(40);
  std::array<int, 3> dims = {1, 1, 1};
  if (rank < 2 || rank > 7) refuse(path, "dim[0] must be 2 to 7. The header is damaged.");
  for (int i = 0; i < rank; ++i) {
    const int size = header.get<std::int16_t>(42 + 2 * static_cast<std::size_t>(i));
    if (size < 1) refuse(path, "a size in dim is below 1. The header is damaged.");
    if (i > 2 && size > 1) refuse(path, "several moments or values a voxel. Save one volume.");
    if (i < 3) dims[static_cast<std::size_t>(i)] = size;
  }
  return dims;
}

// The file's bytes, inflated where it is compressed, as far as the header says they go.
class NiftiFile {
 public:
  explicit NiftiFile(const std::filesystem::path& path)
      : path_(path), stored_(readFile(path, kMaxBytes)) {
    packed_ = stored_.size() > 2 && stored_[0] == std::byte{0x1f} && stored_[1] == std::byte{0x8b};
  }

  [[nodiscard]] std::vector<std::byte> first(std::uint64_t count) {
    const std::uint64_t most = packed_ ? stored_.size() * 1040 : stored_.size();
    if (count > kMaxBytes || count > most) tooShort();
    if (packed_) {
      auto bytes = inflatedBytes(stored_, count);
      if (bytes.size() < count) tooShort();
      return bytes;
    }
    return {stored_.begin(), stored_.begin() + static_cast<std::ptrdiff_t>(count)};
  }

 private:
  [[noreturn]] void tooShort() const {
    refuse(path_, "shorter than a NIfTI of its size must be. Copy it again.");
  }

  std::filesystem::path path_;
  std::vector<std::byte> stored_;
  bool packed_ = false;
};

NiftiHeader headerOf(NiftiFile& file, const std::filesystem::path& path) {
  const NiftiHeader header(file.first(kDataOffset));
  const bool known = header.get<std::int32_t>(0) == static_cast<std::int32_t>(kHeaderBytes) &&
                     header.text(344, 4) == "n+1";
  if (!known) {
    refuse(path, "not a NIfTI-1 file with its data inside (n+1). Convert it to .nii or .nrrd.");
  }
  return header;
}
// 0 (arbitrary) would make readers drop the matrix, and no code says "of a tracker": 1, of the
// device that scanned, is what holds; the description says that its axes are not anatomical. LPS is
// reached by registration: 2, aligned to anatomy.
void setWorld(const std::string& world, NiftiHeader& header) {
  const bool anatomical = world == "LPS";
  header.setText(148, 80,
                 std::string(kWorldMark) + oneLine(world).substr(0, kLongestWorld) +
                     (anatomical ? "" : std::string(kNotAnatomical)));
  header.set(254, static_cast<std::int16_t>(anatomical ? 2 : 1));
}

// The same place once more as a quaternion, for readers that look there first; a skewed grid has
// none.
void setQform(const Eigen::Matrix4d& ras, NiftiHeader& header) {
  Eigen::Matrix3d axes = ras.topLeftCorner<3, 3>().colwise().normalized();
  if (!(axes.transpose() * axes).isIdentity(1e-6)) return;
  const bool mirrored = axes.determinant() < 0.0;
  if (mirrored) axes.col(2) *= -1.0;
  Eigen::Quaterniond turn(axes);
  if (turn.w() < 0.0) turn.coeffs() *= -1.0;  // the format leaves w out: it is never negative
  header.set(76, mirrored ? -1.0F : 1.0F);
  header.set(256, static_cast<float>(turn.x()));
  header.set(260, static_cast<float>(turn.y()));
  header.set(264, static_cast<float>(turn.z()));
  for (std::size_t i = 0; i < 3; ++i) {
    header.set(268 + 4 * i, static_cast<float>(ras(static_cast<Eigen::Index>(i), 3)));
  }
  header.set(252, header.get<std::int16_t>(254));
}
}  // namespace

Volume readNifti(const std::filesystem::path& path) {
  NiftiFile file(path);
  const NiftiHeader header = headerOf(file, path);
  const std::array<int, 3> dims = dimsOf(header, path);
  const auto type = std::ranges::find(kTypes, header.get<std::int16_t>(70), &DataType::first);
  if (type == kTypes.end()) {
    refuse(path, "datatype " + std::to_string(header.get<std::int16_t>(70)) +
                     " is not read. Save it as whole numbers or float.");
  }
  const double offset = header.get<float>(108);
  if (!(offset >= kDataOffset && offset < 1e9)) refuse(path, "vox_offset is damaged.");
  const std::uint64_t count = static_cast<std::uint64_t>(dims[0]) *
                              static_cast<std::uint64_t>(dims[1]) *
                              static_cast<std::uint64_t>(dims[2]);
  const std::size_t width = bytesPerSample(type->second);
  const auto start = static_cast<std::uint64_t>(offset);
  std::vector<std::byte> bytes = file.first(start + count * width);
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(start));
  if (header.swapped()) swapEach(bytes, width);
  const double slope = header.get<float>(112), intercept = header.get<float>(116);
  const bool scaled = slope != 0.0 && std::isfinite(slope) && std::isfinite(intercept);
  Volume volume = volumeOf(bytes, type->second, dims, geometryOf(header, path),
                           scaled ? slope : 1.0, scaled ? intercept : 0.0);
  const std::string words = header.text(148, 80);
  const std::size_t mark = words.find(kWorldMark);
  volume.world = mark == std::string::npos ? "LPS" : words.substr(mark + kWorldMark.size());
  if (volume.world.ends_with(kNotAnatomical)) {
    volume.world.resize(volume.world.size() - kNotAnatomical.size());
  }
  return volume;
}

void writeNifti(const std::filesystem::path& path, const Volume& volume, bool compressed) {
  NiftiHeader header;
  header.set(0, static_cast<std::int32_t>(kHeaderBytes));
  header.set(40, std::int16_t{3});
  for (std::size_t i = 0; i < 7; ++i) {
    const int size = i < 3 ? volume.dims[i] : 1;
    if (size > 32767) throwBadInput("NIfTI holds at most 32767 voxels a side. Export .nrrd.");
    header.set(42 + 2 * i, static_cast<std::int16_t>(size));
  }
  const bool bytes = volume.type == PixelType::kUint8, shorts = volume.type == PixelType::kUint16;
  header.set(70, static_cast<std::int16_t>(bytes ? 2 : shorts ? 512 : 16));
  header.set(72, static_cast<std::int16_t>(8 * bytesPerSample(volume.type)));
  header.set(76, 1.0F);
  const Eigen::Vector3d spacing = volume.spacing_mm();
  for (std::size_t i = 0; i < 3; ++i) {
    header.set(80 + 4 * i, static_cast<float>(spacing[static_cast<Eigen::Index>(i)]));
  }
  header.set(108, static_cast<float>(kDataOffset));
  header.set(112, 1.0F);
  header.set(123, std::uint8_t{2});  // millimetres
  setWorld(volume.world, header);
  const Eigen::Matrix4d ras = kFlip.asDiagonal() * volume.world_from_voxel.matrix();
  for (Eigen::Index row = 0; row < 3; ++row) {
    for (Eigen::Index col = 0; col < 4; ++col) {
      header.set(280 + 4 * static_cast<std::size_t>(4 * row + col),
                 static_cast<float>(ras(row, col)));
    }
  }
  setQform(ras, header);
  header.setText(344, 4, "n+1");
  AtomicFile file(path);
  if (compressed) {
    Deflater deflater(DeflateWrapper::kGzip, kVolumeDeflateLevel);
    file.write(deflater.add(header.bytes()));
    file.write(deflater.add(volume.data));
    file.write(deflater.finish());
  } else {
    file.write(header.bytes());
    file.write(volume.data);
  }
  file.commit();
}

}  // namespace sonotwin::media
