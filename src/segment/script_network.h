// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "card.h"
#include "torch_support.h"

namespace sonotwin::segment {

/// A network made elsewhere, as TorchScript. Loading and running it does what its file says: only
/// for files that a person has agreed to run. Always in single precision, as where it was made.
class ScriptNetwork {
 public:
  /// @throws Error(kBadInput) where the file is not TorchScript, or not whole
  ScriptNetwork(const std::filesystem::path& file, const CardFields& fields,
                const Runtime& runtime);

  /// Grey levels [n x 1 x rows x cols] in [0, 255] → [n x channels x rows x cols] as it wants them.
  [[nodiscard]] at::Tensor prepare(const at::Tensor& gray) const;
  /// @returns [n x classes x rows x cols], whatever the network gives, as logits with background
  /// @throws Error(kBadInput) where it fails, or gives something of another shape
  [[nodiscard]] at::Tensor logits(const at::Tensor& image) const;

 private:
  struct Module;
  [[nodiscard]] at::Tensor run(const at::Tensor& image) const;

  ScriptFields fields_;
  int classes_;
  std::shared_ptr<Module> module_;
};

/// Loads the network on the CPU and runs it once. @returns whether it takes two pictures at once
/// @throws Error(kBadInput) saying what it gives that it should not
[[nodiscard]] bool tryScript(const std::filesystem::path& file, const CardFields& fields);

}  // namespace sonotwin::segment
