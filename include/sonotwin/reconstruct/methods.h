// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sonotwin/reconstruct/voxels.h"

namespace sonotwin::reconstruct {

/// One way to reconstruct, in the word of the command line and of lineage, with one sentence that
/// says when to choose it. The command line, its help, recipes and the window read these.
template <class Value>
struct Choice {
  Value value;
  std::string_view name;
  std::string_view when;
};

/// In the order to show them: what VoxelOptions has by default first.
[[nodiscard]] std::span<const Choice<Interpolation>> interpolations();
[[nodiscard]] std::span<const Choice<Compounding>> compoundings();
[[nodiscard]] std::span<const Choice<Fill>> fills();

/// "linear" and the like; empty for a value that is none.
template <class Value>
[[nodiscard]] std::string nameOf(std::span<const Choice<Value>> choices, Value value) {
  for (const Choice<Value>& choice : choices) {
    if (choice.value == value) return std::string(choice.name);
  }
  return {};
}

}  // namespace sonotwin::reconstruct
