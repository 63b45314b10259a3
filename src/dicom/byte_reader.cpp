// SPDX-License-Identifier: Apache-2.0
#include "byte_reader.h"

#include <algorithm>

#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
constexpr std::size_t kWindowBytes = 1U << 16;
}  // namespace

ByteReader::ByteReader(const std::filesystem::path& path) {
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (!std::filesystem::exists(status)) throwNotFound("there is no such file");
  // A named pipe would wait for its writer for ever.
  if (!std::filesystem::is_regular_file(status)) throwBadInput("this is not a file");
  size_ = std::filesystem::file_size(path, failed);
  file_.open(path, std::ios::binary);
  if (failed || !file_) throwBadInput("the file may not be read; check its permissions");
}

std::span<const std::byte> ByteReader::at(std::uint64_t offset, std::size_t count) {
  if (offset >= size_) return {};
  count = static_cast<std::size_t>(std::min<std::uint64_t>(count, size_ - offset));
  const bool inside = offset >= window_offset_ && offset + count <= window_offset_ + window_.size();
  if (!inside) fill(offset);
  const auto begin = static_cast<std::size_t>(offset - window_offset_);
  if (begin >= window_.size()) return {};
  return window_.subspan(begin, std::min(count, window_.size() - begin));
}

void ByteReader::fill(std::uint64_t offset) {
  buffer_.resize(kWindowBytes);
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(offset));
  file_.read(reinterpret_cast<char*>(buffer_.data()), static_cast<std::streamsize>(kWindowBytes));
  window_ = std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(file_.gcount()));
  window_offset_ = offset;
}

}  // namespace sonotwin::dicom
