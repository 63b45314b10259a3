// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace sonotwin::segment {

/// Looks at a TorchScript file (a zip archive) before LibTorch does: its list of contents must be
/// whole, its tensors stored as they are, and what is compressed in it (LibTorch does that with
/// source text only) must say that it unpacks to 256 MB at most, which is as much as LibTorch then
/// unpacks. Runs nothing of it. Source: PKWARE APPNOTE 6.3, 4.3.12 and 4.3.16.
/// @throws Error(kBadInput | kNotFound)
void checkScriptArchive(const std::filesystem::path& file);

}  // namespace sonotwin::segment
