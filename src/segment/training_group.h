// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "sonotwin/segment/model.h"
#include "torch_support.h"

namespace sonotwin::segment {

class GroupEngine;

/// The processes that train one network together, each on its share of every batch. Alone, every
/// call returns at once. All processes make the same calls in the same order; where one of them
/// has gone, the others' calls throw Error(kDevice).
class TrainingGroup {
 public:
  /// Meets the others: LibTorch's distributed engine, over gloo on CPUs and NCCL on GPUs.
  /// @throws Error(kBadInput) for a place in the group that does not exist
  /// @throws Error(kDevice) where the others do not come, or this build has no such engine
  TrainingGroup(const TrainPlace& place, const Runtime& runtime);
  ~TrainingGroup();

  [[nodiscard]] int rank() const { return place_.rank; }
  [[nodiscard]] int size() const { return place_.size; }
  /// The process that writes files and decides.
  [[nodiscard]] bool leads() const { return place_.rank == 0; }

  /// Mean over the group, in place. Tensors of one type on the runtime's device.
  void average(std::vector<at::Tensor> tensors) const;
  /// Sum over the group. @param values  on the CPU, double
  [[nodiscard]] at::Tensor sum(const at::Tensor& values) const;
  /// What the leading process gives, in place.
  void share(const std::vector<at::Tensor>& tensors) const;
  [[nodiscard]] double share(double value) const;

 private:
  TrainPlace place_;
  Runtime runtime_;
  std::unique_ptr<GroupEngine> engine_;
};

}  // namespace sonotwin::segment
