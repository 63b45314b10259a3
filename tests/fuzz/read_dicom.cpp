// SPDX-License-Identifier: Apache-2.0
#include "fuzz_clip.h"
#include "sonotwin/dicom/reader.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sonotwin;
  const auto file = fuzz::fileOf({data, size}, "object.dcm");
  fuzz::readOrRefuse([&] { fuzz::readFrames(dicom::readDicom(file).clip); });
  return 0;
}
