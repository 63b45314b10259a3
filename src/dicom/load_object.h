// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "transfer_syntax.h"

namespace sonotwin::dicom {

/// A parsed object. Values longer than a few kilobytes, pixel data above all, stay in the file
/// until somebody asks for them (deflated files excepted).
struct LoadedObject {
  std::shared_ptr<DcmDataset> dataset;
  TransferSyntax syntax;
  std::vector<std::string> notes;  ///< what had to be assumed while parsing
};

/// Parses strictly by the standard first and, where that fails, leniently, which is noted.
/// DCMTK's parser flags are process-wide, so files are parsed one at a time.
/// @throws Error(kBadInput | kNotFound) with the reason; the caller names the file.
[[nodiscard]] LoadedObject loadObject(const std::filesystem::path& path);

}  // namespace sonotwin::dicom
