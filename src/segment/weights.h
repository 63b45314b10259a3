// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "safetensors.h"
#include "torch_support.h"

namespace sonotwin::segment {

/// Writes tensors as `dtype` (F16 or F32). @returns the file's SHA-256
std::string writeTensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                         Dtype dtype, const std::map<std::string, std::string>& metadata);

enum class Others { kRefused, kIgnored };
/// Fills `targets` (on any device) from a file that must hold these names and shapes, and no
/// `others` unless they are to be ignored.
/// @returns the file's metadata. @throws Error(kBadInput | kNotFound) naming what does not fit.
std::map<std::string, std::string> readTensorsInto(const std::filesystem::path& path,
                                                   const std::vector<NamedTensor>& targets,
                                                   Others others = Others::kRefused);

}  // namespace sonotwin::segment
