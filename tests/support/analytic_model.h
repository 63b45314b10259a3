// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "safetensors.h"
#include "sonotwin/base/file.h"

/// Models whose answers are known without training.
namespace sonotwin::segment::test_models {

/// A network of two stages, one map each, that hands the picture's levels through (each step of it
/// rises with the level) and whose head weighs them: logit of class k = gain[k] * level + bias[k],
/// with levels above 0 for what is brighter than the mean.
struct Analytic {
  std::string name = "analytic";
  int rows = 24, cols = 32;
  std::vector<std::string> labels = {"disc"};  ///< values from 1
  std::vector<float> gain = {0.0F, 0.0F};      ///< of the classes, background first
  std::vector<float> bias = {0.0F, 0.0F};
  nlohmann::json inference = {{"flip_averaging", false}};
  nlohmann::json input = {};  ///< more fields of the card's "input"
};

namespace detail {
struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

inline std::size_t sizeOf(const std::vector<std::int64_t>& shape) {
  std::size_t size = 1;
  for (const std::int64_t side : shape) size *= static_cast<std::size_t>(side);
  return size;
}

/// Zeros but for the middle of the kernel from map `from` to map 0.
inline Tensor kernel(std::vector<std::int64_t> shape, std::int64_t from) {
  Tensor tensor{shape, std::vector<float>(sizeOf(shape), 0.0F)};
  const std::int64_t area = shape[2] * shape[3];
  tensor.values[static_cast<std::size_t>(from * area + area / 2)] = 1.0F;
  return tensor;
}

inline void addConvolution(std::map<std::string, Tensor>& all, const std::string& name,
                           std::int64_t in) {
  all[name + ".weight"] = kernel({1, in, 3, 3}, in - 1);  // of the skip, after what came up
  all[name + ".norm.gain"] = {{1}, {1.0F}};
  all[name + ".norm.offset"] = {{1}, {0.0F}};
}
}  // namespace detail

/// Writes MODEL/card.json and MODEL/weights.safetensors.
inline void write(const std::filesystem::path& folder, const Analytic& model) {
  std::filesystem::create_directories(folder);
  const auto classes = static_cast<std::int64_t>(model.bias.size());
  std::map<std::string, detail::Tensor> all;
  for (const char* name : {"encoder.0.conv1", "encoder.0.conv2", "encoder.1.conv1",
                           "encoder.1.conv2", "decoder.0.conv2"}) {
    detail::addConvolution(all, name, 1);
  }
  detail::addConvolution(all, "decoder.0.conv1", 2);
  all["decoder.0.up.weight"] = {{1, 1, 2, 2}, std::vector<float>(4, 0.0F)};
  all["head.0.weight"] = {{classes, 1, 1, 1}, model.gain};
  all["head.0.bias"] = {{classes}, model.bias};
  std::vector<TensorView> views;
  for (const auto& [name, tensor] : all) {
    views.push_back({name, Dtype::kF32, tensor.shape, std::as_bytes(std::span(tensor.values))});
  }
  nlohmann::json card = {
      {"format", "sonotwin-model"},
      {"version", 1},
      {"name", model.name},
      {"input",
       {{"fit", "letterbox"}, {"normalization", "z-score over pixels that are not black"}}},
      {"network",
       {{"grid", {model.rows, model.cols}},
        {"classes_with_background", classes},
        {"widths", {1, 1}},
        {"encoder_blocks", nlohmann::json::array()},
        {"leaky_slope", 0.01}}},
      {"inference", model.inference}};
  for (std::size_t i = 0; i < model.labels.size(); ++i) {
    card["classes"].push_back({{"name", model.labels[i]}, {"value", i + 1}});
  }
  if (model.input.is_object()) card["input"].update(model.input);
  card["weights"] = {
      {"file", "weights.safetensors"},
      {"sha256", writeSafetensors(folder / "weights.safetensors", std::move(views), {})}};
  writeFileAtomically(folder / "card.json", card.dump(2));
}

}  // namespace sonotwin::segment::test_models
