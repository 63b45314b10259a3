// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "inference_settings.h"
#include "predict.h"
#include "sonotwin/segment/model.h"

namespace sonotwin::segment {

/// [n x channels x rows x cols] float → the same of other channels.
using Forward = std::function<at::Tensor(const at::Tensor& image)>;

/// Chances of each class over a part of pictures of one shape.
struct Chances {
  Cut cut;
  at::Tensor of_class;  ///< [n x classes x cut.rows x cut.cols]
};

/// A network as inference sees it.
struct Member {
  Forward prepare;  ///< grey levels, 1 channel in [0, 255], to what the network takes
  Forward forward;  ///< of pictures of its grid's size to logits, a channel a class
  InferenceSettings settings;
  int grid_rows = 0;
  int grid_cols = 0;
};

/// Calibrated chances, averaged with those of the mirrored pictures where the settings say so.
/// Pictures larger than the network's grid are prepared whole and seen in tiles, which overlap by
/// half and count by a Gaussian around their middle (an eighth of a side wide).
/// Source of the tiles: Isensee et al., Nature Methods 18 (2021).
/// @param gray  [n x 1 x rows x cols] @returns [n x classes x rows x cols]
[[nodiscard]] at::Tensor gridChances(const Member& member, const at::Tensor& gray);
/// Brings chances of pictures that lie alike on the grid back to what was cut out of them,
/// bilinearly. @param on_grid  [n x classes x grid_rows x grid_cols]
[[nodiscard]] Chances broughtBack(const at::Tensor& on_grid, const GridPicture& picture);
/// The mean of what networks say of the same pictures. Where one did not look, it says background.
[[nodiscard]] Chances meanOf(const std::vector<Chances>& parts);

/// What becomes of chances.
struct Decision {
  const std::vector<media::Label>& labels;
  const std::vector<int>& ellipses;  ///< see InferenceSettings
  bool doubt = false;                ///< maps of doubt too
  double second_look = 0.0;          ///< see InferenceSettings
};
/// Labels of pictures of one shape by their likeliest class, 0 outside the cut.
[[nodiscard]] Segmentation decide(const Chances& chances, int rows, int cols,
                                  const Decision& decision);

/// Labels every pixel of every picture by the networks' mean chances. Same results however pictures
/// are put together.
/// @param pictures  of each member, on its grid
/// @param on_batch  is told how many pictures are done; may throw to stop
[[nodiscard]] Segmentation answer(std::span<const Member> members,
                                  std::span<const std::span<const GridPicture>> pictures,
                                  const Runtime& runtime, const Decision& decision,
                                  const std::function<void(std::size_t done)>& on_batch = {});

}  // namespace sonotwin::segment
