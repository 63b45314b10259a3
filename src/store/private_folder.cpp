// SPDX-License-Identifier: Apache-2.0
#include "private_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::store {
namespace {
[[noreturn]] void throwUnusable(const std::filesystem::path& path, int code) {
  throw Error(ErrorKind::kDevice, path.string() + " cannot be used: " + std::strerror(code) +
                                      ". Check free space and permissions.");
}
}  // namespace

void requirePrivateFolder(const std::filesystem::path& folder, const std::string& what) {
  if (::mkdir(folder.c_str(), 0700) == 0) {
    flushDirectory(folder.parent_path());
  } else if (errno != EEXIST) {
    throwUnusable(folder, errno);
  }
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) throwUnusable(folder, errno);
  if ((status.st_mode & 077U) != 0) {
    throw Error(ErrorKind::kConflict, "The " + what + " " + folder.string() +
                                          " is open to others, and what is in it names patients. "
                                          "Make it yours alone: chmod 700 '" +
                                          folder.string() + "'");
  }
}

bool writeAll(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

void writePrivateFile(const std::filesystem::path& file, std::span<const std::byte> bytes) {
  std::string temporary = (file.parent_path() / ".incoming-XXXXXX").string();
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);  // readable by its owner only
  if (descriptor < 0) throwUnusable(file, errno);
  const bool written = writeAll(descriptor, bytes) && ::fsync(descriptor) == 0;
  int code = written ? 0 : errno;
  ::close(descriptor);
  if (written && std::rename(temporary.c_str(), file.c_str()) != 0) code = errno;
  if (code != 0) {
    ::unlink(temporary.c_str());
    throwUnusable(file, code);
  }
  flushDirectory(file.parent_path());
}

}  // namespace sonotwin::store
