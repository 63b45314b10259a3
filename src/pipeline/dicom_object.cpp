// SPDX-License-Identifier: Apache-2.0
#include "dicom_object.h"

#include <map>
#include <tuple>

namespace sonotwin::pipeline {
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

std::uint64_t ObjectCopy::sizeBytes() const {
  std::error_code gone;
  const std::uint64_t size = fs::file_size(file.path(), gone);
  return gone ? 0 : size;
}

ObjectCopy copyObject(const store::Store& store, const dicom::OpenedObject& object,
                      const fs::path& folder, const store::Origin& origin,
                      const dicom::DeidentifyOptions& options,
                      std::span<const media::PixelRectangle> blank, const Progress& progress) {
  const store::PatientAlias alias = store.alias(origin);
  ObjectCopy copy{TemporaryFile(folder), {}, alias.id};
  const dicom::Pseudonyms pseudonyms{
      alias.id, alias.day_shift, [&store](const std::string& uid) { return store.keyedUid(uid); }};
  copy.done = dicom::deidentify(object, copy.file.path(), pseudonyms, options, blank, progress);
  return copy;
}

store::EncodedObject encodedObject(ObjectCopy& copy) {
  return {copy.file.path(), std::move(copy.done.frames), reportOf(copy.done)};
}

}  // namespace sonotwin::pipeline
