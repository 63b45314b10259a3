// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "burned_in.h"
#include "dicom_object.h"
#include "ingest_read.h"
#include "temporary_file.h"

namespace sonotwin::pipeline {

/// A file with all done that can be done side by side with others: read, searched for text and
/// written as what the store or the quarantine keeps of it.
struct Prepared {
  SourceFile file;
  std::optional<std::string> known;           ///< clip that it gave before
  std::optional<store::QuarantineRow> waits;  ///< as it did when it came before
  ReadSource source;                          ///< of a known file only where the vault asks for it
  BurnedIn burned_in;
  std::optional<ObjectCopy> copy;          ///< of DICOM objects
  std::optional<TemporaryFile> clip_file;  ///< of other clips that are to wait

  /// Can be added together with others.
  [[nodiscard]] bool joinsOthers() const {
    return known || waits || (copy && burned_in.why_wait.empty());
  }
};

/// Prepares files, one after the other, and only reads the store. One to a thread.
class Preparer {
 public:
  Preparer(const store::Store& store, const IngestOptions& options)
      : store_(store), options_(options), has_vault_(store.hasVault()) {}

  /// @throws Error(kBadInput) where the file cannot be used, Error(kDevice), Error(kCancelled)
  [[nodiscard]] Prepared prepare(const SourceFile& file, const Progress& progress);

 private:
  void prepareObject(Prepared& prepared, const Progress& progress);
  void prepareClip(Prepared& prepared, const Progress& progress);
  void prepareToWait(Prepared& prepared, const Progress& progress) const;

  const store::Store& store_;
  const IngestOptions& options_;
  const bool has_vault_;
  BurnedInSearch search_;
};

}  // namespace sonotwin::pipeline
