// SPDX-License-Identifier: Apache-2.0
#include "context.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "sonotwin/base/interrupt.h"

namespace sonotwin::cli {
namespace {
/// Characters a terminal shows: UTF-8 continuation bytes do not count.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

void drawBar(double fraction, std::string_view stage) {
  constexpr int kWidth = 24;
  const int filled = static_cast<int>(fraction * kWidth);
  std::string bar(static_cast<std::size_t>(filled), '#');
  bar.resize(kWidth, '-');
  std::fprintf(stderr, "\r\033[K[%s] %3.0f %% %.*s", bar.c_str(), fraction * 100.0,
               static_cast<int>(stage.size()), stage.data());
  if (fraction >= 1.0) std::fprintf(stderr, "\r\033[K");
}
}  // namespace

store::Store Context::openStore() const {
  store::Store store = store::Store::open(store_folder);
  if (!author.empty()) store.setAuthor(author);
  return store;
}

store::Store Context::makeStore() const {
  return author.empty() ? store::Store::create(store_folder)
                        : store::Store::createBy(author, store_folder);
}

Progress Context::progress() const {
  if (isatty(STDERR_FILENO) == 0) return Progress({}, stopOnInterrupt());
  return Progress(drawBar, stopOnInterrupt());
}

void Context::print(const std::string& text, const nlohmann::json& document) const {
  // Names of files may be in any character set: bytes that are no UTF-8 are replaced, not refused.
  constexpr auto kReplace = nlohmann::json::error_handler_t::replace;
  std::string out = json ? document.dump(2, ' ', false, kReplace) : text;
  if (!out.ends_with('\n') && !out.empty()) out += '\n';
  std::cout << out << std::flush;
}

std::filesystem::path defaultStoreFolder() {
  if (const char* folder = std::getenv("SONOTWIN_STORE"); folder != nullptr && *folder != '\0') {
    return folder;
  }
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr ? home : ".") / "Sonotwin";
}

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width(row[c]));
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      line += row[c] + std::string(widths[c] - width(row[c]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string oneLine(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return std::iscntrl(c) != 0; }, '?');
  return text;
}

std::string decimal(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

}  // namespace sonotwin::cli
