// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "sonotwin/enhance/recipe.h"

namespace sonotwin::enhance {

class GpuFilters;

/// Where the filters of recipes run: all on the CPU, or "srad", "obnlm" and "clahe" on a GPU and
/// the others on the CPU. The results are the same to the bit: both compile the same arithmetic,
/// and a GPU is used only after it has given the CPU's bytes on a small picture. Its memory is kept
/// from frame to frame. Any thread; filters on a GPU run one at a time.
class FilterDevice {
 public:
  /// @param name  "auto": a GPU where one can be used, else the CPU; "cpu", "cuda" or "cuda:1"
  /// @throws Error(kBadInput) for another name, or a GPU that cannot be used, saying why
  explicit FilterDevice(const std::string& name = "auto");
  ~FilterDevice();
  FilterDevice(const FilterDevice&) = delete;
  FilterDevice& operator=(const FilterDevice&) = delete;

  /// "NVIDIA H100 80GB HBM3", "cpu, 2 threads", "cpu, 2 threads (no usable GPU or driver)"
  [[nodiscard]] const std::string& description() const { return description_; }

  /// As `enhance::apply`, here. @throws Error(kDevice) where the GPU fails, too
  [[nodiscard]] media::Image apply(const Recipe& recipe, const media::Image& frame,
                                   const media::ScanSector& sector);

 private:
  std::unique_ptr<GpuFilters> gpu_;  ///< null: the CPU
  std::mutex one_at_a_time_;
  std::string description_;
};

}  // namespace sonotwin::enhance
