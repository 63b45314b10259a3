// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sonotwin::dicom {

/// A name as all its spellings agree on: capitals without marks, and one letter where people write
/// one or two (Ødegård, Odegaard and Oedegard become ODEGARD). Takes UTF-8, or Latin-1 where it is
/// none; other scripts stay as they are.
[[nodiscard]] std::string foldedName(std::string_view name);

}  // namespace sonotwin::dicom
