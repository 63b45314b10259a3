// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include <string>
#include <vector>

#include "sonotwin/dicom/reader.h"

namespace sonotwin::dicom {

/// Who and when, in UTF-8. Adds to `notes` where the character set had to be assumed.
[[nodiscard]] Identity readIdentity(DcmItem& dataset, std::vector<std::string>& notes);

/// Words (of three or more letters or digits, in capitals) that name a person or a place in this
/// object: of every person name, and of ids, institutions and addresses. To any depth.
[[nodiscard]] std::vector<std::string> identifyingWords(DcmItem& dataset);

}  // namespace sonotwin::dicom
