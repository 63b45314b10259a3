// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"

namespace sonotwin::pipeline {

enum class SourceKind { kDicom, kSequence, kImage, kUnknown, kUnreadable };

/// One file that a person offered, by name or through a folder.
struct SourceFile {
  std::filesystem::path path;
  SourceKind kind = SourceKind::kUnknown;
  bool named = false;  ///< given by name: must be answered for even where nothing reads it
};

/// What was found below the paths a person gave.
struct Sources {
  std::vector<SourceFile> files;  ///< folders that cannot be opened among them, as kUnreadable
  std::vector<std::filesystem::path>
      passed_over;  ///< in folders: no DICOM, sequence, picture or file
};

/// Files below `paths`, in a stable order, each once: folders recursively, a DICOMDIR by what it
/// lists. @throws Error(kNotFound) for a path that is not there, Error(kCancelled)
[[nodiscard]] Sources findSources(const std::vector<std::filesystem::path>& paths,
                                  const Progress& progress);

/// SHA-256 of a file's bytes, read in pieces. @throws Error(kDevice | kCancelled)
[[nodiscard]] std::string fileSha256(const std::filesystem::path& path, const Progress& progress);

}  // namespace sonotwin::pipeline
