// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "inference_settings.h"
#include "predict.h"
#include "sonotwin/segment/model.h"

namespace sonotwin::segment {

/// A network as inference sees it: [n x 1 x grid_rows x grid_cols] normalized, on its device →
/// logits [n x classes x grid_rows x grid_cols], float.
using Forward = std::function<at::Tensor(const at::Tensor& image)>;

/// Chances of each class over a part of pictures of one shape.
struct Chances {
  Cut cut;
  at::Tensor of_class;  ///< [n x classes x cut.rows x cut.cols]
};

/// Calibrated chances on the grid, averaged with those of the mirrored pictures where the settings
/// say so. @returns [n x classes x grid_rows x grid_cols]
[[nodiscard]] at::Tensor gridChances(const Forward& forward, const at::Tensor& image,
                                     const InferenceSettings& settings);
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

/// One of the networks that answer together.
struct Member {
  Forward forward;
  InferenceSettings settings;
};
/// Labels every pixel of every picture by the networks' mean chances. Same results however pictures
/// are put together.
/// @param pictures  of each member, on its grid
/// @param on_batch  is told how many pictures are done; may throw to stop
[[nodiscard]] Segmentation answer(std::span<const Member> members,
                                  std::span<const std::span<const GridPicture>> pictures,
                                  const Runtime& runtime, const Decision& decision,
                                  const std::function<void(std::size_t done)>& on_batch = {});

}  // namespace sonotwin::segment
