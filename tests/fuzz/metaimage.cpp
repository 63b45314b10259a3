// SPDX-License-Identifier: Apache-2.0
#include "raster_file.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sonotwin::fuzz::readRasterFile({data, size}, "picture.mha");
  return 0;
}
