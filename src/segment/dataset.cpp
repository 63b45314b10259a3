// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/segment/dataset.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "json_fields.h"
#include "random.h"
#include "safetensors.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/hash.h"

namespace sonotwin::segment {
namespace {
using nlohmann::json;
constexpr const char* kMetadataKey = "sonotwin";
constexpr const char* kFormat = "sonotwin-dataset";
constexpr int kVersion = 1;
constexpr std::int64_t kMaxSide = 65535;

std::string tensorName(std::size_t index, const char* kind) {
  const std::string digits = std::to_string(index);
  return std::string(6 - std::min<std::size_t>(6, digits.size()), '0') + digits + "." + kind;
}

/// SHA-256 of image and truth, one after the other.
std::string pixelHash(const Case& item) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(item.gray)));
  hash.update(std::as_bytes(std::span(item.truth)));
  return hash.finishHex();
}

json describeCase(const Case& item, std::size_t index) {
  json described = {{"name", item.name},
                    {"group", item.group},
                    {"split", splitName(item.split)},
                    {"image", tensorName(index, "image")},
                    {"truth", tensorName(index, "truth")},
                    {"sha256", pixelHash(item)}};
  if (item.pixel_size_mm) described["pixel_size_mm"] = *item.pixel_size_mm;
  if (item.head_circumference_mm) {
    described["head_circumference_mm"] = *item.head_circumference_mm;
  }
  return described;
}

std::optional<double> optionalLength(const json& item, const char* key, const std::string& where) {
  const auto found = item.find(key);
  if (found == item.end() || found->is_null()) return std::nullopt;
  if (!found->is_number() || !(found->get<double>() > 0.0)) {
    throwBadInput(where + ": " + key + " must be a number above 0.");
  }
  return found->get<double>();
}

std::vector<std::uint8_t> readPlane(SafetensorsReader& file, const std::string& name, Case& item,
                                    const std::string& where) {
  const TensorEntry& entry = file.find(name);
  if (entry.dtype != Dtype::kU8 || entry.shape.size() != 2 ||
      std::ranges::any_of(entry.shape, [](auto side) { return side < 1 || side > kMaxSide; })) {
    throwBadInput(where + ": tensor '" + name + "' is not a U8 picture of [rows, cols].");
  }
  const auto rows = static_cast<int>(entry.shape[0]), cols = static_cast<int>(entry.shape[1]);
  if (item.rows != 0 && (item.rows != rows || item.cols != cols)) {
    throwBadInput(where + ": image and truth differ in size.");
  }
  item.rows = rows;
  item.cols = cols;
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(entry.end - entry.begin));
  file.readInto(entry, std::as_writable_bytes(std::span(pixels)));
  return pixels;
}

void checkTruth(const Case& item, const std::vector<media::Label>& labels,
                const std::string& where) {
  std::array<bool, 256> known{};
  known[0] = true;
  for (const media::Label& label : labels) known[static_cast<std::size_t>(label.value)] = true;
  for (const std::uint8_t value : item.truth) {
    if (!known[value]) {
      throwBadInput(where + ": the truth of '" + item.name + "' has value " +
                    std::to_string(value) + ", which no label explains.");
    }
  }
}

// A patient seen in training and again in the test would make every score a lie.
void checkGroupsWhole(const std::vector<Case>& cases, const std::string& where) {
  std::map<std::string, Split> split_of;
  for (const Case& item : cases) {
    if (split_of.try_emplace(item.group, item.split).first->second != item.split) {
      throwBadInput(where + ": group '" + item.group +
                    "' is in two splits; split by group and write the file again.");
    }
  }
}

json describeNearDuplicates(const NearDuplicateSummary& found) {
  return {{"least_likeness", found.least_likeness},
          {"pairs", found.pairs},
          {"groups_before", found.groups_before},
          {"groups", found.groups}};
}

NearDuplicateSummary readNearDuplicates(const json& found, const std::string& where) {
  constexpr int kMost = 1 << 30;
  NearDuplicateSummary summary;
  summary.least_likeness = optionalLength(found, "least_likeness", where).value_or(0.0);
  summary.pairs = requireInt(found, "pairs", 0, kMost, where);
  summary.groups_before = requireInt(found, "groups_before", 0, kMost, where);
  summary.groups = requireInt(found, "groups", 0, kMost, where);
  return summary;
}

std::vector<std::string> readIds(const json& ids, const std::string& where) {
  if (!ids.is_array() || !std::ranges::all_of(ids, &json::is_string)) {
    throwBadInput(where + ": made_from is not a list of ids.");
  }
  return ids.get<std::vector<std::string>>();
}

Case readCase(SafetensorsReader& file, const json& described, const std::string& where) {
  Case item;
  item.name = requireText(described, "name", where);
  item.group = requireText(described, "group", where);
  item.split = parseSplit(requireText(described, "split", where));
  item.pixel_size_mm = optionalLength(described, "pixel_size_mm", where);
  item.head_circumference_mm = optionalLength(described, "head_circumference_mm", where);
  item.gray = readPlane(file, requireText(described, "image", where), item, where);
  item.truth = readPlane(file, requireText(described, "truth", where), item, where);
  // Files of the first programs have none.
  if (described.contains("sha256") && requireText(described, "sha256", where) != pixelHash(item)) {
    throw Error(ErrorKind::kDamaged, where + ": the pixels of '" + item.name +
                                         "' are not those that were written (SHA-256 differs). "
                                         "Copy the file again or build it anew.");
  }
  return item;
}
}  // namespace

const char* splitName(Split split) noexcept {
  return split == Split::kTrain ? "train" : split == Split::kVal ? "val" : "test";
}

Split parseSplit(const std::string& name) {
  for (const Split split : {Split::kTrain, Split::kVal, Split::kTest}) {
    if (name == splitName(split)) return split;
  }
  throwBadInput("'" + name + "' is not a split: use train, val or test.");
}

void splitByGroup(std::vector<Case>& cases, const SplitFractions& fractions, std::uint64_t seed) {
  const double total = fractions.train + fractions.val + fractions.test;
  if (!(std::min({fractions.train, fractions.val, fractions.test}) >= 0.0) ||
      !(std::abs(total - 1.0) < 1e-6)) {
    throwBadInput("The fractions of a split must be 0 or more and add up to 1.");
  }
  std::map<std::string, std::vector<std::size_t>> members;  // sorted: independent of case order
  for (std::size_t i = 0; i < cases.size(); ++i) members[cases[i].group].push_back(i);
  std::vector<std::string> groups;
  for (const auto& [group, ignored] : members) groups.push_back(group);
  Random random(seed);
  random.shuffle(groups);
  const auto count = static_cast<double>(groups.size());
  const auto train_end = static_cast<std::size_t>(std::lround(fractions.train * count));
  const auto val_end =
      static_cast<std::size_t>(std::lround((fractions.train + fractions.val) * count));
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Split split = i < train_end ? Split::kTrain : i < val_end ? Split::kVal : Split::kTest;
    for (const std::size_t index : members[groups[i]]) cases[index].split = split;
  }
}

std::string writeDataset(const std::filesystem::path& path, const Dataset& dataset) {
  json described = {
      {"format", kFormat},        {"version", kVersion},  {"labels", labelsToJson(dataset.labels)},
      {"source", dataset.source}, {"seed", dataset.seed}, {"cases", json::array()}};
  if (dataset.near_duplicates) {
    described["near_duplicates"] = describeNearDuplicates(*dataset.near_duplicates);
  }
  if (!dataset.made_from.empty()) described["made_from"] = dataset.made_from;
  checkGroupsWhole(dataset.cases, "The dataset");
  std::vector<TensorView> tensors;
  for (std::size_t i = 0; i < dataset.cases.size(); ++i) {
    const Case& item = dataset.cases[i];
    const auto pixels = static_cast<std::size_t>(item.rows) * static_cast<std::size_t>(item.cols);
    if (pixels == 0 || item.gray.size() != pixels || item.truth.size() != pixels) {
      throwBadInput("Case '" + item.name + "': image and truth must both have rows x cols pixels.");
    }
    checkTruth(item, dataset.labels, "The dataset");
    described["cases"].push_back(describeCase(item, i));
    const std::vector<std::int64_t> shape{item.rows, item.cols};
    tensors.push_back(
        {tensorName(i, "image"), Dtype::kU8, shape, std::as_bytes(std::span(item.gray))});
    tensors.push_back(
        {tensorName(i, "truth"), Dtype::kU8, shape, std::as_bytes(std::span(item.truth))});
  }
  return writeSafetensors(path, std::move(tensors), {{kMetadataKey, described.dump()}});
}

Dataset readDataset(const std::filesystem::path& path) {
  SafetensorsReader file(path);
  const std::string where = path.string();
  const auto found = file.metadata().find(kMetadataKey);
  if (found == file.metadata().end()) {
    throwBadInput(where + " is not a dataset of this program: it lacks its description.");
  }
  const json described = parseJson(found->second, where);
  requireFormat(described, kFormat, kVersion, where);
  Dataset dataset;
  dataset.labels = labelsFromJson(requireField(described, "labels", where), where);
  dataset.source = requireText(described, "source", where);
  dataset.seed = requireUnsigned(described, "seed", where);
  if (const auto looked = described.find("near_duplicates"); looked != described.end()) {
    dataset.near_duplicates = readNearDuplicates(*looked, where);
  }
  if (const auto ids = described.find("made_from"); ids != described.end()) {
    dataset.made_from = readIds(*ids, where);
  }
  std::set<std::string> names;
  for (const json& item : requireField(described, "cases", where)) {
    Case read = readCase(file, item, where);
    if (!names.insert(read.name).second) {
      throwBadInput(where + " has two cases named '" + read.name + "'.");
    }
    checkTruth(read, dataset.labels, where);
    dataset.cases.push_back(std::move(read));
  }
  if (dataset.cases.empty()) throwBadInput(where + " has no case.");
  checkGroupsWhole(dataset.cases, where);
  return dataset;
}

}  // namespace sonotwin::segment
