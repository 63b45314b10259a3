// SPDX-License-Identifier: Apache-2.0
#include "prepare.h"

#include "clip_file.h"
#include "sonotwin/base/hash.h"

namespace sonotwin::pipeline {

Prepared Preparer::prepare(const SourceFile& file, const Progress& progress) {
  Prepared prepared;
  prepared.file = file;
  const std::string fingerprint = sourceFingerprint(file, options_, progress);
  const std::string calibration_sha256 = calibrationSha256(file, options_, progress);
  if (!fingerprint.empty()) {
    prepared.known = store_.clipOfSource(fingerprint, calibration_sha256);
    if (prepared.known && !has_vault_) return prepared;
  }
  prepared.source = readSource(file, options_);
  if (prepared.known) return prepared;
  store::Origin& origin = prepared.source.origin;
  origin.source_sha256 = fingerprint;
  if (prepared.source.clip.info.tracked) origin.calibration_sha256 = calibration_sha256;
  if (!options_.pixels_checked) prepared.waits = store_.waitingOfSource(fingerprint);
  if (prepared.waits) return prepared;
  if (file.kind == SourceKind::kDicom) {
    prepareObject(prepared, progress);
  } else {
    prepareClip(prepared, progress);
  }
  return prepared;
}

void Preparer::prepareObject(Prepared& prepared, const Progress& progress) {
  ReadSource& source = prepared.source;
  BurnedIn& burned_in = prepared.burned_in;
  burned_in = search_.inObject(source.clip, options_.pixels_checked, progress.part(0.0, 0.5));
  const bool waits = !burned_in.why_wait.empty();
  dicom::DeidentifyOptions options = options_.deidentify;
  options.pixels_confirmed = !waits;
  // What may name somebody does not lie in the store's folder, not even for a moment.
  prepared.copy = copyObject(
      store_, *source.object, waits ? store_.quarantineTemporaryFolder() : store_.temporaryFolder(),
      source.origin, options, burned_in.blank, progress.part(0.5, 1.0, "de-identifying"));
  source.object.reset();
}

void Preparer::prepareClip(Prepared& prepared, const Progress& progress) {
  ReadSource& source = prepared.source;
  if (options_.patient.empty()) {
    source.notes.push_back("no patient was given: its folder stands for one");
  }
  if (!options_.blank.empty()) source.clip.pixels = blanked(source.clip.pixels, options_.blank);
  if (options_.pixels_checked) return;
  prepared.burned_in = search_.inPlain(source.clip, progress.part(0.0, 0.7));
  if (!prepared.burned_in.why_wait.empty()) {
    return prepareToWait(prepared, progress.part(0.7, 1.0, "copying"));
  }
  for (const media::PixelRectangle& box : prepared.burned_in.found) {
    source.notes.push_back("there may be text at " + textOf(box) + ": look at it");
  }
}

void Preparer::prepareToWait(Prepared& prepared, const Progress& progress) const {
  ReadSource& source = prepared.source;
  store::Origin& origin = source.origin;
  prepared.clip_file.emplace(store_.quarantineTemporaryFolder());
  const std::filesystem::path& file = prepared.clip_file->path();
  writeClipFile(file, {source.clip, origin.calibration_sha256}, progress);
  if (!origin.source_sha256.empty()) return;
  // Where header and pixels are two files, what was read of them tells whether they came before.
  origin.source_sha256 = sha256Hex(fileSha256(file, progress) + "|" + origin.study_key);
  prepared.known = store_.clipOfSource(origin.source_sha256, origin.calibration_sha256);
  if (!prepared.known) prepared.waits = store_.waitingOfSource(origin.source_sha256);
}

}  // namespace sonotwin::pipeline
