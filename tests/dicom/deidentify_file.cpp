// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <iostream>
#include <string_view>

#include "sonotwin/base/error.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/dicom/deidentify.h"

namespace {
using sonotwin::media::PixelRectangle;

PixelRectangle boxOf(std::string_view text) {
  PixelRectangle box;
  for (int* side : {&box.x0, &box.y0, &box.x1, &box.y1}) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *side);
    static_cast<void>(error);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  return box;
}

/// In decimals under 2.25., as a keyed UID is.
std::string uidOf(const std::string& uid) {
  const std::string digest = sonotwin::sha256Hex(uid);
  return "2.25." + std::to_string(1 + std::stoull(digest.substr(0, 15), nullptr, 16));
}
}  // namespace

/// Writes a de-identified copy of a file, for the comparison with other programs; blanks the boxes
/// (x0,y0,x1,y1) that follow. Prints what was done, one attribute a line.
int main(int argc, char** argv) try {
  if (argc < 3) return 2;
  std::vector<PixelRectangle> boxes;
  for (int i = 3; i < argc; ++i) boxes.push_back(boxOf(argv[i]));
  const sonotwin::dicom::Pseudonyms pseudonyms{"P-TEST-0001", -1234, uidOf};
  const auto done =
      sonotwin::dicom::deidentify(argv[1], argv[2], pseudonyms, {}, boxes, sonotwin::Progress());
  for (const auto& action : done.actions) {
    std::cout << action.path << '\t' << action.keyword << '\t' << action.action << '\n';
  }
  return 0;
} catch (const sonotwin::Error& error) {
  std::cerr << error.what() << '\n';
  return 3;
}
