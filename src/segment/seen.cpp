// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/segment/seen.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <regex>
#include <span>
#include <vector>

#include "sonotwin/base/error.h"
#include "sonotwin/base/hash.h"

namespace sonotwin::segment {
namespace {
using nlohmann::json;
constexpr std::size_t kShort = 16;  // hexadecimal digits: one clash among 1e6 pictures in 4e7 tries

void add(Sha256& hash, const std::string& text) {
  hash.update(std::to_string(text.size()) + ":");
  hash.update(text);
}

void add(Sha256& hash, const std::vector<std::uint8_t>& pixels) {
  hash.update(std::to_string(pixels.size()) + ":");
  hash.update(std::as_bytes(std::span(pixels)));
}

void add(Sha256& hash, const std::optional<double>& value) {
  add(hash, value ? std::to_string(std::bit_cast<std::uint64_t>(*value)) : std::string());
}

void addSize(Sha256& hash, const Case& item) {
  add(hash, std::to_string(item.rows) + "x" + std::to_string(item.cols));
}

std::set<std::string> textsAt(const json& seen, const char* key, const std::string& where) {
  std::set<std::string> texts;
  const auto found = seen.find(key);
  if (found == seen.end()) return texts;
  if (!found->is_array()) throwBadInput(where + ": 'seen' / '" + key + "' is not a list.");
  for (const json& item : *found) {
    if (!item.is_string()) throwBadInput(where + ": 'seen' / '" + key + "' holds no hashes.");
    texts.insert(item.get<std::string>());
  }
  return texts;
}
}  // namespace

std::string pictureHash(const Case& item) {
  Sha256 hash;
  addSize(hash, item);
  add(hash, item.gray);
  return hash.finishHex().substr(0, kShort);
}

std::string groupHash(const std::string& source, const std::string& group) {
  static const std::regex pseudonym("P-[0-9A-F]{4}-[0-9A-F]{4}");
  Sha256 hash;
  add(hash, std::regex_match(group, pseudonym) ? std::string() : source);
  add(hash, group);
  return hash.finishHex().substr(0, kShort);
}

SeenData seenIn(const Dataset& dataset) {
  SeenData seen;
  for (const Case& item : dataset.cases) {
    if (item.split == Split::kTest) continue;
    seen.pictures.insert(pictureHash(item));
    seen.groups.insert(groupHash(dataset.source, item.group));
  }
  return seen;
}

SeenData seenBy(const std::string& card_json, const std::string& where) {
  const json card = json::parse(card_json, nullptr, false);
  if (!card.is_object()) throwBadInput(where + " is not a model's card.");
  const json data = card.value("data", json::object());
  SeenData seen;
  if (data.is_object() && data.contains("seen")) {
    const json& told = data["seen"];
    seen.pictures = textsAt(told, "pictures", where);
    seen.groups = textsAt(told, "groups", where);
    seen.unlisted_datasets = textsAt(told, "unlisted_datasets", where);
  } else {
    const bool named = data.is_object() && data.contains("sha256") && data["sha256"].is_string();
    seen.unlisted_datasets.insert(named ? data["sha256"].get<std::string>() : "unknown");
  }
  return seen;
}

void join(SeenData& seen, const SeenData& before) {
  seen.pictures.insert(before.pictures.begin(), before.pictures.end());
  seen.groups.insert(before.groups.begin(), before.groups.end());
  seen.unlisted_datasets.insert(before.unlisted_datasets.begin(), before.unlisted_datasets.end());
}

std::string splitSha256(const Dataset& dataset, Split split) {
  std::vector<std::string> cases;
  for (const Case& item : dataset.cases) {
    if (item.split != split) continue;
    Sha256 hash;
    add(hash, item.name);
    add(hash, item.group);
    add(hash, item.pixel_size_mm);
    addSize(hash, item);
    add(hash, item.gray);
    add(hash, item.truth);
    cases.push_back(hash.finishHex());
  }
  std::ranges::sort(cases);
  Sha256 whole;
  for (const media::Label& label : dataset.labels) {
    add(whole, std::to_string(label.value) + "=" + label.name);
  }
  for (const std::string& item : cases) add(whole, item);
  return whole.finishHex();
}

}  // namespace sonotwin::segment
