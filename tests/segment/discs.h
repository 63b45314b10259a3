// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/segment/model.h"

/// Pictures of discs that a small network learns within a second.
namespace sonotwin::segment::test_discs {

struct Disc {
  double row, col, radius;
};

/// A bright disc in noise; label 3.
inline Case discCase(int rows, int cols, const Disc& disc, unsigned seed) {
  Case item;
  item.name = "disc" + std::to_string(seed);
  item.group = item.name;
  item.rows = rows;
  item.cols = cols;
  std::mt19937 random(seed);
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < cols; ++c) {
      const bool inside = std::hypot(r - disc.row, c - disc.col) < disc.radius;
      item.gray.push_back(static_cast<std::uint8_t>((inside ? 150 : 60) + random() % 40));
      item.truth.push_back(inside ? 3 : 0);
    }
  }
  return item;
}

inline Dataset discs() {
  Dataset dataset;
  dataset.labels = {{3, "disc"}};
  dataset.source = "made by a test";
  std::mt19937 random(1);
  for (unsigned i = 0; i < 32; ++i) {
    const double row = 8.0 + random() % 9, col = 8.0 + random() % 17;
    dataset.cases.push_back(discCase(24, 32, {row, col, 4.0 + random() % 4}, i));
  }
  splitByGroup(dataset.cases, {0.5, 0.25, 0.25}, 1);
  return dataset;
}

inline TrainOptions tinyOptions(int epochs) {
  TrainOptions options;
  options.preset = "quick";
  options.device = "cpu";
  options.epochs = epochs;
  options.threads = 1;
  return options;
}

inline void trainTiny(const std::filesystem::path& folder, int epochs) {
  train(discs(), "none", folder, tinyOptions(epochs), {}, {});
}

inline std::string messageOf(const std::function<void()>& call, ErrorKind kind) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "no complaint";
}

inline media::Image imageOf(const Case& item) {
  media::Image image(item.rows, item.cols);
  std::memcpy(image.data.data(), item.gray.data(), item.gray.size());
  return image;
}

inline void replaceInFile(const std::filesystem::path& path, const std::string& from,
                          const std::string& to) {
  std::string text = readTextFile(path);
  ASSERT_NE(text.find(from), std::string::npos) << from;
  writeFileAtomically(path, text.replace(text.find(from), from.size(), to));
}

}  // namespace sonotwin::segment::test_discs
