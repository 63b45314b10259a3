// SPDX-License-Identifier: Apache-2.0
#include "ingest_sources.h"

#include <algorithm>
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

SourceKind kindOf(const fs::path& path) {
  if (media::isSequenceFile(path)) return SourceKind::kSequence;
  if (media::isPlainImageFile(path)) return SourceKind::kImage;
  const bool named_so = path.extension() == ".dcm";  // even where damaged: it is answered for
  return named_so || dicom::looksLikeDicom(path) ? SourceKind::kDicom : SourceKind::kUnknown;
}

bool isHidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

std::vector<fs::path> filesBelow(const fs::path& folder, const Progress& progress) {
  std::vector<fs::path> files;
  auto walk =
      fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied);
  for (auto entry = fs::begin(walk); entry != fs::end(walk); ++entry) {
    progress.throwIfCancelled();
    if (isHidden(entry->path())) {
      if (entry->is_directory()) entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      files.push_back(entry->path());
    }
  }
  std::ranges::sort(files);
  return files;
}
}  // namespace

std::vector<SourceFile> findSources(const std::vector<fs::path>& paths, const Progress& progress) {
  std::vector<SourceFile> sources;
  std::set<fs::path> seen;
  const auto add = [&](const fs::path& path, bool named) {
    const SourceKind kind = kindOf(path);
    if (!named && kind == SourceKind::kUnknown) return;
    if (seen.insert(fs::weakly_canonical(path)).second) sources.push_back({path, kind, named});
  };
  const auto addDirectoryRecord = [&](const fs::path& dicomdir) {
    for (const fs::path& listed : dicom::filesOfDicomdir(dicomdir)) add(listed, true);
  };
  for (const fs::path& path : paths) {
    if (!fs::exists(path)) throwNotFound("There is no file or folder " + path.string() + ".");
    if (path.filename() == "DICOMDIR") {
      addDirectoryRecord(path);
    } else if (fs::is_directory(path)) {
      for (const fs::path& file : filesBelow(path, progress)) {
        if (file.filename() != "DICOMDIR") add(file, false);
      }
    } else {
      add(path, true);
    }
  }
  return sources;
}

std::string fileSha256(const fs::path& path, const Progress& progress) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throwNotFound("Cannot open " + path.string() + ": check its permissions.");
  Sha256 hash;
  std::vector<std::byte> piece(1 << 20);
  while (stream) {
    progress.throwIfCancelled();
    stream.read(reinterpret_cast<char*>(piece.data()), static_cast<std::streamsize>(piece.size()));
    hash.update(std::span(piece).first(static_cast<std::size_t>(stream.gcount())));
  }
  if (stream.bad()) throw Error(ErrorKind::kDevice, "Cannot read " + path.string() + ".");
  return hash.finishHex();
}

}  // namespace sonotwin::pipeline
