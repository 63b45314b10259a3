// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sonotwin/media/mask.h"

namespace sonotwin::segment {

/// Makes one model of several networks with the same labels, whose calibrated chances are averaged,
/// each seen on its own grid. The members are copied into `folder`/members, whole, and the card
/// holds their hashes; the same network may be given more than once. Nothing is left in `folder`
/// where it fails.
/// @param members  folders of models; at least 2
/// @param name     empty: the folder's
/// @throws Error(kBadInput) where labels differ, a member is an ensemble itself or is damaged,
///         Error(kConflict) where the folder holds a model already
void makeEnsemble(const std::vector<std::filesystem::path>& members,
                  const std::filesystem::path& folder, const std::string& name);

/// What a network made elsewhere is and how it is to be fed and read.
struct ImportOptions {
  std::string name;                  ///< empty: the folder's
  std::vector<media::Label> labels;  ///< in the order of its channels
  int grid_rows = 0, grid_cols = 0;  ///< pictures are brought to this size
  std::string fit = "letterbox";     ///< or "stretch", or "sector": letterbox of the sector
  int channels = 1;                  ///< 3: the grey levels three times
  std::vector<double> mean, sd;      ///< of levels in [0, 1], one a channel; empty: z-score
  std::string output = "logits";     ///< or "probabilities", or "independent" (no background)
  std::string source;                ///< where it and its data came from, with licence
  std::vector<std::string> body_regions;
  bool trust_code = false;  ///< that a person agrees that the code in the file is run
};

/// Makes a model of a TorchScript file: a copy of it, with a card that holds its SHA-256. Such a
/// file holds code that loading and running it executes: a person has to agree, and agrees to this
/// very file. The network is run once to see that it gives what the options say; it must take
/// [n x channels x rows x cols] float and give [n x classes x rows x cols] (or that as the first of
/// a tuple, or under "out"). Nothing is left in `folder` where it fails.
/// @throws Error(kBadInput | kConflict)
void importTorchScript(const std::filesystem::path& file, const std::filesystem::path& folder,
                       const ImportOptions& options);
/// Agrees that the code of a model that came from elsewhere with its card is run on this machine.
/// @throws Error(kBadInput) where it holds none
void trustModel(const std::filesystem::path& folder);

}  // namespace sonotwin::segment
