// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

#include "sonotwin/base/error.h"
#include "temporary_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace sonotwin::fuzz {

using Input = std::span<const std::uint8_t>;

/// How many inputs were read rather than refused, since the program began.
inline int& readings() {
  static int count = 0;
  return count;
}

[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "Not as promised: %s\n", what.c_str());
  std::abort();
}

/// A path in a folder of this process's own, which goes when it ends well.
inline std::filesystem::path scratchFile(const std::string& name) {
  static const test::TemporaryFolder folder;
  return folder / name;
}

/// Writes the input where a reader of files finds it.
inline std::filesystem::path fileOf(Input input, const std::string& name) {
  std::filesystem::path path = scratchFile(name);
  std::ofstream stream(path, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(input.data()),
               static_cast<std::streamsize>(input.size()));
  if (!stream.flush()) fail("the input cannot be written to " + path.string());
  return path;
}

/// A message goes to a terminal or into a table: one line, without controls.
inline bool isOneLine(std::string_view message) {
  for (const char c : message) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) return false;
  }
  return !message.empty();
}

/// The only outcomes there may be: it reads, or it refuses in one line and not as a defect of ours.
template <class Read>
void readOrRefuse(const Read& read) {
  try {
    read();
    ++readings();
  } catch (const Error& error) {
    const bool refused = error.kind() != ErrorKind::kInternal && isOneLine(error.what());
    if (!refused) fail(std::string("it is refused with: ") + error.what());
  }
}

}  // namespace sonotwin::fuzz
