// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sonotwin::dicom {

/// True for a date from 1970 to today. Others stand for no date: who knows that 19000101 was
/// written for it reads a patient's shift from the copy.
[[nodiscard]] bool isPossibleScanDate(std::string_view date);

/// Values of VR DA (ACR-NEMA's with points too), each moved by `days`; empty values stay empty.
/// Nothing where one of them is no date. Source: PS3.5 table 6.2-1.
[[nodiscard]] std::optional<std::string> shiftDates(std::string_view values, int days);

/// Values of VR DT: the date is moved, the time stays, the offset from UTC goes. Nothing where one
/// of them has no whole date.
[[nodiscard]] std::optional<std::string> shiftDateTimes(std::string_view values, int days);

/// What a date is replaced by where one must stand.
inline constexpr std::string_view kNoDate = "19000101";

/// Values of VR DA or DT that were shifted before, each moved by `days` more; they may lie in any
/// year. What is no date, or stands for none, stays.
[[nodiscard]] std::string moveShifted(std::string_view values, int days);

/// True for values of VR TM (ACR-NEMA's with colons too).
[[nodiscard]] bool areTimes(std::string_view values);

}  // namespace sonotwin::dicom
