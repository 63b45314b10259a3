// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iostream>

#include "sonotwin/base/error.h"
#include "sonotwin/dicom/reader.h"

/// Writes all frames of a DICOM file, raw, for the comparison with other readers; prints
/// "frames rows cols channels bytes-per-sample".
int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  const auto read = sonotwin::dicom::readDicom(argv[1]);
  const auto& info = read.clip.info;
  std::ofstream out(argv[2], std::ios::binary);
  for (int i = 0; i < info.frame_count; ++i) {
    const auto image = read.clip.pixels->frame(i);
    out.write(reinterpret_cast<const char*>(image.data.data()),
              static_cast<std::streamsize>(image.data.size()));
  }
  std::cout << info.frame_count << ' ' << info.rows << ' ' << info.cols << ' ' << info.channels
            << ' ' << sonotwin::media::bytesPerSample(info.type) << '\n';
  return out ? 0 : 1;
} catch (const sonotwin::Error& error) {
  std::cerr << error.what() << '\n';
  return 3;
}
