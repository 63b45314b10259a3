// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace sonotwin {

/// What went wrong, as far as a caller (or an exit code) must tell failures apart.
enum class ErrorKind {
  kBadInput,   ///< a file or value from outside cannot be used
  kNotFound,   ///< the named object does not exist
  kConflict,   ///< the request contradicts what is already there
  kCancelled,  ///< the person asked to stop
  kDevice,     ///< a GPU, disk or peer failed
  kDamaged,    ///< the store is damaged or of a newer version
  kInternal,   ///< a defect of this program
};

/// The one exception of Sonotwin. Its text says what was wrong, where (file, tag, frame) and what
/// to do, in words for the person at the screen. It may hold a path, hence never goes to a log.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

[[noreturn]] inline void throwBadInput(const std::string& what) {
  throw Error(ErrorKind::kBadInput, what);
}
[[noreturn]] inline void throwNotFound(const std::string& what) {
  throw Error(ErrorKind::kNotFound, what);
}

}  // namespace sonotwin
