// SPDX-License-Identifier: Apache-2.0
#include "ingest_sources.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>

#include "sonotwin/base/error.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/dicom/reader.h"
#include "sonotwin/media/image_io.h"
#include "sonotwin/media/sequence_io.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

bool isReadable(const fs::path& path) {
  const int needed = fs::is_directory(path) ? R_OK | X_OK : R_OK;
  return ::access(path.c_str(), needed) == 0;
}

SourceKind kindOf(const fs::path& path) {
  std::error_code unknown;
  const fs::file_type type = fs::status(path, unknown).type();
  const bool may_be_read = type == fs::file_type::regular || type == fs::file_type::directory;
  // Opening a pipe would wait for its writer.
  if (!may_be_read && type != fs::file_type::none) return SourceKind::kUnknown;
  if (!isReadable(path)) return SourceKind::kUnreadable;
  if (type != fs::file_type::regular) return SourceKind::kUnknown;
  if (media::isSequenceFile(path)) return SourceKind::kSequence;
  if (media::isPlainImageFile(path)) return SourceKind::kImage;
  std::string extension = path.extension().string();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  const bool named_so = extension == ".dcm";  // even where damaged: it is answered for
  return named_so || dicom::looksLikeDicom(path) ? SourceKind::kDicom : SourceKind::kUnknown;
}

bool isHidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

/// What `simulate` writes beside a sweep is no scan.
bool isTruthOfPhantom(const fs::path& folder) {
  return folder.filename() == "truth" && fs::exists(folder / "poses.json");
}

/// What lies below a folder: all but the folders that can be opened, sorted. Links to folders are
/// not followed.
std::vector<fs::path> entriesBelow(const fs::path& folder, const Progress& progress) {
  std::vector<fs::path> found;
  auto walk = fs::recursive_directory_iterator(folder);
  for (auto entry = fs::begin(walk); entry != fs::end(walk); ++entry) {
    progress.throwIfCancelled();
    const fs::path& path = entry->path();
    const bool is_folder = entry->is_directory() && !entry->is_symlink();
    const bool closed = is_folder && !isReadable(path);
    if (is_folder && (closed || isHidden(path) || isTruthOfPhantom(path)))
      entry.disable_recursion_pending();
    if (!isHidden(path) && (closed || !is_folder)) found.push_back(path);
  }
  std::ranges::sort(found);
  return found;
}

/// Collects sources, each once.
class Collector {
 public:
  void add(const fs::path& path, bool named) {
    const SourceKind kind = kindOf(path);
    if (!named && kind == SourceKind::kUnknown) {
      sources_.passed_over.push_back(path);
    } else if (seen_.insert(fs::weakly_canonical(path)).second) {
      sources_.files.push_back({path, kind, named});
    }
  }
  [[nodiscard]] Sources take() { return std::move(sources_); }

 private:
  Sources sources_;
  std::set<fs::path> seen_;
};
}  // namespace

Sources findSources(const std::vector<fs::path>& paths, const Progress& progress) {
  Collector sources;
  for (const fs::path& path : paths) {
    if (!fs::exists(path)) throwNotFound("There is no file or folder " + path.string() + ".");
    if (path.filename() == "DICOMDIR") {
      for (const fs::path& listed : dicom::filesOfDicomdir(path)) sources.add(listed, true);
    } else if (fs::is_directory(path) && isReadable(path)) {
      for (const fs::path& entry : entriesBelow(path, progress)) {
        if (entry.filename() != "DICOMDIR") sources.add(entry, false);
      }
    } else {
      sources.add(path, true);
    }
  }
  return sources.take();
}

std::string fileSha256(const fs::path& path, const Progress& progress) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throwNotFound("Cannot open " + path.string() + ": check its permissions.");
  Sha256 hash;
  std::vector<std::byte> piece(std::size_t{1} << 16);  // stays in a processor's cache
  while (stream) {
    progress.throwIfCancelled();
    stream.read(reinterpret_cast<char*>(piece.data()), static_cast<std::streamsize>(piece.size()));
    hash.update(std::span(piece).first(static_cast<std::size_t>(stream.gcount())));
  }
  if (stream.bad()) throw Error(ErrorKind::kDevice, "Cannot read " + path.string() + ".");
  return hash.finishHex();
}

}  // namespace sonotwin::pipeline
