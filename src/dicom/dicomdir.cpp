// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "attributes.h"
#include "load_object.h"
#include "sonotwin/base/error.h"
#include "sonotwin/dicom/reader.h"

namespace sonotwin::dicom {
namespace {
namespace fs = std::filesystem;

bool sameButForCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::toupper(x) == std::toupper(y); });
}

/// A file of this name in `folder`; DICOMDIRs speak in capitals, discs are mounted in any case,
/// some with the version suffix of ISO 9660. A name that is not there is returned as it is.
fs::path entryNamed(const fs::path& folder, const std::string& name) {
  std::error_code failed;
  if (fs::exists(folder / name, failed)) return folder / name;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, failed)) {
    const std::string found = entry.path().filename().string();
    if (sameButForCase(found, name) || sameButForCase(found, name + ";1")) return entry.path();
  }
  return folder / name;
}

bool isPlainName(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\0", 2)) == name.npos;
}

bool isBelow(const fs::path& folder, const fs::path& file) {
  std::error_code failed;
  const fs::path real_folder = fs::weakly_canonical(folder, failed);
  if (failed) return false;
  const fs::path real_file = fs::weakly_canonical(file, failed);
  if (failed) throwBadInput("it refers to a file by a name that no file can have");
  return std::ranges::mismatch(real_folder, real_file).in1 == real_folder.end();
}

/// Nothing where the record refers to no file. @throws Error(kBadInput) where it leads outside.
std::optional<fs::path> fileOf(DcmItem& record, const fs::path& folder) {
  constexpr unsigned long kMostParts = 8;  // PS3.10 8.2
  DcmElement* element = nullptr;
  if (record.findAndGetElement(DCM_ReferencedFileID, element).bad() || element->getVM() == 0) {
    return std::nullopt;
  }
  fs::path file = folder;
  if (element->getVM() > kMostParts) throwBadInput("a file it refers to lies too deep");
  for (unsigned long i = 0; i < element->getVM(); ++i) {
    const std::string part = textOf(record, DCM_ReferencedFileID, i);
    if (!isPlainName(part)) throwBadInput("it refers to a file outside its own folder");
    file = entryNamed(file, part);
  }
  if (!isBelow(folder, file)) throwBadInput("it refers to a file outside its own folder");
  return file;
}

std::vector<fs::path> filesOf(const fs::path& path) {
  const LoadedObject object = loadObject(path);
  DcmSequenceOfItems* records = nullptr;
  object.dataset->findAndGetSequence(DCM_DirectoryRecordSequence, records);
  if (records == nullptr) throwBadInput("it is not a DICOMDIR");
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::vector<fs::path> files;
  std::set<fs::path> seen;
  for (DcmObject* o = records->nextInContainer(nullptr); o != nullptr;
       o = records->nextInContainer(o)) {
    auto* record = dynamic_cast<DcmItem*>(o);
    constexpr int kInactive = 0;
    if (record == nullptr || integerOf(*record, DCM_RecordInUseFlag) == kInactive) continue;
    const auto file = fileOf(*record, folder);
    if (file && seen.insert(*file).second) files.push_back(*file);
  }
  return files;
}
}  // namespace

std::vector<fs::path> filesOfDicomdir(const fs::path& path) {
  try {
    return filesOf(path);
  } catch (const Error& error) {
    throw Error(error.kind(), path.string() + ": " + error.what() + ".");
  }
}

}  // namespace sonotwin::dicom
