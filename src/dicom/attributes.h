// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonotwin::dicom {

/// Values of attributes directly in `item`, whatever VR they were written with. Values of more
/// than 1 MiB count as absent: none of the attributes read this way is ever that long.

/// One value without padding; empty where absent. In the file's own character set.
[[nodiscard]] std::string textOf(DcmItem& item, const DcmTagKey& key, unsigned long index = 0);
/// All values of an element as one text, backslashes included.
[[nodiscard]] std::string wholeTextOf(DcmItem& item, const DcmTagKey& key);
/// A finite number, or nothing.
[[nodiscard]] std::optional<double> numberOf(DcmItem& item, const DcmTagKey& key,
                                             unsigned long index = 0);
/// All values of a text element as numbers; none where one of them is no number.
[[nodiscard]] std::vector<double> numbersOf(DcmItem& item, const DcmTagKey& key);
/// A whole number that fits an int, or nothing.
[[nodiscard]] std::optional<int> integerOf(DcmItem& item, const DcmTagKey& key,
                                           unsigned long index = 0);
/// True where the attribute is there and not empty.
[[nodiscard]] bool hasValue(DcmItem& item, const DcmTagKey& key);

}  // namespace sonotwin::dicom
