// SPDX-License-Identifier: Apache-2.0
#include "key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <tuple>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/base/hash.h"

namespace sonotwin::store {
namespace fs = std::filesystem;
namespace {
constexpr std::size_t kKeyBytes = 32;
constexpr mode_t kOthers = 077;

std::string toHex(const std::vector<std::byte>& bytes) {
  std::string hex;
  for (const std::byte byte : bytes) {
    hex += "0123456789abcdef"[std::to_integer<unsigned>(byte) >> 4];
    hex += "0123456789abcdef"[std::to_integer<unsigned>(byte) & 15U];
  }
  return hex;
}

std::vector<std::byte> fromHex(std::string_view hex) {
  while (!hex.empty() && (hex.back() == '\n' || hex.back() == '\r')) hex.remove_suffix(1);
  const bool whole = hex.size() == 2 * kKeyBytes &&
                     hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (!whole) {
    throw Error(ErrorKind::kDamaged,
                "The store's key file is damaged: it must hold 64 hexadecimal digits. Put the key "
                "back from where a copy is kept.");
  }
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::byte>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  }
  return bytes;
}

[[noreturn]] void throwUnwritable(const fs::path& file) {
  const int code = errno;
  throw Error(ErrorKind::kDevice, "The key " + file.string() + " cannot be written: " +
                                      std::strerror(code) + ". Check free space and permissions.");
}

bool writeAll(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0;
}

/// A file that only its owner can read: without a name where the file system has such files, so
/// that a killed program leaves no copy of a key.
class UnnamedFile {
 public:
  explicit UnnamedFile(const fs::path& file)
      : descriptor_(::open(file.parent_path().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600)) {
    if (descriptor_ >= 0) {
      name_ = "/proc/self/fd/" + std::to_string(descriptor_);
      return;
    }
    if (errno != EOPNOTSUPP && errno != EISDIR) throwUnwritable(file);
    temporary_ = file.string() + ".XXXXXX";
    descriptor_ = ::mkostemp(temporary_.data(), O_CLOEXEC);
    if (descriptor_ < 0) throwUnwritable(file);
    name_ = temporary_;
  }
  ~UnnamedFile() {
    ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// A link, not a rename: it never replaces a file that another program made meanwhile.
  /// @returns false, with the reason in errno
  [[nodiscard]] bool name(const fs::path& file) const {
    return ::linkat(AT_FDCWD, name_.c_str(), AT_FDCWD, file.c_str(), AT_SYMLINK_FOLLOW) == 0;
  }

 private:
  int descriptor_;
  std::string name_, temporary_;
};

// AtomicFile gives files that all can read, so the key is written here.
bool writeNew(const fs::path& file, const std::string& text) {
  const UnnamedFile written(file);
  if (!writeAll(written.descriptor(), text)) throwUnwritable(file);
  const bool named = written.name(file);
  if (!named && errno != EEXIST) throwUnwritable(file);
  flushDirectory(file.parent_path());
  return named;
}
}  // namespace

fs::path PseudonymKey::fileFor(const fs::path& folder) {
  return fs::path(folder.string() + ".key");
}

PseudonymKey PseudonymKey::createOrLoad(const fs::path& folder) {
  const fs::path file = fileFor(folder);
  if (fs::exists(file)) return load(folder);
  std::vector<std::byte> bytes = randomBytes(kKeyBytes);
  return writeNew(file, toHex(bytes) + "\n") ? PseudonymKey(std::move(bytes)) : load(folder);
}

PseudonymKey PseudonymKey::copy(const fs::path& from_folder, const fs::path& to_folder) {
  const PseudonymKey key = load(from_folder);
  const fs::path file = fileFor(to_folder);
  if (!fs::exists(file)) std::ignore = writeNew(file, toHex(key.bytes_) + "\n");
  return load(to_folder);
}

PseudonymKey PseudonymKey::load(const fs::path& folder) {
  const fs::path file = fileFor(folder);
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) {
    throwNotFound("The store's key " + file.string() +
                  " is missing: without it no pseudonym can be made. Put it back from where a copy "
                  "is kept; it cannot be made anew.");
  }
  if ((status.st_mode & kOthers) != 0) {
    throw Error(ErrorKind::kConflict, "The store's key " + file.string() +
                                          " can be read by others. Make it yours alone: chmod 600 "
                                          "'" +
                                          file.string() + "'");
  }
  if (::faccessat(AT_FDCWD, file.c_str(), R_OK, AT_EACCESS) != 0) {
    throwNotFound("The store's key " + file.string() +
                  " belongs to another person: without it no pseudonym can be made. Ask its owner "
                  "to do this, or to give you the key.");
  }
  return PseudonymKey(fromHex(readTextFile(file, 4096)));
}

std::string keyCheckOf(const Database& database) {
  Statement row = database.query("SELECT key_check FROM store");
  return row.step() ? row.text(0) : std::string();
}

KeyBeside::KeyBeside(const fs::path& folder, const std::string& key_check) {
  try {
    key_ = PseudonymKey::load(folder);
    if (key_->check() == key_check) return;
    key_.reset();
    problem_ = Error(ErrorKind::kConflict,
                     "The key beside the store belongs to another store: its pseudonyms would not "
                     "match. Put this store's own key back from where a copy is kept.");
  } catch (const Error& failure) {
    problem_ = failure;
  }
}

const PseudonymKey& KeyBeside::require() const {
  if (problem_) throw *problem_;
  return *key_;
}

void KeyBeside::requireNoWrongOne() const {
  if (problem_ && problem_->kind() != ErrorKind::kNotFound) throw *problem_;
}

std::string PseudonymKey::mac(std::string_view purpose, std::string_view identifier) const {
  return hmacSha256Hex(bytes_, std::string(purpose) + "|" + std::string(identifier));
}

}  // namespace sonotwin::store
