// SPDX-License-Identifier: Apache-2.0
#include "fuzz_input.h"
#include "sonotwin/dicom/reader.h"

// Whatever it names lies below its own folder.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sonotwin;
  const auto directory = fuzz::fileOf({data, size}, "DICOMDIR");
  fuzz::readOrRefuse([&] {
    for (const auto& file : dicom::filesOfDicomdir(directory)) {
      const auto way = file.lexically_normal().lexically_relative(directory.parent_path());
      if (way.empty() || *way.begin() == "..") fuzz::fail("a DICOMDIR leads out of its folder");
    }
  });
  return 0;
}
