// SPDX-License-Identifier: Apache-2.0
#undef _FORTIFY_SOURCE  // whose inline functions would stand before these
#include "failing_disk.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>

#include "unflushed.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;

constexpr int kMaking = O_CREAT | (O_TMPFILE & ~O_DIRECTORY);  // what a mode comes with
constexpr int kFailureKinds = static_cast<int>(DiskFailure::kPowerLossMixed) + 1;

enum class Change { kContent, kFlush, kEntry, kRemoval, kMode };
enum class Verdict { kMake, kRefuse, kHalf };

struct Plan {
  std::string below;  ///< the folder, with a slash at its end
  DiskFailure failure = DiskFailure::kNone;
  int nth = 0;
  std::vector<int> calls = std::vector<int>(kFailureKinds);  ///< by kind of failure
  std::function<void(const std::string&)> reached;
  std::unique_ptr<Unflushed> unflushed;  ///< where that is what gets lost
};

constinit std::atomic<bool> broken{false};
constinit std::mutex one_call_at_a_time;
constinit thread_local bool inside = false;
Plan* plan = nullptr;

[[noreturn]] void die() {
  ::raise(SIGKILL);
  ::_exit(1);
}

bool countsFor(DiskFailure failure, Change change) {
  switch (failure) {
    case DiskFailure::kShortWrite:
    case DiskFailure::kTornWrite:
      return change == Change::kContent;
    case DiskFailure::kFull:
      return change != Change::kRemoval && change != Change::kMode;
    default:
      return true;
  }
}

/// The fate of the call that is next. Does not come back where the process is to die.
Verdict judge(Change change, const std::string& call) {
  for (int kind = 0; kind < kFailureKinds; ++kind) {
    if (countsFor(static_cast<DiskFailure>(kind), change)) ++plan->calls[kind];
  }
  if (!countsFor(plan->failure, change)) return Verdict::kMake;
  const int calls = plan->calls[static_cast<int>(plan->failure)];
  const bool still_full = plan->failure == DiskFailure::kFull && calls > plan->nth;
  if (calls != plan->nth && !still_full) return Verdict::kMake;
  if (!still_full) plan->reached(call);
  switch (plan->failure) {
    case DiskFailure::kNone:
      return Verdict::kMake;
    case DiskFailure::kError:
      errno = EIO;
      return Verdict::kRefuse;
    case DiskFailure::kFull:
      errno = ENOSPC;
      return Verdict::kRefuse;
    case DiskFailure::kShortWrite:
    case DiskFailure::kTornWrite:
      return Verdict::kHalf;
    case DiskFailure::kPowerLoss:
      plan->unflushed->lose();
      die();
    case DiskFailure::kPowerLossMixed:
      plan->unflushed->loseSome(static_cast<unsigned>(plan->nth));
      die();
    case DiskFailure::kKill:
      die();
  }
  return Verdict::kMake;
}

std::string pathAt(int folder, const char* path) {
  if (folder == AT_FDCWD || path[0] == '/') return path;
  char target[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(folder);
  const ssize_t size = ::readlink(link.c_str(), target, sizeof target);
  std::string whole(target, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return path[0] == '\0' ? whole : whole + "/" + path;
}

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

std::string nameBelow(const std::string& path) {
  return path.size() < plan->below.size() ? "the folder" : path.substr(plan->below.size());
}

/// One call on its way; lets it through untouched unless it is below the folder.
class Call {
 public:
  Call(Change change, const char* name, int folder, const char* path = "") {
    if (!broken || inside) return;
    const int code = errno;
    path_ = pathAt(folder, path);
    errno = code;
    if (!(path_ + "/").starts_with(plan->below)) return;
    lock_ = std::unique_lock(one_call_at_a_time);
    inside = true;
    verdict_ = judge(change, std::string(name) + " of " + nameBelow(path_));
  }
  ~Call() {
    if (lock_) inside = false;
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  [[nodiscard]] bool refused() const { return verdict_ == Verdict::kRefuse; }
  [[nodiscard]] bool halved() const { return verdict_ == Verdict::kHalf; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// None where nothing is to be kept in mind.
  [[nodiscard]] Unflushed* unflushed() const { return lock_ ? plan->unflushed.get() : nullptr; }

 private:
  std::string path_;
  std::unique_lock<std::mutex> lock_;
  Verdict verdict_ = Verdict::kMake;
};

/// @param make  makes the call with so many of the bytes
template <class Make>
ssize_t changeContent(const char* name, int descriptor, std::size_t size, Make make) {
  const Call call(Change::kContent, name, descriptor);
  if (call.refused()) return -1;
  if (Unflushed* const unflushed = call.unflushed()) unflushed->keepContent(descriptor);
  if (!call.halved()) return make(size);
  const ssize_t made = size < 2 ? make(size) : make(size / 2);
  if (plan->failure == DiskFailure::kTornWrite) die();
  return made;
}

template <class Make>
int addEntry(const char* name, int folder, const char* path, Make make) {
  const Call call(Change::kEntry, name, folder, path);
  if (call.refused()) return -1;
  const int made = make();
  if (made >= 0 && call.unflushed() != nullptr) call.unflushed()->added(call.path());
  return made;
}

int openFile(const char* name, int folder, const char* path, int flags, mode_t mode) {
  const auto open = [&] {
    return static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode));
  };
  if (!broken || inside || (flags & kMaking) == 0) return open();
  const bool makes = (flags & O_CREAT) != 0 && !exists(pathAt(folder, path));
  return makes ? addEntry(name, folder, path, open) : open();
}

int flush(const char* name, int descriptor, long number) {
  const Call call(Change::kFlush, name, descriptor);
  if (call.refused()) return -1;
  const int made = static_cast<int>(::syscall(number, descriptor));
  if (made == 0 && call.unflushed() != nullptr) call.unflushed()->flushed(descriptor);
  return made;
}

int removeEntry(const char* name, int folder, const char* path, int flags) {
  const Call call(Change::kRemoval, name, folder, path);
  if (call.refused()) return -1;
  Unflushed* const unflushed = call.unflushed();
  const fs::path kept = unflushed != nullptr ? unflushed->keepEntry(call.path()) : fs::path();
  const int made = static_cast<int>(::syscall(SYS_unlinkat, folder, path, flags));
  if (made == 0 && !kept.empty()) unflushed->removed(call.path(), kept);
  return made;
}

int renameEntry(const char* name, int from_folder, const char* from, int to_folder,
                const char* to) {
  const Call call(Change::kEntry, name, to_folder, to);
  if (call.refused()) return -1;
  Unflushed* const unflushed = call.unflushed();
  fs::path moved, replaced;
  if (unflushed != nullptr) {
    moved = unflushed->keepEntry(pathAt(from_folder, from));
    replaced = unflushed->keepEntry(call.path());
  }
  const int made = static_cast<int>(::syscall(SYS_renameat2, from_folder, from, to_folder, to, 0U));
  if (made != 0 || unflushed == nullptr) return made;
  if (!replaced.empty()) unflushed->removed(call.path(), replaced);
  unflushed->added(call.path());
  unflushed->removed(pathAt(from_folder, from), moved);
  return made;
}

int linkEntry(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  return addEntry("link", to_folder, to, [&] {
    return static_cast<int>(::syscall(SYS_linkat, from_folder, from, to_folder, to, flags));
  });
}

int cutFile(const char* name, int descriptor, off_t size) {
  return static_cast<int>(changeContent(name, descriptor, 0, [&](std::size_t) {
    return static_cast<ssize_t>(::syscall(SYS_ftruncate, descriptor, size));
  }));
}

int changeMode(const char* name, int folder, const char* path, long number, auto... arguments) {
  const Call call(Change::kMode, name, folder, path);
  return call.refused() ? -1 : static_cast<int>(::syscall(number, arguments...));
}

int makeTemporary(char* name_pattern, int flags) {
  static std::atomic<unsigned> count{0};
  char* const letters = name_pattern + std::strlen(name_pattern) - 6;
  const unsigned first = static_cast<unsigned>(::getpid()) * 7919U;
  for (;;) {
    unsigned number = first + 131U * count++;
    for (int i = 0; i < 6; ++i, number /= 26) letters[i] = static_cast<char>('A' + number % 26);
    const int made =
        openFile("mkostemp", AT_FDCWD, name_pattern, flags | O_RDWR | O_CREAT | O_EXCL, 0600);
    if (made >= 0 || errno != EEXIST) return made;
  }
}

FILE* openStream(const char* name, const char* path, const char* mode) {
  using Open = FILE* (*)(const char*, const char*);
  static const Open next = reinterpret_cast<Open>(::dlsym(RTLD_NEXT, "fopen64"));
  FILE* stream = nullptr;
  const auto open = [&] {
    stream = next(path, mode);
    return stream != nullptr ? 0 : -1;
  };
  const bool makes = broken && !inside && mode[0] != 'r' && !exists(path);
  makes ? addEntry(name, AT_FDCWD, path, open) : open();
  return stream;
}
}  // namespace

void breakDisk(const fs::path& folder, DiskFailure failure, int nth,
               std::function<void(const std::string&)> reached) {
  delete plan;
  plan = new Plan{.below = (folder / "").string(),
                  .failure = failure,
                  .nth = nth,
                  .reached = std::move(reached),
                  .unflushed = nullptr};
  if (failure == DiskFailure::kPowerLoss || failure == DiskFailure::kPowerLossMixed) {
    const fs::path attic = folder.string() + "-attic";
    fs::create_directory(attic);
    plan->unflushed = std::make_unique<Unflushed>(attic);
  }
  broken = true;
}

std::vector<int> mendDisk() {
  broken = false;
  return plan->calls;
}

}  // namespace sonotwin::store

namespace disk = sonotwin::store;

// The C library's functions, which these replace. NOLINTBEGIN
extern "C" {
ssize_t write(int file, const void* data, size_t size) {
  return disk::changeContent("write", file, size,
                             [&](size_t part) { return syscall(SYS_write, file, data, part); });
}
ssize_t pwrite64(int file, const void* data, size_t size, off64_t at) {
  return disk::changeContent("pwrite", file, size, [&](size_t part) {
    return syscall(SYS_pwrite64, file, data, part, at);
  });
}
ssize_t pwrite(int file, const void* data, size_t size, off_t at) {
  return pwrite64(file, data, size, at);
}
ssize_t writev(int file, const iovec* parts, int count) {
  return disk::changeContent("writev", file, static_cast<size_t>(count),
                             [&](size_t part) { return syscall(SYS_writev, file, parts, part); });
}
int ftruncate64(int file, off64_t size) noexcept {
  return disk::cutFile("ftruncate", file, size);
}
int ftruncate(int file, off_t size) noexcept {
  return disk::cutFile("ftruncate", file, size);
}
int fallocate64(int file, int mode, off64_t at, off64_t size) {
  return static_cast<int>(disk::changeContent(
      "fallocate", file, 0, [&](size_t) { return syscall(SYS_fallocate, file, mode, at, size); }));
}
int fallocate(int file, int mode, off_t at, off_t size) {
  return fallocate64(file, mode, at, size);
}
int fsync(int file) {
  return disk::flush("fsync", file, SYS_fsync);
}
int fdatasync(int file) {
  return disk::flush("fdatasync", file, SYS_fdatasync);
}
int openat64(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & disk::kMaking) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return disk::openFile("open", folder, path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & disk::kMaking) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return disk::openFile("open", folder, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & disk::kMaking) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return disk::openFile("open", AT_FDCWD, path, flags, mode);
}
int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & disk::kMaking) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return disk::openFile("open", AT_FDCWD, path, flags, mode);
}
FILE* fopen(const char* path, const char* mode) {
  return disk::openStream("fopen", path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
  return disk::openStream("fopen", path, mode);
}
int mkostemp(char* name, int flags) {
  return disk::makeTemporary(name, flags);
}
int mkostemp64(char* name, int flags) {
  return disk::makeTemporary(name, flags);
}
int mkstemp(char* name) {
  return disk::makeTemporary(name, 0);
}
int mkstemp64(char* name) {
  return disk::makeTemporary(name, 0);
}
int rename(const char* from, const char* to) noexcept {
  return disk::renameEntry("rename", AT_FDCWD, from, AT_FDCWD, to);
}
int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  return disk::renameEntry("rename", from_folder, from, to_folder, to);
}
int link(const char* from, const char* to) noexcept {
  return disk::linkEntry(AT_FDCWD, from, AT_FDCWD, to, 0);
}
int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
  return disk::linkEntry(from_folder, from, to_folder, to, flags);
}
int mkdirat(int folder, const char* path, mode_t mode) noexcept {
  return disk::addEntry("mkdir", folder, path,
                        [&] { return static_cast<int>(syscall(SYS_mkdirat, folder, path, mode)); });
}
int mkdir(const char* path, mode_t mode) noexcept {
  return mkdirat(AT_FDCWD, path, mode);
}
int fchmod(int file, mode_t mode) noexcept {
  return disk::changeMode("fchmod", file, "", SYS_fchmod, file, mode);
}
int fchmodat(int folder, const char* path, mode_t mode, int) noexcept {
  return disk::changeMode("chmod", folder, path, SYS_fchmodat, folder, path, mode);
}
int chmod(const char* path, mode_t mode) noexcept {
  return fchmodat(AT_FDCWD, path, mode, 0);
}
int unlink(const char* path) noexcept {
  return disk::removeEntry("unlink", AT_FDCWD, path, 0);
}
int unlinkat(int folder, const char* path, int flags) noexcept {
  return disk::removeEntry("unlink", folder, path, flags);
}
int rmdir(const char* path) noexcept {
  return disk::removeEntry("rmdir", AT_FDCWD, path, AT_REMOVEDIR);
}
int remove(const char* path) noexcept {
  struct stat status {};
  if (lstat(path, &status) != 0) return -1;
  return S_ISDIR(status.st_mode) ? rmdir(path) : unlink(path);
}
}
// NOLINTEND
