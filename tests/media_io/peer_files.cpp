// SPDX-License-Identifier: Apache-2.0
// The other side of tests/peers/media_files.py: `write DIR` writes files of known content,
// `volume`, `image` and `sequence FILE RAW` read a file and say what is in it.
#include <fstream>
#include <iostream>
#include <string>

#include "sonotwin/base/error.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/media/sequence_io.h"
#include "sonotwin/media/surface_io.h"
#include "sonotwin/media/volume_io.h"

namespace {
using namespace sonotwin;
using namespace sonotwin::media;

// Oblique, of unequal spacing, off the origin; the script knows the same numbers.
WorldFromVoxel geometry() {
  Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
  matrix.topLeftCorner<3, 3>() << 0.0, -0.6, 0.0, 0.4, 0.0, 0.72, 0.3, 0.0, -0.96;
  matrix.topRightCorner<3, 1>() << -57.5, 168.25, 30.125;
  return WorldFromVoxel(matrix);
}

template <class T>
void fill(std::span<T> samples) {
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<T>(i * 37 % 251);
}

void writeVolumes(const std::filesystem::path& folder) {
  for (const auto& [name, type] :
       {std::pair{"uint8", PixelType::kUint8}, std::pair{"uint16", PixelType::kUint16},
        std::pair{"float32", PixelType::kFloat32}}) {
    Volume volume({5, 4, 3}, type, geometry());
    volume.world = "LPS";
    if (type == PixelType::kUint8) fill(volume.samples<std::uint8_t>());
    if (type == PixelType::kUint16) fill(volume.samples<std::uint16_t>());
    if (type == PixelType::kFloat32) fill(volume.samples<float>());
    for (const char* ending : {".nrrd", ".mha", ".nii", ".nii.gz"}) {
      writeVolume(folder / (std::string(name) + ending), volume);
    }
    volume.world = "Reference";
    writeVolume(folder / (std::string(name) + ".reference.nrrd"), volume);
  }
}

void writeSurfaces(const std::filesystem::path& folder) {
  Surface surface;
  surface.vertices_mm = {{1, 2, 3}, {11, 2, 3}, {1, 22, 3}, {1, 2, 33}};
  surface.triangles = {{0, 2, 1}, {0, 1, 3}, {0, 3, 2}, {1, 2, 3}};
  surface.label = "liver";
  for (const char* ending : {".stl", ".ply", ".obj", ".glb"}) {
    writeSurface(folder / (std::string("surface") + ending), surface);
  }
}

void writePictures(const std::filesystem::path& folder) {
  for (const auto& [name, channels, type] :
       {std::tuple{"g8", 1, PixelType::kUint8}, std::tuple{"c8", 3, PixelType::kUint8},
        std::tuple{"g16", 1, PixelType::kUint16}}) {
    Image image(6, 7, channels, type);
    if (type == PixelType::kUint8)
      fill(image.samples<std::uint8_t>());
    else
      fill(image.samples<std::uint16_t>());
    writePng(folder / (std::string(name) + ".png"), image);
    Clip clip;
    clip.pixels = std::make_shared<MemoryFrames>(std::vector<Image>{image, image});
    clip.frames.resize(2);
    clip.info.frame_count = 2;
    clip.info.rows = 6;
    clip.info.cols = 7;
    clip.info.channels = channels;
    clip.info.type = type;
    writeSequence(folder / (std::string(name) + ".raw.mha"), clip, false);
    writeSequence(folder / (std::string(name) + ".packed.mha"), clip, true);
    if (channels != 1) continue;
    clip.info.spacing_mm = {0.2, 0.3};
    writeFrameStack(folder / (std::string(name) + ".stack.nrrd"), clip, {{1, "nerve"}});
  }
}

void writeRaw(const std::string& path, const std::vector<std::byte>& data) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
}

int run(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "write") {
    writeVolumes(words[1]);
    writeSurfaces(words[1]);
    writePictures(words[1]);
    return 0;
  }
  if (words.size() != 3) return 2;
  if (words[0] == "volume") {
    const Volume volume = readVolume(words[1]);
    std::cout << static_cast<int>(volume.type) << ' ' << volume.dims[0] << ' ' << volume.dims[1]
              << ' ' << volume.dims[2] << ' ' << volume.world << '\n';
    std::cout.precision(17);
    std::cout << volume.world_from_voxel.matrix() << '\n';
    writeRaw(words[2], volume.data);
    return 0;
  }
  if (words[0] == "sequence") {
    const Clip clip = readSequence(words[1]);
    std::vector<std::byte> data;
    for (int i = 0; i < clip.info.frame_count; ++i) {
      const Image frame = clip.pixels->frame(i);
      data.insert(data.end(), frame.data.begin(), frame.data.end());
    }
    std::cout << static_cast<int>(clip.info.type) << ' ' << clip.info.frame_count << ' '
              << clip.info.rows << ' ' << clip.info.cols << ' ' << clip.info.channels << '\n';
    writeRaw(words[2], data);
    return 0;
  }
  const Image image = readImage(words[1]);
  std::cout << static_cast<int>(image.type) << ' ' << image.rows << ' ' << image.cols << ' '
            << image.channels << '\n';
  writeRaw(words[2], image.data);
  return 0;
}
}  // namespace

int main(int count, char** words) {
  try {
    return run({words + 1, words + count});
  } catch (const Error& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
}
