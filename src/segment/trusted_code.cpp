// SPDX-License-Identifier: Apache-2.0
#include "trusted_code.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"

namespace sonotwin::segment {
namespace {
namespace fs = std::filesystem;

std::optional<fs::path> fromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return fs::path(value);
}

fs::path listFile() {
  if (const auto given = fromEnvironment("SONOTWIN_TRUSTED_CODE")) return *given;
  if (const auto config = fromEnvironment("XDG_CONFIG_HOME")) {
    return *config / "sonotwin/trusted-code";
  }
  const auto home = fromEnvironment("HOME");
  if (!home) {
    throw Error(ErrorKind::kDevice,
                "There is no place for the list of code that may run: set HOME or "
                "SONOTWIN_TRUSTED_CODE.");
  }
  return *home / ".config/sonotwin/trusted-code";
}

std::string readList() {
  const fs::path file = listFile();
  return fs::exists(file) ? readTextFile(file) : std::string();
}
}  // namespace

bool isTrustedCode(const std::string& sha256) {
  std::istringstream lines(readList());
  for (std::string line; std::getline(lines, line);) {
    if (line.substr(0, line.find(' ')) == sha256) return true;
  }
  return false;
}

void trustCode(const std::string& sha256, const std::string& name) {
  if (isTrustedCode(sha256)) return;
  std::string plain = name;
  std::ranges::replace_if(
      plain, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  const fs::path file = listFile();
  makeFolderFor(file);
  writeFileAtomically(file, readList() + sha256 + " " + plain + "\n");
}

}  // namespace sonotwin::segment
