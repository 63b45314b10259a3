// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/dicom/deidentify.h"

#include <array>

#include "fuzz_clip.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/dicom/reader.h"

namespace {
using sonotwin::dicom::DeidentifyOptions;
using sonotwin::media::PixelRectangle;
constexpr unsigned kBlanks = 32;

std::string uidOf(const std::string& uid) {
  const std::string digest = sonotwin::sha256Hex(uid);
  return "2.25." + std::to_string(1 + std::stoull(digest.substr(0, 15), nullptr, 16));
}

/// The preamble's first byte means nothing to a reader: here it chooses the options.
unsigned choiceOf(sonotwin::fuzz::Input input) {
  return input.empty() ? 0 : input.front();
}

DeidentifyOptions optionsOf(unsigned choice) {
  return {.shift_dates = (choice & 1) == 0,
          .keep_device = (choice & 2) != 0,
          .keep_patient_characteristics = (choice & 4) != 0,
          .clean_descriptors = (choice & 8) != 0,
          .pixels_confirmed = (choice & 16) != 0};
}
}  // namespace

// A copy that was made is an object that can be opened.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sonotwin;
  const auto source = fuzz::fileOf({data, size}, "source.dcm");
  const auto copy = fuzz::scratchFile("copy.dcm");
  const dicom::Pseudonyms pseudonyms{"P-TEST-0001", -1234, uidOf};
  const unsigned choice = choiceOf({data, size});
  const std::array<PixelRectangle, 2> boxes = {{{1, 0, 5, 3}, {-2, 4, 4000, 9}}};
  bool made = false;
  fuzz::readOrRefuse([&] {
    static_cast<void>(dicom::deidentify(
        source, copy, pseudonyms, optionsOf(choice),
        std::span(boxes).first((choice & kBlanks) != 0 ? boxes.size() : 0), Progress()));
    made = true;
  });
  try {
    if (made) static_cast<void>(dicom::readDicom(copy));
  } catch (const Error& error) {
    fuzz::fail(std::string("a copy that was made cannot be opened: ") + error.what());
  }
  return 0;
}
