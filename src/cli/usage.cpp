// SPDX-License-Identifier: Apache-2.0
#include "usage.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>
#include <vector>

namespace sonotwin::cli {
namespace {
bool isCount(const std::string& text) {
  constexpr std::size_t kMostDigits = 9;
  return !text.empty() && text.size() <= kMostDigits &&
         text.find_first_not_of("0123456789") == std::string::npos;
}

/// Letters to insert, delete or replace to turn one word into the other.
std::size_t editDistance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = std::exchange(row[j + 1], std::min({row[j] + 1, row[j + 1] + 1, replaced}));
    }
  }
  return row.back();
}

std::vector<const CLI::App*> subcommands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> namesOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* sub : subcommands(app)) names.push_back(sub->get_name());
  return names;
}

std::string listOf(const CLI::App& app) {
  return CLI::detail::join(namesOf(app), ", ") + ".";
}

std::string unknown(const CLI::App& app, const std::string& word) {
  constexpr std::size_t kTypingSlips = 2;
  const std::vector<std::string> names = namesOf(app);
  const auto distance = [&](const std::string& name) { return editDistance(word, name); };
  const auto nearest = std::ranges::min_element(names, {}, distance);
  std::string text = "There is no command '" + word + "'. ";
  if (distance(*nearest) <= kTypingSlips) text += "Did you mean '" + *nearest + "'? ";
  return text + "Commands: " + listOf(app);
}
}  // namespace

void throwUsage(const std::string& what) {
  throw CLI::ParseError(what, CLI::ExitCodes::ValidationError);
}

CLI::Validator count() {
  return {[](std::string& text) {
            return isCount(text) ? std::string()
                                 : "'" + text + "' is not a whole number, 0 or more.";
          },
          "COUNT"};
}

CLI::Validator date() {
  return {[](std::string& text) -> std::string {
            std::string compact = text;
            std::erase(compact, '-');
            const bool dashes =
                text.size() == 8 || (text.size() == 10 && text[4] == '-' && text[7] == '-');
            if (dashes && compact.size() == 8 && isCount(compact)) {
              const int number = std::stoi(compact);
              const std::chrono::year_month_day day{
                  std::chrono::year(number / 10000),
                  std::chrono::month(static_cast<unsigned>(number / 100 % 100)),
                  std::chrono::day(static_cast<unsigned>(number % 100))};
              if (day.ok()) return {};
            }
            return "'" + text + "' is not a date like 2026-03-14.";
          },
          "DATE"};
}

CLI::Validator frameRange() {
  return {[](std::string& text) -> std::string {
            const auto colon = text.find(':');
            const std::string first = text.substr(0, colon);
            const std::string end = colon == std::string::npos ? "" : text.substr(colon + 1);
            const bool sound = (first.empty() || isCount(first)) && (end.empty() || isCount(end)) &&
                               !(first.empty() && end.empty());
            if (!sound) return "'" + text + "' is not FIRST:END, as in 10:20.";
            if (!first.empty() && !end.empty() && std::stoi(first) >= std::stoi(end)) {
              return "'" + text + "' holds no frame: FIRST must be below END, as in 10:20.";
            }
            return {};
          },
          "FIRST:END"};
}

CLI::Validator pixelBox() {
  return {[](std::string& text) -> std::string {
            const auto edges = CLI::detail::split(text, ',');
            if (edges.size() != 4 || !std::ranges::all_of(edges, isCount)) {
              return "'" + text + "' is not LEFT,TOP,RIGHT,BOTTOM in pixels, as in 0,0,320,40.";
            }
            const media::PixelRectangle box = boxOf(text);
            if (box.x0 >= box.x1 || box.y0 >= box.y1) {
              return "'" + text +
                     "' holds no pixel: LEFT must be below RIGHT and TOP below BOTTOM, as in "
                     "0,0,320,40.";
            }
            return {};
          },
          "LEFT,TOP,RIGHT,BOTTOM"};
}

media::PixelRectangle boxOf(const std::string& text) {
  const auto edges = CLI::detail::split(text, ',');
  return {std::stoi(edges.at(0)), std::stoi(edges.at(1)), std::stoi(edges.at(2)),
          std::stoi(edges.at(3))};
}

CLI::Option* addBoxes(CLI::App& command, const std::string& name, std::vector<std::string>& boxes,
                      const std::string& description) {
  return command.add_option(name, boxes, description)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(pixelBox());
}

CLI::Validator wordOf(const std::map<std::string, int>& meanings) {
  std::vector<std::string> words;
  for (const auto& [word, meaning] : meanings) words.push_back(word);
  const std::string choices = CLI::detail::join(words, ", ");
  return {[meanings, choices](std::string& text) {
            const auto found = meanings.find(text);
            if (found == meanings.end()) return "'" + text + "' is none of " + choices + ".";
            text = std::to_string(found->second);
            return std::string();
          },
          "{" + choices + "}"};
}

std::string commandProblem(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* current = &app;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word.starts_with("-")) {
      const CLI::Option* option = app.get_option_no_throw(word.substr(0, word.find('=')));
      if (option == nullptr) return {};
      if (option->get_expected_min() > 0 && word.find('=') == std::string::npos) ++i;
      continue;
    }
    const auto subs = subcommands(*current);
    const auto sub = std::ranges::find(subs, word, [](const CLI::App* s) { return s->get_name(); });
    if (sub == subs.end()) return unknown(*current, word);
    if ((*sub)->get_require_subcommand_min() == 0) return {};
    current = *sub;
  }
  return "A command is missing. Commands: " + listOf(*current);
}

}  // namespace sonotwin::cli
