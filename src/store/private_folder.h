// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace sonotwin::store {

/// Makes a folder that is its owner's alone, or checks that the one there is.
/// @param what  it is, in words: "quarantine"
/// @throws Error(kConflict) if others can read it, Error(kDevice)
void requirePrivateFolder(const std::filesystem::path& folder, const std::string& what);

/// A whole, flushed file that only its owner can read; one of that name is replaced.
/// @throws Error(kDevice)
void writePrivateFile(const std::filesystem::path& file, std::span<const std::byte> bytes);

/// @returns false, with errno, where that fails
[[nodiscard]] bool writeAll(int descriptor, std::span<const std::byte> bytes);

}  // namespace sonotwin::store
