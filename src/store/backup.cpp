// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "audit.h"
#include "folder.h"
#include "impl.h"
#include "seal.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::store {
namespace fs = std::filesystem;
namespace {
std::vector<ObjectRef> objectsOf(const Database& database) {
  std::vector<ObjectRef> objects;
  Statement row = database.query("SELECT sha256, size_bytes FROM objects ORDER BY pk");
  while (row.step()) {
    objects.push_back({row.text(0), static_cast<std::uint64_t>(row.integer(1))});
  }
  return objects;
}

[[noreturn]] void throwDamaged(const ObjectRef& object, const std::string& problem) {
  throw Error(ErrorKind::kDamaged, "The object " + object.sha256 + " cannot be copied: " + problem +
                                       ". Run `sonotwin verify` on the store it is copied from.");
}

void copyObject(const ObjectFolder& from, const ObjectFolder& to, const ObjectRef& object,
                const Progress& progress) {
  const ObjectFile file(from.path(object.sha256));
  if (!file.absence().empty()) throwDamaged(object, file.absence());
  NewObject copy = to.begin();
  std::vector<std::byte> block(std::size_t{1} << 20);
  for (std::uint64_t done = 0; done < object.size_bytes;) {
    progress.throwIfCancelled();
    const std::uint64_t left = object.size_bytes - done;
    const std::span part(block.data(),
                         static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), left)));
    if (!file.read(done, part)) throwDamaged(object, "it is cut short");
    copy.write(part);
    done += part.size();
  }
  if (copy.finish().sha256 != object.sha256) throwDamaged(object, "it is not what was stored");
  to.keep(std::move(copy));
}

bool linkObject(const ObjectFolder& from, const ObjectFolder& to, const ObjectRef& object) {
  const fs::path target = to.path(object.sha256);
  if (::link(from.path(object.sha256).c_str(), target.c_str()) != 0 && errno != EEXIST)
    return false;
  flushDirectory(target.parent_path());
  return true;
}

void copyObjects(const ObjectFolder& from, const ObjectFolder& to,
                 const std::vector<ObjectRef>& objects, bool link, const Progress& progress) {
  double total = 1.0, done = 0.0;
  for (const ObjectRef& object : objects) total += static_cast<double>(object.size_bytes);
  for (const ObjectRef& object : objects) {
    progress.report(done / total, "Copying objects");
    if (!link || !linkObject(from, to, object)) copyObject(from, to, object, progress);
    done += static_cast<double>(object.size_bytes);
  }
}

void flushFile(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool flushed = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (!flushed) throw Error(ErrorKind::kDevice, "The copy of the database cannot be flushed.");
}

void copyKey(const fs::path& from, const fs::path& to) {
  const PseudonymKey key = PseudonymKey::load(from);
  if (PseudonymKey::copy(from, to).check() == key.check()) return;
  throw Error(ErrorKind::kConflict,
              "Beside " + to.string() + " lies the key of another store. Choose another folder.");
}

void requireOutside(const fs::path& target, const fs::path& source) {
  for (const char* const beside : {"", ".quarantine", ".vault"}) {
    const fs::path folder = source.string() + beside;
    if (std::ranges::mismatch(folder, target).in1 != folder.end()) continue;
    throw Error(ErrorKind::kConflict,
                target.string() + " lies in the store that is copied. Choose a folder outside it.");
  }
}

/// Takes away what a copy that failed left in a folder that was not there, or had nothing in it.
class CopyInTheMaking {
 public:
  explicit CopyInTheMaking(fs::path folder)
      : folder_(std::move(folder)), key_(folder_.string() + ".key") {
    std::error_code ignored;
    existed_ = fs::exists(folder_, ignored);
    had_key_ = fs::exists(key_, ignored);
    done_ = existed_ && !fs::is_empty(folder_, ignored);
  }
  ~CopyInTheMaking() {
    if (done_) return;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder_, ignored)) {
      fs::remove_all(entry.path(), ignored);
    }
    if (!existed_) fs::remove(folder_, ignored);
    if (!had_key_) fs::remove(key_, ignored);
  }
  CopyInTheMaking(const CopyInTheMaking&) = delete;
  CopyInTheMaking& operator=(const CopyInTheMaking&) = delete;
  void done() { done_ = true; }

 private:
  fs::path folder_, key_;
  bool existed_ = false, had_key_ = false, done_ = false;
};

// The database appears under its name last, so that half a copy is no store.
void copyStore(const Database& database, const ObjectFolder& objects, const fs::path& from,
               const fs::path& to, const BackupOptions& options, const Progress& progress) {
  CopyInTheMaking made(to);
  layOut(to);
  const OpenMark mark(to);
  if (options.with_key) copyKey(from, to);
  const fs::path copy = to / "tmp" / "copy.new";
  fs::remove(copy);
  database.copyTo(copy, progress.part(0.0, 0.1));
  std::vector<ObjectRef> needed;
  {
    const Database copied = Database::open(copy);
    needed = objectsOf(copied);
  }
  copyObjects(objects, ObjectFolder(to), needed, options.link_objects, progress.part(0.1, 1.0));
  flushFile(copy);
  publish(copy, to / kDatabaseName);
  made.done();
  progress.report(1.0, "Copied");
}
}  // namespace

void Store::backup(const fs::path& folder, const BackupOptions& options,
                   const Progress& progress) const {
  const fs::path target = canonicalFolder(folder);
  requireOutside(target, impl_->folder);
  copyStore(impl_->database, impl_->objects, impl_->folder, target, options, progress);
  if (!impl_->database.writable()) return;
  Transaction transaction(impl_->database, Transaction::Kind::kWrite);
  record(impl_->database, {.author = impl_->author,
                           .act = "backup made",
                           .object = {},
                           .detail = options.with_key ? "with the key" : "without the key"});
  transaction.commit();
}

void Store::restore(const fs::path& from, const fs::path& folder, const BackupOptions& options,
                    const Progress& progress) {
  const fs::path source = canonicalFolder(from), target = canonicalFolder(folder);
  if (!exists(source)) {
    throwNotFound("There is no backup of a store in " + source.string() + ".");
  }
  const Database database = Database::open(source / kDatabaseName);
  requireOutside(target, source);
  copyStore(database, ObjectFolder(source), source, target, options, progress);
}

}  // namespace sonotwin::store
