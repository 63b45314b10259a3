// SPDX-License-Identifier: Apache-2.0
#include "loss.h"

namespace sonotwin::segment {
namespace {
constexpr double kSmooth = 1e-5;

at::Tensor levelLoss(const at::Tensor& logits, const at::Tensor& truth) {
  const at::Tensor log_chance = at::log_softmax(logits.to(at::kFloat), 1);
  const at::Tensor entropy = at::nll_loss2d(log_chance, truth);
  const std::int64_t foreground = logits.size(1) - 1;
  const at::Tensor chance = log_chance.narrow(1, 1, foreground).exp();
  const at::Tensor member =
      at::arange(1, foreground + 1, truth.options()).view({1, -1, 1, 1}).eq(truth.unsqueeze(1));
  const at::Tensor both = (chance * member).sum({0, 2, 3});
  const at::Tensor either = chance.sum({0, 2, 3}) + member.sum({0, 2, 3});
  const at::Tensor dice = (2.0 * both + kSmooth) / (either + kSmooth);
  return entropy + 1.0 - dice.mean();
}
}  // namespace

at::Tensor segmentationLoss(const std::vector<at::Tensor>& logits, const at::Tensor& truth) {
  at::Tensor total;
  double weight = 1.0, weights = 0.0;
  at::Tensor level_truth = truth;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (i > 0) level_truth = level_truth.slice(1, 0, INT64_MAX, 2).slice(2, 0, INT64_MAX, 2);
    const at::Tensor loss = weight * levelLoss(logits[i], level_truth.contiguous());
    total = i == 0 ? loss : total + loss;
    weights += weight;
    weight /= 2.0;
  }
  return total / weights;
}

}  // namespace sonotwin::segment
