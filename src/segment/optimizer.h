// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "recipe.h"
#include "torch_support.h"

namespace sonotwin::segment {

/// AdamW or SGD with Nesterov momentum, whose whole state is tensors a checkpoint can hold.
/// Weights of one dimension (normalization, bias) do not decay.
/// Source: Loshchilov & Hutter, ICLR 2019; Sutskever et al., ICML 2013.
class Optimizer {
 public:
  Optimizer(const TrainRecipe& recipe, const std::vector<NamedTensor>& parameters);

  /// Scales the gradients to the recipe's largest norm, moves the weights, clears the gradients.
  void step(double learning_rate);
  /// Moments under the parameters' names, to be saved and filled again.
  [[nodiscard]] const std::vector<NamedTensor>& state() const { return state_; }
  [[nodiscard]] std::int64_t steps() const { return steps_; }
  void setSteps(std::int64_t steps) { steps_ = steps; }

 private:
  void clip(std::vector<at::Tensor>& gradients) const;
  void stepAdamW(const std::vector<at::Tensor>& gradients, double learning_rate);
  void stepSgd(std::vector<at::Tensor>& gradients, double learning_rate);

  TrainRecipe recipe_;
  std::vector<at::Tensor> weights_, decaying_, first_, second_;
  std::vector<NamedTensor> state_;
  std::int64_t steps_ = 0;
};

/// Factor of the learning rate at `position` in [0, 1] of a training.
[[nodiscard]] double scheduleFactor(const TrainRecipe& recipe, double position);

}  // namespace sonotwin::segment
