// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

#include "safetensors.h"
#include "sonotwin/segment/dataset.h"
#include "sonotwin/segment/metrics.h"

namespace {
using namespace sonotwin::segment;
using nlohmann::json;

constexpr int kRows = 48, kCols = 64;

std::vector<std::uint8_t> blob(std::mt19937& random) {
  std::vector<std::uint8_t> mask(kRows * kCols, 0);
  const double row = 10.0 + random() % 28, col = 10.0 + random() % 44;
  const double high = 2.0 + random() % 14, wide = 2.0 + random() % 14;
  for (int i = 0; i < kRows * kCols; ++i) {
    const double y = (i / kCols - row) / high, x = (i % kCols - col) / wide;
    mask[static_cast<std::size_t>(i)] = x * x + y * y < 1.0 && random() % 20 != 0 ? 1 : 0;
  }
  return mask;
}

/// Differences with and without ties and zeros, few and many, and their p.
json signedRankTests(std::mt19937& random) {
  json rows = json::array();
  for (const int count : {4, 11, 30, 50, 51, 200}) {
    for (const int levels : {5, 1'000'000'000}) {
      std::vector<double> differences;
      for (int i = 0; i < count; ++i) {
        differences.push_back(
            static_cast<double>(random() % static_cast<unsigned>(levels)) / levels - 0.4);
      }
      rows.push_back({{"differences", differences}, {"p", wilcoxonSignedRank(differences)}});
    }
  }
  return rows;
}

/// What this program writes and computes, for another to check.
void write(const std::string& folder) {
  std::mt19937 random(11);
  const std::vector<float> weights{0.5F, -1.25F, 65504.0F, 1e-3F};
  writeSafetensors(folder + "/weights.safetensors",
                   {{"layer.weight", Dtype::kF32, {2, 2}, std::as_bytes(std::span(weights))}},
                   {{"made by", "sonotwin"}});
  Dataset dataset;
  dataset.labels = {{1, "blob"}};
  json expected = json::array();
  for (int i = 0; i < 40; ++i) {
    Case item;
    item.name = item.group = std::to_string(i);
    item.rows = kRows;
    item.cols = kCols;
    item.gray = blob(random);
    item.truth = blob(random);
    const Agreement a = compareMasks(item.gray, item.truth, kRows, kCols, 1, {0.2, 0.3});
    expected.push_back({{"dice", *a.dice}, {"hd95", *a.hd95}, {"assd", *a.assd}, {"nsd", *a.nsd}});
    dataset.cases.push_back(std::move(item));
  }
  writeDataset(folder + "/masks.safetensors", dataset);
  std::ofstream(folder + "/agreement.json") << expected;
  std::ofstream(folder + "/wilcoxon.json") << signedRankTests(random);
}

/// What this program reads of a dataset that another wrote.
void read(const std::string& file) {
  const Dataset dataset = readDataset(file);
  json cases = json::array();
  for (const Case& item : dataset.cases) {
    cases.push_back({item.name, item.group, item.rows, item.cols,
                     std::accumulate(item.gray.begin(), item.gray.end(), 0),
                     std::accumulate(item.truth.begin(), item.truth.end(), 0)});
  }
  std::cout << cases << '\n';
}
}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  if (std::string(argv[1]) == "write") write(argv[2]);
  if (std::string(argv[1]) == "read") read(argv[2]);
  return 0;
}
