// SPDX-License-Identifier: Apache-2.0
#include "safetensors.h"

#include "fuzz_input.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sonotwin;
  const auto file = fuzz::fileOf({data, size}, "weights.safetensors");
  fuzz::readOrRefuse([&] {
    segment::SafetensorsReader reader(file);
    std::size_t bytes = 0;
    for (const segment::TensorEntry& entry : reader.tensors()) {
      bytes += reader.read(reader.find(entry.name)).size();
    }
    if (bytes > size) fuzz::fail("the tensors hold more than their file");
  });
  return 0;
}
