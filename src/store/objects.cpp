// SPDX-License-Identifier: Apache-2.0
#include "objects.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

#include "sonotwin/base/error.h"
#include "sonotwin/base/parallel.h"

namespace sonotwin::store {
namespace fs = std::filesystem;
namespace {
[[noreturn]] void throwUntaken(int descriptor) {
  const int code = errno;
  if (descriptor >= 0) ::close(descriptor);
  throw Error(ErrorKind::kDevice, std::string("A file cannot be taken into the store: ") +
                                      std::strerror(code) +
                                      ". Check free space and permissions, then try again.");
}

/// The disk may begin, so that flushing has less to wait for. What fails, fails again then.
void beginWriting(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
  ::close(descriptor);
}
}  // namespace

std::optional<std::string> hashOfFile(const fs::path& path, std::uint64_t size,
                                      const Progress& progress, const BlockVisitor& visit) {
  // Small enough to stay in a processor's cache.
  constexpr std::size_t kBlockBytes = std::size_t{1} << 16;
  const ObjectFile file(path);
  Sha256 hash;
  std::vector<std::byte> block(kBlockBytes);
  for (std::uint64_t done = 0; done < size;) {
    progress.throwIfCancelled();
    const std::span part(
        block.data(), static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), size - done)));
    if (!file.read(done, part)) return std::nullopt;
    hash.update(part);
    if (visit) visit(done, part);
    done += part.size();
  }
  return hash.finishHex();
}

NewObject::NewObject(const fs::path& temporary_folder) : file_(temporary_folder / "object") {}

void NewObject::write(std::span<const std::byte> bytes) {
  file_.write(bytes);
  hash_.update(bytes);
}

const ObjectRef& NewObject::finish() {
  if (!ref_) ref_ = ObjectRef{hash_.finishHex(), file_.size()};
  return *ref_;
}

ObjectFile::ObjectFile(const fs::path& path)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) absence_ = std::strerror(errno);
}

ObjectFile::~ObjectFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool ObjectFile::read(std::uint64_t offset, std::span<std::byte> into) const noexcept {
  while (!into.empty()) {
    const ssize_t got = ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    into = into.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
  return true;
}

ArrivingFile::~ArrivingFile() {
  ::unlink(file_.c_str());
}

std::uint64_t ArrivingFile::size() const {
  std::error_code absent;
  const std::uint64_t size = fs::file_size(file_, absent);
  if (absent) throwNotFound("The file to be stored is not in the store's temporary folder.");
  return size;
}

ArrivedHashes ArrivingFile::hash(std::uint64_t size, std::span<const dicom::FrameBytes> frames,
                                 const Progress& progress) const {
  Sha256 of_frames;
  auto frame = frames.begin();
  const auto sha256 = hashOfFile(file_, size, progress, [&](std::uint64_t at, auto block) {
    const std::uint64_t end = at + block.size();
    for (; frame != frames.end() && frame->offset < end; ++frame) {
      const std::uint64_t frame_end = frame->offset + frame->size;
      const std::uint64_t from = std::max(frame->offset, at), to = std::min(frame_end, end);
      of_frames.update(block.subspan(from - at, to - from));
      if (frame_end > end) break;
    }
  });
  if (!sha256) throw Error(ErrorKind::kDevice, "The file to be stored cannot be read.");
  return {{*sha256, size}, of_frames.finishHex()};
}

ObjectFolder::ObjectFolder(fs::path store_folder) : store_folder_(std::move(store_folder)) {}

fs::path ObjectFolder::path(const std::string& sha256) const {
  return store_folder_ / "objects" / sha256.substr(0, 2) / sha256;
}

// By its bytes, not its size: what a power loss left of a file may be as long as the whole.
bool ObjectFolder::has(const ObjectRef& object) const {
  const fs::path target = path(object.sha256);
  std::error_code absent;
  if (fs::file_size(target, absent) != object.size_bytes || absent) return false;
  return hashOfFile(target, object.size_bytes, {}) == object.sha256;
}

void ObjectFolder::flushFile(const ObjectRef& object) const {
  const fs::path target = path(object.sha256);
  const int descriptor = ::open(target.c_str(), O_RDONLY | O_CLOEXEC);
  const bool flushed = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (!flushed) throwUntaken(descriptor);
  ::close(descriptor);
}

void ObjectFolder::flush(const std::vector<ObjectRef>& objects) const {
  // Their folders may be new, whoever made them.
  std::set<fs::path> unique = {store_folder_ / "objects"};
  for (const ObjectRef& object : objects) unique.insert(path(object.sha256).parent_path());
  const std::vector<fs::path> folders(unique.begin(), unique.end());
  // A disk waits for itself, not for a processor.
  constexpr int kThreads = 8;
  parallelFor(objects.size() + folders.size(), kThreads, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (i < objects.size()) {
        flushFile(objects[i]);
      } else {
        flushDirectory(folders[i - objects.size()]);
      }
    }
  });
}

void ObjectFolder::keep(NewObject&& object) const {
  const ObjectRef ref = object.finish();
  const fs::path target = path(ref.sha256);
  std::error_code there;
  if (has(ref)) return flush({ref});
  if (fs::create_directory(target.parent_path(), there)) flushDirectory(store_folder_ / "objects");
  object.file_.commitAs(target);
}

// Named before it is flushed: on some file systems that takes the name along.
void ObjectFolder::keep(const ArrivingFile& file, const ObjectRef& object) const {
  if (has(object)) return;
  const fs::path target = path(object.sha256);
  std::error_code there;
  fs::create_directory(target.parent_path(), there);
  const bool named = ::chmod(file.file_.c_str(), 0644) == 0 &&
                     std::rename(file.file_.c_str(), target.c_str()) == 0;
  if (!named) throwUntaken(-1);
  beginWriting(target);
}

std::vector<std::byte> ObjectFolder::read(const ObjectRef& object, const std::string& owner) const {
  std::vector<std::byte> bytes;
  std::string problem;
  std::error_code absent;
  if (fs::file_size(path(object.sha256), absent) != object.size_bytes || absent) {
    problem = "missing or cut short";
  } else {
    bytes.resize(object.size_bytes);
    if (!ObjectFile(path(object.sha256)).read(0, bytes)) {
      problem = "not readable";
    } else if (sha256Hex(bytes) != object.sha256) {
      problem = "not what was stored";
    }
  }
  if (!problem.empty()) {
    throw Error(ErrorKind::kDamaged, "The bytes of " + owner + " are " + problem +
                                         " in the store. Run `sonotwin verify`, then restore them "
                                         "from a backup or make " +
                                         owner + " again.");
  }
  return bytes;
}

std::optional<std::string> ObjectFolder::problem(const ObjectRef& object, bool bytes,
                                                 const Progress& progress) const {
  const fs::path file_path = path(object.sha256);
  std::error_code absent;
  const std::uint64_t size = fs::file_size(file_path, absent);
  if (absent) return "the object's file is missing";
  if (size != object.size_bytes) {
    return "the object has " + std::to_string(size) + " bytes, not " +
           std::to_string(object.size_bytes);
  }
  if (!bytes) return std::nullopt;
  const std::optional<std::string> sha256 = hashOfFile(file_path, size, progress);
  if (!sha256) return "the object's file cannot be read";
  if (*sha256 != object.sha256) return "the object's bytes are not what was stored";
  return std::nullopt;
}

}  // namespace sonotwin::store
