// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sonotwin::dicom {

/// True for the defined terms of Body Part Examined. Others may be free text in disguise.
/// Source: PS3.16 annex L.
[[nodiscard]] bool isBodyPartTerm(std::string_view term);

/// True for the defined terms of Transducer Type. Source: PS3.3 C.8.5.6.1.16.
[[nodiscard]] bool isTransducerTerm(std::string_view term);

}  // namespace sonotwin::dicom
