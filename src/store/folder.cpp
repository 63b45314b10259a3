// SPDX-License-Identifier: Apache-2.0
#include "folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::store {
namespace fs = std::filesystem;
namespace {
[[noreturn]] void throwDevice(const fs::path& folder, const std::string& reason) {
  throw Error(ErrorKind::kDevice, "The folder " + folder.string() +
                                      " cannot be used for a store: " + reason +
                                      ". Check free space and permissions.");
}

void refuseForeignContent(const fs::path& folder) {
  if (fs::exists(folder / kDatabaseName)) {
    throw Error(ErrorKind::kConflict, "There is a store in " + folder.string() + " already.");
  }
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename() != "objects" && entry.path().filename() != "tmp") {
      throw Error(ErrorKind::kConflict,
                  "The folder " + folder.string() + " is not empty. Choose a new or empty folder.");
    }
  }
}

/// Whose entries change when the folder is made: the one it is in, and those above it that hold a
/// missing one. Also where it is there: an interrupted call may have made it and flushed nothing.
std::vector<fs::path> foldersThatChange(const fs::path& folder) {
  std::vector<fs::path> changing{folder.parent_path()};
  while (!fs::exists(changing.back())) changing.push_back(changing.back().parent_path());
  return changing;
}
}  // namespace

fs::path canonicalFolder(const fs::path& folder) {
  std::error_code unreachable;  // then whoever opens it says so
  const fs::path whole = fs::absolute(folder, unreachable);
  fs::path path = fs::weakly_canonical(whole, unreachable);
  path = (unreachable ? whole : path).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

void layOut(const fs::path& folder) {
  std::vector<fs::path> above;
  try {
    above = foldersThatChange(folder);
    if (fs::create_directories(folder)) fs::permissions(folder, fs::perms::owner_all);
    refuseForeignContent(folder);
    fs::create_directory(folder / "tmp");
    fs::create_directory(folder / "objects");
    for (unsigned i = 0; i < 256; ++i) {
      const std::string name = {"0123456789abcdef"[i >> 4], "0123456789abcdef"[i & 15U]};
      fs::create_directory(folder / "objects" / name);
    }
  } catch (const fs::filesystem_error& failure) {
    throwDevice(folder, failure.code().message());
  }
  flushDirectory(folder / "objects");
  flushDirectory(folder);
  for (const fs::path& changed : above) flushDirectory(changed);
}

void publish(const fs::path& file, const fs::path& name) {
  const bool named = ::link(file.c_str(), name.c_str()) == 0;
  const int code = errno;
  ::unlink(file.c_str());
  if (!named && code == EEXIST) {
    throw Error(ErrorKind::kConflict,
                "There is a store in " + name.parent_path().string() + " already.");
  }
  if (!named) throwDevice(name.parent_path(), std::strerror(code));
  flushDirectory(name.parent_path());
}

OpenMark::OpenMark(const fs::path& folder)
    : descriptor_(::open((folder / "tmp").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0) {
    std::error_code ignored;  // a copy without its empty folders is still a store
    fs::create_directory(folder / "tmp", ignored);
    descriptor_ = ::open((folder / "tmp").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  }
  // Where none can be made nothing is written either.
  if (descriptor_ < 0 && (errno == ENOENT || errno == EACCES)) return;
  if (descriptor_ < 0) throwDevice(folder, std::strerror(errno));
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) {
    std::error_code ignored;  // a disk that cannot be written has nothing new to sweep
    for (const auto& entry : fs::directory_iterator(folder / "tmp", ignored)) {
      fs::remove_all(entry.path(), ignored);
    }
    for (const char* const beside : {".quarantine", ".vault"}) {
      for (const auto& entry : fs::directory_iterator(folder.string() + beside, ignored)) {
        if (entry.path().filename().string().starts_with(".incoming-")) {
          fs::remove(entry.path(), ignored);
        }
      }
    }
  }
  while (::flock(descriptor_, LOCK_SH) != 0 && errno == EINTR) {
  }
}

OpenMark::~OpenMark() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace sonotwin::store
