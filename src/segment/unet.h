// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "recipe.h"
#include "torch_support.h"

namespace sonotwin::segment {

/// A 2D U-Net: per stage 3x3 convolutions with normalization of each map and leaky ReLU (or
/// residual blocks), stride 2 down, transposed convolution up, and logits at every decoder level
/// but the coarsest. Where the plan asks for it, blocks of pixels enter as the channels of one and
/// leave so (Shi et al., CVPR 2016).
///
/// Each map is normalized over its own pixels: group normalization with one map a group, which
/// equals instance normalization and keeps the channels-last order. Parameters are plain tensors
/// under stable names. Source: Isensee et al., Nature Methods 18 (2021); residual blocks as in
/// Isensee et al., MICCAI 2024.
class UNet {
 public:
  /// @param seed  of He's initialization, the same on every device; none: to be loaded
  UNet(const NetworkPlan& plan, const Runtime& runtime, std::optional<std::uint64_t> seed);
  UNet(UNet&&) = default;
  UNet& operator=(UNet&&) = default;

  /// @param image  [n x 1 x grid_rows x grid_cols], normalized
  /// @returns logits [n x classes x rows/2^i x cols/2^i] of the finest `heads` levels i
  [[nodiscard]] std::vector<at::Tensor> forward(at::Tensor image, int heads) const;

  /// @returns the coarsest map [n x widths.back() x rows x cols] of the encoder
  [[nodiscard]] at::Tensor coarsestMap(const at::Tensor& image) const;

  [[nodiscard]] const NetworkPlan& plan() const { return plan_; }
  [[nodiscard]] int headCount() const { return static_cast<int>(heads_.size()); }
  [[nodiscard]] const std::vector<NamedTensor>& parameters() const { return parameters_; }
  [[nodiscard]] std::int64_t parameterCount() const;
  void setTrainable(bool trainable);
  /// @throws Error(kInternal) unless `other` has the same plan.
  void copyFrom(const UNet& other);

 private:
  struct Convolution {
    at::Tensor weight, gain, offset;  ///< of the kernel and of the normalization after it
    int stride = 1;
  };
  struct Block {
    std::vector<Convolution> convolutions;
    std::optional<Convolution> shortcut;  ///< 1x1, where the residual block changes the width
    bool residual = false;
  };
  struct UpStage {
    at::Tensor up;
    Block block;
  };
  struct Head {
    at::Tensor weight, bias;
  };

  at::Tensor add(const std::string& name, at::Tensor tensor);
  Convolution addConvolution(const std::string& name, int in, int out, int size, int stride);
  std::vector<Block> addEncoderStage(std::size_t stage, int in, int out);
  void initialize(std::uint64_t seed);
  [[nodiscard]] at::Tensor normalized(const at::Tensor& x, const Convolution& layer) const;
  [[nodiscard]] at::Tensor run(const Block& block, at::Tensor x) const;
  /// Each stage's maps, finest first.
  [[nodiscard]] std::vector<at::Tensor> encode(const at::Tensor& image) const;

  NetworkPlan plan_;
  Runtime runtime_;
  std::vector<NamedTensor> parameters_;
  std::vector<std::vector<Block>> encoder_;
  std::vector<UpStage> decoder_;  ///< coarsest first
  std::vector<Head> heads_;       ///< finest first
};

}  // namespace sonotwin::segment
