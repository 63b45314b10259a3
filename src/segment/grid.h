// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sonotwin/media/image.h"
#include "sonotwin/media/mask.h"

namespace sonotwin::media {
struct PixelRectangle;
}

namespace sonotwin::segment {

/// The fixed grid a network works on, and where a picture of another size lies in it: scaled
/// evenly, centred, black around. Keeping the proportions keeps a head round.
struct Placement {
  int grid_rows = 0, grid_cols = 0;
  int rows = 0, cols = 0;  ///< of the picture within the grid
  int top = 0, left = 0;
};

/// The part of a picture that a network sees.
struct Cut {
  int top = 0, left = 0;
  int rows = 0, cols = 0;

  [[nodiscard]] bool contains(int row, int col) const {
    return row >= top && row < top + rows && col >= left && col < left + cols;
  }
};
[[nodiscard]] Cut wholePicture(int rows, int cols);
/// The rectangle and a tenth of it around, as far as the picture goes: depths too dark to be found
/// are still tissue.
[[nodiscard]] Cut cutAround(const media::PixelRectangle& rectangle, int rows, int cols);
/// The rectangle and `margin` of its sides around it, widened to the grid's proportions, as far as
/// `whole` goes.
[[nodiscard]] Cut cutCloser(const media::PixelRectangle& rectangle, double margin,
                            const Placement& grid, const Cut& whole);
/// Around the scan sector of pictures of one clip, all of one size; the whole picture where none is
/// found.
[[nodiscard]] Cut cutToSector(std::span<const media::Image> gray);
/// The same of one picture. @param gray  [rows x cols]
[[nodiscard]] Cut cutToSector(std::span<const std::uint8_t> gray, int rows, int cols);
/// @param pixels  of a picture of `picture_cols` columns @returns [cut.rows x cut.cols]
[[nodiscard]] std::vector<std::uint8_t> cutOut(std::span<const std::uint8_t> pixels,
                                               int picture_cols, const Cut& cut);

[[nodiscard]] Placement placeInGrid(int picture_rows, int picture_cols, int grid_rows,
                                    int grid_cols);

/// Brings a picture to the grid, antialiased (a triangle filter as wide as the reduction). Outer
/// edges coincide: the centre of grid pixel r lies at row (r - top + 1/2) * picture_rows / rows -
/// 1/2.
/// @param gray  [picture_rows x picture_cols] @returns [grid_rows x grid_cols]
[[nodiscard]] std::vector<std::uint8_t> toGrid(std::span<const std::uint8_t> gray, int picture_rows,
                                               int picture_cols, const Placement& placement);

/// The class that covers most of each grid pixel: 0 is background, i + 1 is labels[i].
[[nodiscard]] std::vector<std::uint8_t> truthToGrid(std::span<const std::uint8_t> truth,
                                                    int picture_rows, int picture_cols,
                                                    const std::vector<media::Label>& labels,
                                                    const Placement& placement);

}  // namespace sonotwin::segment
