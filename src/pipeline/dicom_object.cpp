// SPDX-License-Identifier: Apache-2.0
#include "dicom_object.h"

#include <map>
#include <tuple>

#include "sonotwin/base/error.h"
#include "sonotwin/dicom/reader.h"
#include "sonotwin/pipeline/quarantine.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

store::IngestReport reportOf(const dicom::Deidentified& done) {
  std::map<std::tuple<std::string, std::string, std::string>, int> counts;
  for (const dicom::AttributeAction& act : done.actions) {
    ++counts[{act.path, act.keyword, act.action}];
  }
  store::IngestReport report;
  report.method = done.method;
  for (const auto& [what, count] : counts) {
    const auto& [path, keyword, action] = what;
    report.actions.push_back({path, keyword, action, count});
  }
  return report;
}

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
}  // namespace

std::uint64_t ObjectCopy::sizeBytes() const {
  std::error_code gone;
  const std::uint64_t size = fs::file_size(file.path(), gone);
  return gone ? 0 : size;
}

ObjectCopy copyObject(const store::Store& store, const fs::path& file, const store::Origin& origin,
                      const dicom::DeidentifyOptions& options,
                      std::span<const media::PixelRectangle> blank, const Progress& progress) {
  ObjectCopy copy{TemporaryFile(store), {}, store.alias(origin).id};
  const dicom::Pseudonyms pseudonyms{
      copy.patient_id, store.alias(origin).day_shift,
      [&store](const std::string& uid) { return store.keyedUid(uid); }};
  copy.done = dicom::deidentify(file, copy.file.path(), pseudonyms, options, blank, progress);
  return copy;
}

store::EncodedObject encodedObject(ObjectCopy& copy) {
  return {copy.file.path(), std::move(copy.done.frames), reportOf(copy.done)};
}

std::string quarantineObject(store::Store& store, const ObjectCopy& copy,
                             const store::Origin& origin, const BurnedIn& burned_in) {
  return store.quarantineAdd(copy.file.path(), origin, burned_in.found, burned_in.why_wait,
                             reportOf(copy.done));
}

media::Clip quarantinedClip(const store::Store& store, const std::string& id) {
  return dicom::readDicom(store.quarantineFile(id)).clip;
}

store::AddedClip releaseFromQuarantine(store::Store& store, const std::string& id,
                                       std::span<const media::PixelRectangle> boxes,
                                       const Progress& progress) {
  const fs::path file = store.quarantineFile(id);
  const media::Clip clip = dicom::readDicom(file).clip;
  requireInside(boxes, clip.info);
  const TemporaryFile copy(store);
  dicom::DeidentifyOptions options;
  options.pixels_confirmed = true;
  dicom::Deidentified done =
      dicom::deidentify(file, copy.path(), unchanged(store.quarantineRow(id).patient_id), options,
                        boxes, progress.part(0.0, 0.7, "blanking"));
  const store::AddedClip added =
      store.addQuarantined(id, clip, {copy.path(), std::move(done.frames), reportOfRelease(done)},
                           progress.part(0.7, 1.0, "storing"));
  store.quarantineRelease(
      id, std::to_string(boxes.size()) + (boxes.size() == 1 ? " box" : " boxes") + " blanked");
  return added;
}

}  // namespace sonotwin::pipeline
