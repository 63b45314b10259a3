// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

#include "sonotwin/features/mask_features.h"

/// Reads a raw picture and mask of rows x cols bytes each and prints `name value` a line.
int main(int argc, char** argv) {
  if (argc != 7) return 2;
  using namespace sonotwin;
  const int rows = std::stoi(argv[3]), cols = std::stoi(argv[4]);
  media::Image picture(rows, cols);
  media::FrameMask mask{0, rows, cols, {}, 1.0F};
  mask.labels.resize(picture.pixelCount());
  std::ifstream(argv[1], std::ios::binary)
      .read(reinterpret_cast<char*>(picture.data.data()),
            static_cast<std::streamsize>(picture.data.size()));
  std::ifstream(argv[2], std::ios::binary)
      .read(reinterpret_cast<char*>(mask.labels.data()),
            static_cast<std::streamsize>(mask.labels.size()));
  const std::array<double, 2> spacing_mm = {std::stod(argv[5]), std::stod(argv[6])};
  for (const auto& feature : features::maskFeatures(picture, mask, 1, spacing_mm)) {
    if (feature.value) std::printf("%s %.17g\n", feature.name.c_str(), *feature.value);
  }
  return 0;
}
