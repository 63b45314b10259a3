// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
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

/// @returns why it cannot be copied; empty: it was
std::string copyObject(const ObjectFolder& from, const ObjectFolder& to, const ObjectRef& object,
                       const Progress& progress) {
  const ObjectFile file(from.path(object.sha256));
  if (!file.absence().empty()) return file.absence();
  NewObject copy = to.begin();
  std::vector<std::byte> block(std::size_t{1} << 20);
  for (std::uint64_t done = 0; done < object.size_bytes;) {
    progress.throwIfCancelled();
    const std::uint64_t left = object.size_bytes - done;
    const std::span part(block.data(),
                         static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), left)));
    if (!file.read(done, part)) return "it is cut short";
    copy.write(part);
    done += part.size();
  }
  if (copy.finish().sha256 != object.sha256) return "it is not what was stored";
  to.keep(std::move(copy));
  return {};
}

bool linkObject(const ObjectFolder& from, const ObjectFolder& to, const ObjectRef& object) {
  const fs::path target = to.path(object.sha256);
  if (::link(from.path(object.sha256).c_str(), target.c_str()) != 0 && errno != EEXIST)
    return false;
  flushDirectory(target.parent_path());
  return true;
}

/// @returns what could not be copied, named by what uses it
std::vector<Damage> copyObjects(const ObjectFolder& from, const ObjectFolder& to,
                                const Database& index, bool link, const Progress& progress) {
  const std::vector<ObjectRef> objects = objectsOf(index);
  std::vector<Damage> left_out;
  double total = 1.0, done = 0.0;
  for (const ObjectRef& object : objects) total += static_cast<double>(object.size_bytes);
  for (const ObjectRef& object : objects) {
    progress.report(done / total, "Copying objects");
    if (!link || !linkObject(from, to, object)) {
      const std::string problem = copyObject(from, to, object, progress);
      if (!problem.empty())
        std::ranges::copy(damagesOf(index, object, problem), std::back_inserter(left_out));
    }
    done += static_cast<double>(object.size_bytes);
  }
  return left_out;
}

std::string detailOf(const BackupOptions& options, const std::vector<Damage>& left_out) {
  const std::string detail = options.with_key ? "with the key" : "without the key";
  return left_out.empty() ? detail : detail + ", without what is damaged";
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

// The database appears under its name last, so that half a copy is no store. What of the objects is
// damaged is left out and named: the rest must not be lost with it.
std::vector<Damage> copyStore(const Database& database, const ObjectFolder& objects,
                              const fs::path& from, const fs::path& to,
                              const BackupOptions& options, const Progress& progress) {
  CopyInTheMaking made(to);
  layOut(to);
  const OpenMark mark(to);
  if (options.with_key) copyKey(from, to);
  const fs::path copy = to / "tmp" / "copy.new";
  fs::remove(copy);
  database.copyTo(copy, progress.part(0.0, 0.1));
  std::vector<Damage> left_out;
  {
    const Database copied = Database::open(copy);
    left_out = copyObjects(objects, ObjectFolder(to), copied, options.link_objects,
                           progress.part(0.1, 1.0));
  }
  flushFile(copy);
  publish(copy, to / kDatabaseName);
  made.done();
  progress.report(1.0, "Copied");
  return left_out;
}
}  // namespace

std::vector<Damage> Store::backup(const fs::path& folder, const BackupOptions& options,
                                  const Progress& progress) const {
  const fs::path target = canonicalFolder(folder);
  requireOutside(target, impl_->folder);
  std::vector<Damage> left_out =
      copyStore(impl_->database, impl_->objects, impl_->folder, target, options, progress);
  if (!impl_->database.writable()) return left_out;
  Transaction transaction(impl_->database, Transaction::Kind::kWrite);
  record(impl_->database, {.author = impl_->author,
                           .act = "backup made",
                           .object = {},
                           .detail = detailOf(options, left_out)});
  transaction.commit();
  return left_out;
}

std::vector<Damage> Store::restore(const fs::path& from, const fs::path& folder,
                                   const BackupOptions& options, const Progress& progress) {
  const fs::path source = canonicalFolder(from), target = canonicalFolder(folder);
  if (!exists(source)) {
    throwNotFound("There is no backup of a store in " + source.string() + ".");
  }
  const Database database = Database::open(source / kDatabaseName);
  requireOutside(target, source);
  return copyStore(database, ObjectFolder(source), source, target, options, progress);
}

}  // namespace sonotwin::store
