// SPDX-License-Identifier: Apache-2.0
#include "fuzz_clip.h"
#include "sonotwin/dicom/frame_codec.h"

// Two bytes, low first, for the recipe's length; the recipe; the frame.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sonotwin;
  if (size < 2) return 0;
  const auto rest = std::as_bytes(std::span(data, size)).subspan(2);
  const std::size_t length = std::min<std::size_t>(data[0] | data[1] << 8, rest.size());
  fuzz::readOrRefuse(
      [&] { fuzz::requireWhole(dicom::decodeFrame(rest.first(length), rest.subspan(length), 0)); });
  return 0;
}
