// SPDX-License-Identifier: Apache-2.0
#include "date_shift.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

#include "table_lines.h"

namespace sonotwin::dicom {
namespace {
bool allDigits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

int numberIn(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::optional<std::chrono::sys_days> dayOf(std::string_view text) {
  std::string date(text);
  if (date.size() == 10 && date[4] == '.' && date[7] == '.') std::erase(date, '.');
  if (date.size() != 8 || !allDigits(date)) return std::nullopt;
  const std::string_view view(date);
  const std::chrono::year_month_day day(
      std::chrono::year(numberIn(view.substr(0, 4))),
      std::chrono::month(static_cast<unsigned>(numberIn(view.substr(4, 2)))),
      std::chrono::day(static_cast<unsigned>(numberIn(view.substr(6)))));
  if (!day.ok()) return std::nullopt;
  return std::chrono::sys_days(day);
}

std::optional<std::string> moveDate(std::string_view text, int days) {
  const auto day = dayOf(text);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day moved(*day + std::chrono::days(days));
  const int year = static_cast<int>(moved.year());
  if (year < 1 || year > 9999) return std::nullopt;
  std::array<char, 16> out{};
  std::snprintf(out.data(), out.size(), "%04d%02u%02u", year,
                static_cast<unsigned>(moved.month()) % 100U,
                static_cast<unsigned>(moved.day()) % 100U);
  return out.data();
}

std::optional<std::string> shiftDate(std::string_view text, int days) {
  return isPossibleScanDate(text) ? moveDate(text, days) : std::nullopt;
}

bool isTime(std::string_view text) {
  std::string time(text.substr(0, text.find('.')));
  std::erase(time, ':');
  const std::string_view fraction =
      text.find('.') == text.npos ? std::string_view() : text.substr(text.find('.') + 1);
  if (time.size() < 2 || time.size() > 6 || time.size() % 2 != 0) return false;
  if (!allDigits(time) || !allDigits(fraction) || fraction.size() > 6) return false;
  const auto part = [&](std::size_t at) {
    return at < time.size() ? numberIn(std::string_view(time).substr(at, 2)) : 0;
  };
  return part(0) < 24 && part(2) < 60 && part(4) <= 60;
}

std::optional<std::string> shiftDateTime(std::string_view text, int days) {
  const std::string_view local = text.substr(0, text.find_first_of("+-"));
  if (local.size() < 8) return std::nullopt;
  auto date = shiftDate(local.substr(0, 8), days);
  const std::string_view time = local.substr(8);
  if (!date || (!time.empty() && !isTime(time))) return std::nullopt;
  return *date + std::string(time);
}

template <class Shift>
std::optional<std::string> shiftEach(std::string_view values, int days, Shift shift) {
  std::string shifted;
  bool first = true;
  for (const std::string_view value : split(values, '\\')) {
    if (!first) shifted += '\\';
    first = false;
    const std::string_view text = trimmed(value);
    if (text.empty()) continue;
    const auto moved = shift(text, days);
    if (!moved) return std::nullopt;
    shifted += *moved;
  }
  return shifted;
}
}  // namespace

bool isPossibleScanDate(std::string_view text) {
  using std::chrono::days;
  const auto day = dayOf(text);
  // A clock further east may be a day ahead.
  const auto latest = std::chrono::floor<days>(std::chrono::system_clock::now()) + days(1);
  return day && *day >= std::chrono::sys_days(std::chrono::year(1970) / 1 / 1) && *day <= latest;
}

std::optional<std::string> shiftDates(std::string_view values, int days) {
  return shiftEach(values, days, shiftDate);
}

std::optional<std::string> shiftDateTimes(std::string_view values, int days) {
  return shiftEach(values, days, shiftDateTime);
}

std::string moveShifted(std::string_view values, int days) {
  std::string moved;
  for (const std::string_view value : split(values, '\\')) {
    const std::string_view text = trimmed(value), date = text.substr(0, kNoDate.size());
    if (!moved.empty()) moved += '\\';
    moved += (date == kNoDate ? std::nullopt : moveDate(date, days)).value_or(std::string(date));
    moved += text.substr(date.size());
  }
  return moved;
}

bool areTimes(std::string_view values) {
  return std::ranges::all_of(split(values, '\\'), [](std::string_view value) {
    return trimmed(value).empty() || isTime(trimmed(value));
  });
}

}  // namespace sonotwin::dicom
