// SPDX-License-Identifier: Apache-2.0
#include "blanking.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "sonotwin/dicom/deidentify.h"

namespace sonotwin::dicom {
namespace {
/// The sample in whose counted bits `value` lies, as a file holds it.
std::uint16_t stored(unsigned value, const PixelRecipe& recipe) {
  const unsigned mask = (1U << recipe.bits) - 1U;
  unsigned sample = value & mask;
  if (recipe.is_signed && (sample >> (recipe.bits - 1)) != 0) sample |= ~mask;
  return static_cast<std::uint16_t>(sample << recipe.shift);
}

int darkestOf(const Palette& palette, const PixelRecipe& recipe) {
  const int least = recipe.is_signed ? -(1 << (recipe.bits - 1)) : 0;
  const int most = least + (1 << recipe.bits) - 1;
  const auto brightness = [&](int value) {
    const Rgb& c = palette[value];
    return 299 * c[0] + 587 * c[1] + 114 * c[2];
  };
  const int first = std::clamp(palette.first, least, most);
  const int last =
      std::clamp(palette.first + static_cast<int>(palette.colours.size()) - 1, first, most);
  int darkest = first;
  for (int value = first; value <= last; ++value) {
    if (brightness(value) < brightness(darkest)) darkest = value;
  }
  return darkest;
}

/// `samples` as a file holds them, one after the other.
std::vector<std::byte> packed(std::span<const std::uint16_t> samples, std::size_t bytes) {
  std::vector<std::byte> out;
  for (const std::uint16_t sample : samples) {
    out.push_back(static_cast<std::byte>(sample));
    if (bytes == 2) out.push_back(static_cast<std::byte>(sample >> 8));
  }
  return out;
}

/// `pattern` again and again.
void fill(std::span<std::byte> run, std::span<const std::byte> pattern) {
  std::size_t filled = std::min(pattern.size(), run.size());
  std::memcpy(run.data(), pattern.data(), filled);
  while (filled < run.size()) {
    const std::size_t count = std::min(filled, run.size() - filled);
    std::memcpy(run.data() + filled, run.data(), count);
    filled += count;
  }
}

/// A box of an array of pixels that take `pixel_bytes` each.
void fillBox(std::span<std::byte> pixels, std::size_t cols, std::size_t pixel_bytes,
             const media::PixelRectangle& box, std::span<const std::byte> pattern) {
  const std::size_t count = static_cast<std::size_t>(box.x1 - box.x0) * pixel_bytes;
  for (int row = box.y0; row < box.y1; ++row) {
    const std::size_t first =
        static_cast<std::size_t>(row) * cols + static_cast<std::size_t>(box.x0);
    fill(pixels.subspan(first * pixel_bytes, count), pattern);
  }
}

template <class Sample>
void maskSamples(std::span<Sample> samples, const PixelRecipe& recipe) {
  const unsigned mask = (1U << recipe.bits) - 1U;
  for (Sample& s : samples) {
    s = static_cast<Sample>(stored((static_cast<unsigned>(s) >> recipe.shift) & mask, recipe));
  }
}
}  // namespace

std::vector<std::uint16_t> blackOf(const FrameDecoder& decoder) {
  const PixelRecipe& recipe = decoder.recipe;
  const unsigned middle = 1U << (recipe.bits - 1);
  const unsigned least = recipe.is_signed ? middle : 0;
  switch (recipe.model) {
    case ColourModel::kGrey:
      return {stored(least, recipe)};
    case ColourModel::kInverseGrey:
      return {stored(least + (1U << recipe.bits) - 1U, recipe)};
    case ColourModel::kPalette:
      return {stored(static_cast<unsigned>(darkestOf(*recipe.palette, recipe)), recipe)};
    case ColourModel::kRgb:
      return std::vector(3, stored(least, recipe));
    case ColourModel::kYbrFull:
      return {stored(0, recipe), stored(middle, recipe), stored(middle, recipe)};
    case ColourModel::kYbrPartial:
      return {16, 128, 128};
  }
  return {};
}

std::vector<media::PixelRectangle> clippedBoxes(std::span<const media::PixelRectangle> boxes,
                                                int cols, int rows) {
  std::vector<media::PixelRectangle> clipped;
  for (media::PixelRectangle box : boxes) {
    box = {std::max(box.x0, 0), std::max(box.y0, 0), std::min(box.x1, cols),
           std::min(box.y1, rows)};
    if (box.x0 < box.x1 && box.y0 < box.y1) clipped.push_back(box);
  }
  return clipped;
}

void blankBoxes(std::span<std::byte> frame, const SampleLayout& layout,
                std::span<const media::PixelRectangle> boxes,
                std::span<const std::uint16_t> black) {
  const auto cols = static_cast<std::size_t>(layout.cols);
  const auto bytes = static_cast<std::size_t>(layout.bytes);
  const auto samples = static_cast<std::size_t>(layout.samples);
  const std::size_t plane_bytes = cols * static_cast<std::size_t>(layout.rows) * bytes;
  for (const media::PixelRectangle& box : boxes) {
    if (layout.by_pairs) {
      const std::array<std::uint16_t, 4> pair = {black[0], black[0], black[1], black[2]};
      fillBox(frame, cols, 2, box, packed(pair, 1));
    } else if (layout.by_plane) {
      for (std::size_t c = 0; c < samples; ++c) {
        fillBox(frame.subspan(c * plane_bytes), cols, bytes, box,
                packed(black.subspan(c, 1), bytes));
      }
    } else {
      fillBox(frame, cols, samples * bytes, box, packed(black.first(samples), bytes));
    }
  }
}

void maskUnusedBits(std::span<std::byte> frame, int bytes, const PixelRecipe& recipe) {
  if (bytes == 1) {
    maskSamples(std::span(reinterpret_cast<std::uint8_t*>(frame.data()), frame.size()), recipe);
  } else {
    maskSamples(std::span(reinterpret_cast<std::uint16_t*>(frame.data()), frame.size() / 2),
                recipe);
  }
}

std::vector<media::PixelRectangle> outsideRegions(std::span<const media::UltrasoundRegion> regions,
                                                  int cols, int rows) {
  std::vector<media::PixelRectangle> covered;
  for (const auto& region : regions) {
    if (region.rectangle.x0 >= 0 && region.rectangle.y0 >= 0) covered.push_back(region.rectangle);
  }
  covered = clippedBoxes(covered, cols, rows);
  std::vector<int> edges = {0, rows};
  for (const auto& box : covered) edges.insert(edges.end(), {box.y0, box.y1});
  std::ranges::sort(edges);
  std::vector<media::PixelRectangle> outside;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const int top = edges[i];
    const int bottom = edges[i + 1];
    if (top == bottom) continue;
    std::vector<std::pair<int, int>> spans;
    for (const auto& box : covered) {
      if (box.y0 <= top && bottom <= box.y1) spans.emplace_back(box.x0, box.x1);
    }
    std::ranges::sort(spans);
    spans.emplace_back(cols, cols);
    int from = 0;
    for (const auto& [begin, end] : spans) {
      if (from < begin) outside.push_back({from, top, begin, bottom});
      from = std::max(from, end);
    }
  }
  return outside;
}

}  // namespace sonotwin::dicom
