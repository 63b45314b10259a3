// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace sonotwin::store {

/// What becomes of one call that changes files.
enum class DiskFailure {
  kNone,
  kError,           ///< it fails once with EIO
  kFull,            ///< from it on everything that needs space fails with ENOSPC, until mended
  kShortWrite,      ///< a write takes half of its bytes; counts writes only
  kKill,            ///< the process is gone before it
  kTornWrite,       ///< the process is gone in the middle of a write; counts writes only
  kPowerLoss,       ///< gone, with everything that was not flushed: contents and names
  kPowerLossMixed,  ///< gone; any pages of what was not flushed and the first few names are there
};

/// A disk that fails at the `nth` call, counted from 1, that changes something below `folder`.
///
/// A program that links this has every call of its own and of its shared libraries, SQLite and the
/// C++ library, that writes, cuts, flushes, makes, names, renames or removes a file go through here
/// (not what the C library calls by itself, but for fopen). What is mapped into memory is not seen:
/// SQLite's shared index, which it makes anew. Before `breakDisk` and after `mendDisk` every call
/// passes. Fork before: kinds that kill the process are for a child.
/// @param reached  told what the call is, just before its fate
void breakDisk(const std::filesystem::path& folder, DiskFailure failure, int nth,
               std::function<void(const std::string& call)> reached);
/// @returns how many calls each kind of failure, as a number, would have counted
std::vector<int> mendDisk();

}  // namespace sonotwin::store
