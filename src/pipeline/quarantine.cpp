// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/quarantine.h"

#include "burned_in.h"
#include "clip_file.h"
#include "dicom_object.h"
#include "sonotwin/base/error.h"
#include "sonotwin/dicom/reader.h"
#include "temporary_file.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

/// What a release did: the header was cleaned before, and is said in the report of that.
store::IngestReport reportOfRelease(const dicom::Deidentified& done) {
  store::IngestReport report = reportOf(done);
  std::erase_if(report.actions, [](const store::AttributeActions& act) {
    return act.action != "blank" && act.action != "recode";
  });
  return report;
}

/// For what is de-identified already: names and dates stay as they are.
dicom::Pseudonyms unchanged(const std::string& patient_id) {
  return {patient_id, 0, [](const std::string& uid) { return uid; }};
}

void requireInside(std::span<const media::PixelRectangle> boxes, const media::ClipInfo& info) {
  for (const media::PixelRectangle& box : boxes) {
    const bool fits = 0 <= box.x0 && box.x0 < box.x1 && box.x1 <= info.cols && 0 <= box.y0 &&
                      box.y0 < box.y1 && box.y1 <= info.rows;
    if (fits) continue;
    throwBadInput("The box " + textOf(box) + " does not lie in the picture of " +
                  std::to_string(info.cols) + " x " + std::to_string(info.rows) +
                  " pixels. Give left,top,right,bottom.");
  }
}

store::AddedClip releaseObject(store::Store& store, const std::string& id, const fs::path& file,
                               std::span<const media::PixelRectangle> boxes,
                               const Progress& progress) {
  const media::Clip clip = dicom::readDicom(file).clip;
  requireInside(boxes, clip.info);
  const TemporaryFile copy(store.temporaryFolder());
  dicom::DeidentifyOptions options;
  options.pixels_confirmed = true;
  dicom::Deidentified done =
      dicom::deidentify(file, copy.path(), unchanged(store.quarantineRow(id).patient_id), options,
                        boxes, progress.part(0.0, 0.7, "blanking"));
  return store.addQuarantined(id, clip,
                              {copy.path(), std::move(done.frames), reportOfRelease(done)},
                              progress.part(0.7, 1.0, "storing"));
}

store::AddedClip releaseClip(store::Store& store, const std::string& id, const fs::path& file,
                             std::span<const media::PixelRectangle> boxes,
                             const Progress& progress) {
  ClipFile waiting = readClipFile(file);
  requireInside(boxes, waiting.clip.info);
  waiting.clip.pixels = blanked(waiting.clip.pixels, {boxes.begin(), boxes.end()});
  return store.addQuarantined(id, waiting.clip, waiting.calibration_sha256, progress);
}
}  // namespace

media::Clip quarantinedClip(const store::Store& store, const std::string& id) {
  const fs::path file = store.quarantineFile(id);
  return isClipFile(file) ? readClipFile(file).clip : dicom::readDicom(file).clip;
}

store::AddedClip releaseFromQuarantine(store::Store& store, const std::string& id,
                                       std::span<const media::PixelRectangle> boxes,
                                       const Progress& progress) {
  const fs::path file = store.quarantineFile(id);
  const store::AddedClip added = isClipFile(file) ? releaseClip(store, id, file, boxes, progress)
                                                  : releaseObject(store, id, file, boxes, progress);
  store.quarantineRelease(
      id, std::to_string(boxes.size()) + (boxes.size() == 1 ? " box" : " boxes") + " blanked");
  return added;
}

}  // namespace sonotwin::pipeline
