// SPDX-License-Identifier: Apache-2.0
#include "optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sonotwin::segment {
namespace {
constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;
constexpr double kPolyPower = 0.9;
}  // namespace

Optimizer::Optimizer(const TrainRecipe& recipe, const std::vector<NamedTensor>& parameters)
    : recipe_(recipe) {
  const bool two_moments = recipe_.optimization == Optimization::kAdamWCosine;
  for (const NamedTensor& parameter : parameters) {
    weights_.push_back(parameter.tensor);
    if (parameter.tensor.dim() > 1) decaying_.push_back(parameter.tensor);
    first_.push_back(at::zeros_like(parameter.tensor));
    state_.push_back({"first." + parameter.name, first_.back()});
    if (!two_moments) continue;
    second_.push_back(at::zeros_like(parameter.tensor));
    state_.push_back({"second." + parameter.name, second_.back()});
  }
}

void Optimizer::step(double learning_rate) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> gradients;
  for (at::Tensor& weight : weights_) gradients.push_back(weight.grad());
  clip(gradients);
  ++steps_;
  if (recipe_.optimization == Optimization::kAdamWCosine) {
    stepAdamW(gradients, learning_rate);
  } else {
    stepSgd(gradients, learning_rate);
  }
  for (at::Tensor& weight : weights_) weight.mutable_grad().reset();
}

void Optimizer::clip(std::vector<at::Tensor>& gradients) const {
  const at::Tensor norm = at::stack(at::_foreach_norm(gradients, 2)).norm();
  const double total = norm.item<double>();
  if (total > recipe_.clip_norm) {
    at::_foreach_mul_(gradients, recipe_.clip_norm / (total + 1e-6));
  }
}

void Optimizer::stepAdamW(const std::vector<at::Tensor>& gradients, double learning_rate) {
  at::_foreach_mul_(decaying_, 1.0 - learning_rate * recipe_.weight_decay);
  at::_foreach_mul_(first_, kBeta1);
  at::_foreach_add_(first_, gradients, 1.0 - kBeta1);
  at::_foreach_mul_(second_, kBeta2);
  at::_foreach_addcmul_(second_, gradients, gradients, 1.0 - kBeta2);
  const double first_bias = 1.0 - std::pow(kBeta1, static_cast<double>(steps_));
  const double second_bias = 1.0 - std::pow(kBeta2, static_cast<double>(steps_));
  std::vector<at::Tensor> spread = at::_foreach_sqrt(second_);
  at::_foreach_div_(spread, std::sqrt(second_bias));
  at::_foreach_add_(spread, kEpsilon);
  at::_foreach_addcdiv_(weights_, first_, spread, -learning_rate / first_bias);
}

void Optimizer::stepSgd(std::vector<at::Tensor>& gradients, double learning_rate) {
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    if (weights_[i].dim() > 1) gradients[i].add_(weights_[i], recipe_.weight_decay);
  }
  at::_foreach_mul_(first_, recipe_.momentum);
  at::_foreach_add_(first_, gradients, 1.0);
  at::_foreach_add_(gradients, first_, recipe_.momentum);
  at::_foreach_add_(weights_, gradients, -learning_rate);
}

double scheduleFactor(const TrainRecipe& recipe, double position) {
  const double p = std::clamp(position, 0.0, 1.0);
  if (p < recipe.warmup_share) return (p + 1e-3) / (recipe.warmup_share + 1e-3);
  const double rest = (p - recipe.warmup_share) / (1.0 - recipe.warmup_share);
  if (recipe.optimization == Optimization::kSgdPoly) return std::pow(1.0 - rest, kPolyPower);
  return 0.5 * (1.0 + std::cos(std::numbers::pi * rest));
}

}  // namespace sonotwin::segment
