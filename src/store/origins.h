// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "database.h"
#include "key.h"
#include "sonotwin/store/store.h"

namespace sonotwin::store {

/// A clip's place under keyed hashes: all that is ever written of where it came from.
struct KeyedOrigin {
  std::string patient_mac;
  std::string study_mac;
  std::string series_mac;
  int day_shift = 0;            ///< added to the patient's days; in no row of the store
  std::string source_mac;       ///< empty: the source is not recorded
  std::string calibration_mac;  ///< empty: none
};

/// @throws Error(kBadInput) if the patient is not given
[[nodiscard]] KeyedOrigin keyed(const PseudonymKey& key, const Origin& origin);
[[nodiscard]] std::string sourceMac(const PseudonymKey& key, const std::string& source_sha256);
[[nodiscard]] std::string calibrationMac(const PseudonymKey& key,
                                         const std::string& calibration_sha256);

/// Into the past, by 1 to 101 years: a shifted day tells nothing, a difference of two everything.
[[nodiscard]] int dayShift(const PseudonymKey& key, const std::string& patient_mac);

/// "P-7F3A-21C8": of the patient's row, else as it would be; longer where two patients collide.
[[nodiscard]] std::string pseudonymOf(const Database& database, const std::string& patient_mac);

/// "study-0123456789abcdef"
[[nodiscard]] std::string studyId(const std::string& study_mac);

/// The series' key; makes the rows that are missing. In a write transaction.
[[nodiscard]] std::int64_t placeSeries(Database& database, const KeyedOrigin& keyed,
                                       std::optional<int> exam_day_number);

}  // namespace sonotwin::store
