// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include "sonotwin/base/error.h"

namespace sonotwin {
namespace {
[[noreturn]] void throwDevice(const std::string& action, const std::filesystem::path& path) {
  const int code = errno;
  throw Error(ErrorKind::kDevice, "Cannot " + action + " " + path.string() + ": " +
                                      std::strerror(code) +
                                      ". Check free space and permissions, then try again.");
}

std::filesystem::path folderOf(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

template <class Buffer>
Buffer readWhole(const std::filesystem::path& path, std::uint64_t limit_bytes) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  if (failed) throwNotFound("Cannot read " + path.string() + ": " + failed.message() + ".");
  if (size > limit_bytes) {
    throwBadInput(path.string() + " is larger than expected (" + std::to_string(size) + " bytes).");
  }
  Buffer buffer(static_cast<std::size_t>(size), typename Buffer::value_type{});
  std::ifstream stream(path, std::ios::binary);
  stream.read(reinterpret_cast<char*>(buffer.data()), static_cast<std::streamsize>(size));
  if (stream.gcount() != static_cast<std::streamsize>(size)) throwDevice("read", path);
  return buffer;
}
}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
  std::string name = (folderOf(target_) / ".sonotwin-XXXXXX").string();
  descriptor_ = mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ < 0) throwDevice("write", target_);
  temporary_ = name;
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throwDevice("write", target_);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    size_ += static_cast<std::uint64_t>(written);
  }
}

void AtomicFile::write(std::string_view text) {
  write(std::as_bytes(std::span(text)));
}

void AtomicFile::commit() {
  commitAs(target_);
}

void AtomicFile::commitAs(const std::filesystem::path& target) {
  if (::fchmod(descriptor_, 0644) != 0 || ::fsync(descriptor_) != 0) throwDevice("flush", target);
  ::close(std::exchange(descriptor_, -1));
  if (std::rename(temporary_.c_str(), target.c_str()) != 0) throwDevice("name", target);
  temporary_.clear();
  flushDirectory(folderOf(target));
}

void writeFileAtomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

void writeFileAtomically(const std::filesystem::path& path, std::string_view text) {
  writeFileAtomically(path, std::as_bytes(std::span(text)));
}

std::vector<std::byte> readFile(const std::filesystem::path& path, std::uint64_t limit_bytes) {
  return readWhole<std::vector<std::byte>>(path, limit_bytes);
}

std::string readTextFile(const std::filesystem::path& path, std::uint64_t limit_bytes) {
  return readWhole<std::string>(path, limit_bytes);
}

void makeFolder(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (!failed && !std::filesystem::is_directory(folder, failed) && !failed) {
    failed = std::make_error_code(std::errc::not_a_directory);
  }
  if (!failed) return;
  const bool of_the_disk = failed == std::errc::no_space_on_device || failed == std::errc::io_error;
  throw Error(of_the_disk ? ErrorKind::kDevice : ErrorKind::kBadInput,
              "Cannot make the folder " + folder.string() + ": " + failed.message() +
                  ". Give another place.");
}

void makeFolderFor(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    throwBadInput(file.string() + " is a folder. Give the name of a file in it.");
  }
  makeFolder(folderOf(file));
}

void flushDirectory(const std::filesystem::path& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) throwDevice("open", directory);
  const bool flushed = ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!flushed) throwDevice("flush", directory);
}

}  // namespace sonotwin
