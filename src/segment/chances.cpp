// SPDX-License-Identifier: Apache-2.0
#include "chances.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <optional>

#include "sonotwin/base/parallel.h"
#include "sonotwin/media/clip.h"
#include "tiling.h"

namespace sonotwin::segment {
namespace {
constexpr std::size_t kCpuBatch = 4;
constexpr std::size_t kGpuBatch = 32;
constexpr double kTileSigma = 1.0 / 8.0;  // of a tile's side

/// Whether both lie alike on the grid, so that their answers can be brought back together.
bool liesAlike(const GridPicture& a, const GridPicture& b) {
  const auto all = [](const GridPicture& p) {
    return std::array{p.rows,           p.cols,          p.cut.top,       p.cut.left,
                      p.cut.rows,       p.cut.cols,      p.placement.top, p.placement.left,
                      p.placement.rows, p.placement.cols};
  };
  return all(a) == all(b);
}

Cut bothCuts(const Cut& a, const Cut& b) {
  Cut both{std::min(a.top, b.top), std::min(a.left, b.left), 0, 0};
  both.rows = std::max(a.top + a.rows, b.top + b.rows) - both.top;
  both.cols = std::max(a.left + a.cols, b.left + b.cols) - both.left;
  return both;
}

/// The chances over a larger part, surely background where the network did not look.
at::Tensor padded(const Chances& chances, const Cut& cut) {
  const Cut& from = chances.cut;
  if (from.rows == cut.rows && from.cols == cut.cols) return chances.of_class;
  const std::int64_t left = from.left - cut.left, top = from.top - cut.top;
  const std::vector<std::int64_t> margins = {left, cut.cols - from.cols - left, top,
                                             cut.rows - from.rows - top};
  at::Tensor whole = at::constant_pad_nd(chances.of_class, margins, 0.0);
  whole.select(1, 0).copy_(at::constant_pad_nd(chances.of_class.select(1, 0), margins, 1.0));
  return whole;
}

/// Of each picture: the mean of `chance` over the foreground, over everything where there is none.
at::Tensor meanChance(const at::Tensor& chance, const at::Tensor& chosen) {
  const at::Tensor foreground = chosen.gt(0);
  const at::Tensor count = foreground.sum({1, 2});
  const at::Tensor over_all = chance.mean({1, 2}, false, at::kDouble);
  const at::Tensor sum = (chance * foreground).sum({1, 2}, false, at::kDouble);
  return at::where(count.gt(0), sum / count.clamp_min(1), over_all).to(at::kCPU, at::kFloat);
}

/// Entropy of each pixel's chances, 255 where all classes are alike.
at::Tensor doubtOf(const at::Tensor& of_class) {
  const at::Tensor entropy = -(of_class * of_class.clamp_min(1e-12).log()).sum(1);
  const double most = std::log(static_cast<double>(of_class.size(1)));
  return (entropy * (255.0 / most)).round().clamp(0.0, 255.0).to(at::kCPU, at::kByte).contiguous();
}

at::Tensor chancesOf(const Member& member, const at::Tensor& image) {
  const auto calibrated = [&member](const at::Tensor& seen) {
    return at::softmax(member.forward(seen) / member.settings.temperature, 1);
  };
  const at::Tensor plain = calibrated(image);
  if (!member.settings.flip_averaging) return plain;
  return 0.5 * (plain + calibrated(image.flip({3})).flip({3}));
}

/// A Gaussian around the middle of `length` samples.
at::Tensor bump(int length, const at::Tensor& like) {
  const at::Tensor x = at::arange(length, like.options()) - (length - 1) / 2.0;
  return (-0.5 * (x / (kTileSigma * length)).square()).exp();
}

/// Puts a part [cut.rows x cut.cols] into its place; `value` says what each byte becomes.
template <class Value>
void place(const std::uint8_t* part, const Cut& cut, std::uint8_t* whole, int cols,
           const Value& value) {
  for (int r = 0; r < cut.rows; ++r, part += cut.cols) {
    std::transform(part, part + cut.cols,
                   whole + static_cast<std::ptrdiff_t>(cut.top + r) * cols + cut.left, value);
  }
}
}  // namespace

at::Tensor gridChances(const Member& member, const at::Tensor& gray) {
  const at::Tensor image = member.prepare(gray);
  const std::vector<int> tops = tileStarts(static_cast<int>(image.size(2)), member.grid_rows);
  const std::vector<int> lefts = tileStarts(static_cast<int>(image.size(3)), member.grid_cols);
  if (tops.size() == 1 && lefts.size() == 1) return chancesOf(member, image);
  const at::Tensor weight =
      bump(member.grid_rows, image).view({-1, 1}) * bump(member.grid_cols, image).view({1, -1});
  const auto tileOf = [&](const at::Tensor& whole, int top, int left) {
    return whole.narrow(2, top, member.grid_rows).narrow(3, left, member.grid_cols);
  };
  at::Tensor sum, weights = at::zeros({1, 1, image.size(2), image.size(3)}, image.options());
  for (const int top : tops) {
    for (const int left : lefts) {
      const at::Tensor chances = chancesOf(member, tileOf(image, top, left).contiguous());
      if (!sum.defined()) {
        sum = at::zeros({image.size(0), chances.size(1), image.size(2), image.size(3)},
                        chances.options());
      }
      tileOf(sum, top, left).add_(chances * weight);
      tileOf(weights, top, left).add_(weight);
    }
  }
  return sum / weights;
}

Chances broughtBack(const at::Tensor& on_grid, const GridPicture& picture) {
  const Placement& p = picture.placement;
  const Cut& cut = picture.cut;
  const at::Tensor inside = on_grid.narrow(2, p.top, p.rows).narrow(3, p.left, p.cols);
  return {cut, at::upsample_bilinear2d(inside.contiguous(), {cut.rows, cut.cols}, false)};
}

Chances meanOf(const std::vector<Chances>& parts) {
  Chances mean = parts.front();
  if (parts.size() == 1) return mean;
  for (const Chances& part : parts) mean.cut = bothCuts(mean.cut, part.cut);
  mean.of_class = padded(parts.front(), mean.cut);
  for (const Chances& part : std::span(parts).subspan(1)) {
    mean.of_class = mean.of_class + padded(part, mean.cut);
  }
  mean.of_class = mean.of_class / static_cast<double>(parts.size());
  return mean;
}

Segmentation decide(const Chances& chances, int rows, int cols, const Decision& decision) {
  const auto [chance, chosen] = chances.of_class.max(1);
  const at::Tensor classes = chosen.to(at::kCPU, at::kByte).contiguous();
  const at::Tensor confidence = meanChance(chance, chosen);
  const at::Tensor doubts = decision.doubt ? doubtOf(chances.of_class) : at::Tensor();
  const auto count = static_cast<std::size_t>(classes.size(0));
  const Cut& cut = chances.cut;
  const std::size_t part = static_cast<std::size_t>(cut.rows) * static_cast<std::size_t>(cut.cols);
  Segmentation all;
  all.masks.resize(count);
  if (decision.doubt) all.doubt.resize(count);
  parallelFor(count, 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      media::FrameMask& mask = all.masks[i];
      mask = {static_cast<int>(i), rows, cols, {}, confidence.data_ptr<float>()[i]};
      mask.labels.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
      place(classes.data_ptr<std::uint8_t>() + i * part, cut, mask.labels.data(), cols,
            [&](std::uint8_t k) {
              return static_cast<std::uint8_t>(k == 0 ? 0 : decision.labels[k - 1U].value);
            });
      for (const int label : decision.ellipses) imposeEllipse(mask.labels, rows, cols, label);
      if (!decision.doubt) continue;
      all.doubt[i] = media::Image(rows, cols);
      place(doubts.data_ptr<std::uint8_t>() + i * part, cut,
            all.doubt[i].samples<std::uint8_t>().data(), cols, std::identity());
    }
  });
  return all;
}

namespace {
using Pictures = std::span<const GridPicture>;

/// Whether a network sees the picture in tiles: at its training's scale, closer would be too close.
bool isTiled(std::span<const Member> members, std::span<const Pictures> pictures, std::size_t i) {
  for (std::size_t m = 0; m < members.size(); ++m) {
    const Placement& grid = pictures[m][i].placement;
    if (grid.grid_rows != members[m].grid_rows || grid.grid_cols != members[m].grid_cols) {
      return true;
    }
  }
  return false;
}

/// Whether picture i can go through every network together with picture i - 1: tiles are many
/// already.
bool goTogether(std::span<const Member> members, std::span<const Pictures> pictures,
                std::size_t i) {
  return !isTiled(members, pictures, i - 1) && !isTiled(members, pictures, i);
}

/// Pictures [begin, end) of every member, on to `all`.
void answerBatch(std::span<const Member> members, std::span<const Pictures> pictures,
                 std::size_t begin, std::size_t end, const Runtime& runtime,
                 const Decision& decision, Segmentation& all) {
  std::vector<at::Tensor> on_grid;
  for (std::size_t m = 0; m < members.size(); ++m) {
    on_grid.push_back(
        gridChances(members[m], grayInput(pictures[m].subspan(begin, end - begin), runtime)));
  }
  const auto goesOn = [&](std::size_t i) {
    return std::ranges::all_of(pictures,
                               [i](Pictures own) { return liesAlike(own[i - 1], own[i]); });
  };
  for (std::size_t first = begin, next = begin; first < end; first = next) {
    for (++next; next < end && goesOn(next);) ++next;
    std::vector<Chances> parts;
    for (std::size_t m = 0; m < members.size(); ++m) {
      parts.push_back(broughtBack(on_grid[m].narrow(0, static_cast<std::int64_t>(first - begin),
                                                    static_cast<std::int64_t>(next - first)),
                                  pictures[m][first]));
    }
    const GridPicture& shape = pictures.front()[first];
    Segmentation decided = decide(meanOf(parts), shape.rows, shape.cols, decision);
    for (media::FrameMask& mask : decided.masks) {
      mask.frame_index = static_cast<int>(all.masks.size());
      all.masks.push_back(std::move(mask));
    }
    std::ranges::move(decided.doubt, std::back_inserter(all.doubt));
  }
}

/// Pixels [x0, x1) x [y0, y1) that carry a label; none where the mask is empty.
std::optional<media::PixelRectangle> labelled(const media::FrameMask& mask) {
  media::PixelRectangle box{mask.cols, mask.rows, 0, 0};
  std::size_t index = 0;
  for (int r = 0; r < mask.rows; ++r) {
    for (int c = 0; c < mask.cols; ++c) {
      if (mask.labels[index++] == 0) continue;
      box = {std::min(box.x0, c), std::min(box.y0, r), std::max(box.x1, c + 1), r + 1};
    }
  }
  if (box.x1 == 0) return std::nullopt;
  return box;
}

GridPicture closer(const GridPicture& picture, const media::PixelRectangle& found, double margin) {
  const Placement& grid = picture.placement;
  // Of several networks one may have found what another does not look at.
  const Cut whole =
      bothCuts(picture.cut, {found.y0, found.x0, found.y1 - found.y0, found.x1 - found.x0});
  const Cut cut = cutCloser(found, margin, grid, whole);
  const Placement placement = placeInGrid(cut.rows, cut.cols, grid.grid_rows, grid.grid_cols);
  return {picture.rows,
          picture.cols,
          cut,
          placement,
          toGrid(cutOut(picture.source, picture.cols, cut), cut.rows, cut.cols, placement),
          picture.source};
}

Segmentation answerOnce(std::span<const Member> members, std::span<const Pictures> pictures,
                        const Runtime& runtime, const Decision& decision,
                        const std::function<void(std::size_t)>& on_batch) {
  const std::size_t most = runtime.onGpu() ? kGpuBatch : kCpuBatch;
  const std::size_t count = pictures.front().size();
  Segmentation all;
  for (std::size_t begin = 0, end = 0; begin < count; begin = end) {
    const std::size_t last = std::min(begin + most, count);
    for (end = begin + 1; end < last && goTogether(members, pictures, end);) ++end;
    answerBatch(members, pictures, begin, end, runtime, decision, all);
    if (on_batch) on_batch(end);
  }
  return all;
}

/// Pictures that show something, closer, in place of the first answers.
void lookAgain(std::span<const Member> members, std::span<const Pictures> pictures,
               const Runtime& runtime, const Decision& decision, Segmentation& all) {
  std::vector<std::size_t> seen;
  std::vector<std::vector<GridPicture>> own(members.size());
  for (std::size_t i = 0; i < all.masks.size(); ++i) {
    const auto found = labelled(all.masks[i]);
    if (!found || isTiled(members, pictures, i)) continue;
    seen.push_back(i);
    for (std::size_t m = 0; m < members.size(); ++m) {
      own[m].push_back(closer(pictures[m][i], *found, decision.second_look));
    }
  }
  if (seen.empty()) return;
  const std::vector<Pictures> views(own.begin(), own.end());
  Segmentation again = answerOnce(members, views, runtime, decision, {});
  for (std::size_t k = 0; k < seen.size(); ++k) {
    // Something that is gone on closer look was seen at least once: the first answer stands.
    if (!labelled(again.masks[k])) continue;
    again.masks[k].frame_index = static_cast<int>(seen[k]);
    all.masks[seen[k]] = std::move(again.masks[k]);
    if (decision.doubt) all.doubt[seen[k]] = std::move(again.doubt[k]);
  }
}
}  // namespace

Segmentation answer(std::span<const Member> members, std::span<const Pictures> pictures,
                    const Runtime& runtime, const Decision& decision,
                    const std::function<void(std::size_t)>& on_batch) {
  const at::NoGradGuard no_grad;
  Segmentation all = answerOnce(members, pictures, runtime, decision, on_batch);
  if (decision.second_look > 0.0) lookAgain(members, pictures, runtime, decision, all);
  return all;
}

}  // namespace sonotwin::segment
