// SPDX-License-Identifier: Apache-2.0
#include "origins.h"

#include <algorithm>
#include <cctype>

#include "seal.h"
#include "search_rows.h"
#include "sonotwin/base/error.h"

namespace sonotwin::store {
namespace {
constexpr std::size_t kIdDigits = 16;

std::optional<std::int64_t> find(const Database& database, std::string_view sql,
                                 const std::string& mac) {
  Statement row = database.query(sql, mac);
  return row.step() ? std::optional(row.integer(0)) : std::nullopt;
}

std::int64_t insertedKey(Statement&& insert) {
  insert.step();
  const std::int64_t pk = insert.integer(0);
  insert.run();
  return pk;
}

std::int64_t placePatient(Database& database, const KeyedOrigin& keyed) {
  if (const auto known =
          find(database, "SELECT pk FROM patients WHERE mac = ?", keyed.patient_mac)) {
    return *known;
  }
  const std::int64_t pk = insertedKey(
      database.query("INSERT INTO patients (pk, id, mac, merged_into, person, day_offset) "
                     "SELECT n.pk, ?, ?, NULL, n.pk, 0 "
                     "FROM (SELECT COALESCE(MAX(pk), 0) + 1 AS pk FROM patients) n RETURNING pk",
                     pseudonymOf(database, keyed.patient_mac), keyed.patient_mac));
  seal(database, "patient", pk);
  return pk;
}

// A day that is new can be the first, from which all others of the person count.
void refreshDaysOf(Database& database, std::int64_t study) {
  Statement row = database.query(
      "SELECT p.person FROM studies s JOIN patients p ON p.pk = s.patient WHERE s.pk = ?", study);
  row.step();
  refreshDays(database, row.integer(0));
}

std::int64_t placeStudy(Database& database, const KeyedOrigin& keyed,
                        std::optional<std::int64_t> day) {
  if (const auto known = find(database, "SELECT pk FROM studies WHERE mac = ?", keyed.study_mac)) {
    if (day &&
        find(database, "SELECT pk FROM studies WHERE mac = ? AND day IS NULL", keyed.study_mac)) {
      database.run("UPDATE studies SET day = ? WHERE pk = ?", *day, *known);
      seal(database, "study", *known);
      refreshDaysOf(database, *known);
    }
    return *known;
  }
  const std::int64_t patient = placePatient(database, keyed);
  const std::int64_t pk = insertedKey(
      database.query("INSERT INTO studies (id, mac, patient, day) VALUES (?, ?, ?, ?) RETURNING pk",
                     studyId(keyed.study_mac), keyed.study_mac, patient, day));
  seal(database, "study", pk);
  if (day) refreshDaysOf(database, pk);
  return pk;
}
}  // namespace

std::string sourceMac(const PseudonymKey& key, const std::string& source_sha256) {
  return source_sha256.empty() ? std::string() : key.mac("source", source_sha256);
}

std::string calibrationMac(const PseudonymKey& key, const std::string& calibration_sha256) {
  return calibration_sha256.empty() ? std::string() : key.mac("calibration", calibration_sha256);
}

KeyedOrigin keyed(const PseudonymKey& key, const Origin& origin) {
  if (origin.patient_key.empty()) {
    throwBadInput("A clip cannot be stored without its patient: give one with --patient.");
  }
  KeyedOrigin keyed;
  keyed.patient_mac = key.mac("patient", origin.patient_key);
  const std::string day =
      origin.exam_day_number ? std::to_string(*origin.exam_day_number) : std::string("unknown");
  keyed.study_mac = origin.study_key.empty()
                        ? key.mac("exam-day", keyed.patient_mac + "|" + day)
                        : key.mac("study", keyed.patient_mac + "|" + origin.study_key);
  keyed.series_mac = key.mac("series", keyed.study_mac + "|" + origin.series_key);
  keyed.day_shift = dayShift(key, keyed.patient_mac);
  keyed.source_mac = sourceMac(key, origin.source_sha256);
  keyed.calibration_mac = calibrationMac(key, origin.calibration_sha256);
  return keyed;
}

int dayShift(const PseudonymKey& key, const std::string& patient_mac) {
  constexpr unsigned long kLeast = 365, kRange = 36525;
  const std::string drawn = key.mac("day-shift", patient_mac).substr(0, 8);
  return -static_cast<int>(kLeast + std::stoul(drawn, nullptr, 16) % kRange);
}

std::string studyId(const std::string& study_mac) {
  return "study-" + study_mac.substr(0, kIdDigits);
}

std::string pseudonymOf(const Database& database, const std::string& patient_mac) {
  Statement known = database.query("SELECT id FROM patients WHERE mac = ?", patient_mac);
  if (known.step()) return known.text(0);
  std::string digits = patient_mac;
  std::ranges::transform(digits, digits.begin(), [](unsigned char c) { return std::toupper(c); });
  std::string id = "P-" + digits.substr(0, 4);
  for (std::size_t used = 4; used < digits.size(); used += 4) {
    id.append("-").append(digits, used, 4);
    if (!find(database, "SELECT pk FROM patients WHERE id = ?", id)) break;
  }
  return id;
}

std::int64_t placeSeries(Database& database, const KeyedOrigin& keyed,
                         std::optional<int> exam_day_number) {
  std::optional<std::int64_t> day;
  if (exam_day_number) day = std::int64_t{*exam_day_number} + keyed.day_shift;
  const std::int64_t study = placeStudy(database, keyed, day);
  if (const auto known = find(database, "SELECT pk FROM series WHERE mac = ?", keyed.series_mac)) {
    return *known;
  }
  const std::int64_t pk = insertedKey(
      database.query("INSERT INTO series (id, mac, study) VALUES (?, ?, ?) RETURNING pk",
                     "series-" + keyed.series_mac.substr(0, kIdDigits), keyed.series_mac, study));
  seal(database, "series", pk);
  return pk;
}

}  // namespace sonotwin::store
