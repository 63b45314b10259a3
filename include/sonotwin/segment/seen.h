// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "sonotwin/segment/dataset.h"

namespace sonotwin::segment {

/// What a network was trained or tuned on, as hashes: enough to tell whether pictures that shall
/// judge it were among them, and nothing more. Kept in its card under "data" / "seen".
struct SeenData {
  std::set<std::string> pictures;  ///< `pictureHash` of each
  std::set<std::string> groups;    ///< `groupHash` of each
  /// SHA-256 of training sets, of this network or of those it went on from, that tell no more.
  std::set<std::string> unlisted_datasets;
};

/// Of the size and grey levels: the same picture has it under any name, with any truth.
[[nodiscard]] std::string pictureHash(const Case& item);
/// Pseudonyms of a store mean the same person anywhere; other names only within one source.
[[nodiscard]] std::string groupHash(const std::string& source, const std::string& group);

/// Training and validation cases.
[[nodiscard]] SeenData seenIn(const Dataset& dataset);
/// As a card tells it; one that does not leaves the data set's hash in `unlisted_datasets`.
/// @throws Error(kBadInput) naming `where` for what is no card
[[nodiscard]] SeenData seenBy(const std::string& card_json, const std::string& where);
/// Adds what the network has seen that this one went on from.
void join(SeenData& seen, const SeenData& before);

/// SHA-256 of a split's content in any order: names, groups, pixel sizes, pictures and truth. Equal
/// for two files whose other splits differ.
[[nodiscard]] std::string splitSha256(const Dataset& dataset, Split split);

}  // namespace sonotwin::segment
