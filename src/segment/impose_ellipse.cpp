// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "inference_settings.h"
#include "sonotwin/segment/metrics.h"

namespace sonotwin::segment {
namespace {
constexpr std::uint8_t kSeen = 2, kUnseen = 1;

/// Marks the piece that `start` belongs to as seen. @returns its pixels
std::vector<std::size_t> takePiece(std::vector<std::uint8_t>& member, std::size_t cols,
                                   std::size_t start) {
  std::vector<std::size_t> piece{start};
  member[start] = kSeen;
  const auto take = [&](std::size_t pixel) {
    if (member[pixel] != kUnseen) return;
    member[pixel] = kSeen;
    piece.push_back(pixel);
  };
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const std::size_t pixel = piece[i], col = pixel % cols;
    if (col > 0) take(pixel - 1);
    if (col + 1 < cols) take(pixel + 1);
    if (pixel >= cols) take(pixel - cols);
    if (pixel + cols < member.size()) take(pixel + cols);
  }
  return piece;
}

std::vector<std::size_t> largestPiece(std::span<const std::uint8_t> mask, int cols, int label) {
  std::vector<std::uint8_t> member(mask.size());
  for (std::size_t i = 0; i < mask.size(); ++i) member[i] = mask[i] == label ? kUnseen : 0;
  std::vector<std::size_t> largest;
  for (std::size_t i = 0; i < member.size(); ++i) {
    if (member[i] != kUnseen) continue;
    std::vector<std::size_t> piece = takePiece(member, static_cast<std::size_t>(cols), i);
    if (piece.size() > largest.size()) largest = std::move(piece);
  }
  return largest;
}
}  // namespace

void imposeEllipse(std::span<std::uint8_t> mask, int rows, int cols, int label) {
  const auto value = static_cast<std::uint8_t>(label);
  std::vector<std::uint8_t> piece(mask.size(), 0);
  for (const std::size_t pixel : largestPiece(mask, cols, label)) piece[pixel] = 1;
  const auto ellipse = fitEllipse(piece, rows, cols, 1);
  if (!ellipse) return;
  const double c = std::cos(ellipse->angle_rad), s = std::sin(ellipse->angle_rad);
  std::size_t index = 0;
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col, ++index) {
      if (mask[index] != 0 && mask[index] != value) continue;
      const double x = col - ellipse->x, y = row - ellipse->y;
      const double along = (x * c + y * s) / ellipse->long_semi_axis;
      const double across = (y * c - x * s) / ellipse->short_semi_axis;
      mask[index] = along * along + across * across <= 1.0 ? value : std::uint8_t{0};
    }
  }
}

}  // namespace sonotwin::segment
