// SPDX-License-Identifier: Apache-2.0
#include "script_archive.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sonotwin/base/error.h"

namespace sonotwin::segment {
namespace {
constexpr std::uint64_t kLargest = 0xFFFFFFFE;   // bytes: what the format's plain fields can say
constexpr std::uint64_t kMostText = 1ULL << 28;  // bytes that compressed parts unpack to
constexpr std::uint64_t kStored = 0, kDeflated = 8;
constexpr std::size_t kEndSize = 22, kEntrySize = 46, kLongestComment = 0xFFFF;
constexpr std::string_view kEndMark = "PK\x05\x06", kEntryMark = "PK\x01\x02";

std::uint64_t number(std::span<const char> bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return value;
}

class Archive {
 public:
  explicit Archive(const std::filesystem::path& file)
      : file_(file), stream_(file, std::ios::binary) {
    if (!stream_) throwNotFound("There is no file " + file.string() + ".");
    stream_.seekg(0, std::ios::end);
    size_ = static_cast<std::uint64_t>(std::max<std::streamoff>(0, stream_.tellg()));
    if (size_ > kLargest) refuse("it is larger than 4 GB");
  }

  void check() {
    const std::vector<char> end = readEnd();
    const std::uint64_t entries = number(end, 10, 2), size = number(end, 12, 4);
    const std::uint64_t start = number(end, 16, 4);
    if (start > size_ || size > size_ - start) refuse("its list of contents lies outside it");
    const std::vector<char> list = read(start, size);
    std::uint64_t stored = 0, text = 0;
    bool has_code = false;
    std::size_t at = 0;
    for (std::uint64_t i = 0; i < entries; ++i) {
      if (list.size() < kEntrySize || at > list.size() - kEntrySize ||
          std::string_view(&list[at], 4) != kEntryMark) {
        refuse("its list of contents is damaged");
      }
      const std::span<const char> entry = std::span(list).subspan(at);
      const std::uint64_t method = number(entry, 10, 2), name = number(entry, 28, 2);
      if (name > entry.size() - kEntrySize) refuse("its list of contents is damaged");
      if (method != kStored && method != kDeflated) refuse("parts of it are packed in another way");
      (method == kStored ? stored : text) += number(entry, 24, 4);
      has_code = has_code || std::string_view(&entry[kEntrySize], name).ends_with("/constants.pkl");
      at += kEntrySize + name + number(entry, 30, 2) + number(entry, 32, 2);
    }
    if (stored > size_ || text > kMostText)
      refuse("it says that it unpacks to more than is likely");
    if (!has_code) refuse("it has no part constants.pkl");
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throwBadInput(file_.string() + " is not TorchScript as LibTorch writes it: " + why + ".");
  }

  std::vector<char> read(std::uint64_t start, std::uint64_t size) {
    std::vector<char> bytes(size);
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(start));
    stream_.read(bytes.data(), static_cast<std::streamsize>(size));
    if (static_cast<std::uint64_t>(stream_.gcount()) != size) refuse("it cannot be read whole");
    return bytes;
  }

  std::vector<char> readEnd() {
    const std::uint64_t length = std::min<std::uint64_t>(size_, kEndSize + kLongestComment);
    const std::vector<char> tail = read(size_ - length, length);
    const std::size_t found = std::string_view(tail.data(), tail.size()).rfind(kEndMark);
    if (found == std::string_view::npos || tail.size() - found < kEndSize) {
      refuse("it has no list of contents (not a zip archive, or not whole)");
    }
    return {tail.begin() + static_cast<std::ptrdiff_t>(found), tail.end()};
  }

  std::filesystem::path file_;
  std::ifstream stream_;
  std::uint64_t size_ = 0;
};
}  // namespace

void checkScriptArchive(const std::filesystem::path& file) {
  Archive(file).check();
}

}  // namespace sonotwin::segment
