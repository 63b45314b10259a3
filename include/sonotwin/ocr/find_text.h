// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::ocr {

/// A line of print in a picture. What it says stays inside: it may be a patient's name.
struct FoundText {
  media::PixelRectangle box;  ///< with a small margin, inside the picture
  double confidence = 0.0;    ///< 0 to 1, that it is print
  int letters = 0;            ///< and digits, of the longest line in it; about
};

/// Finds text burned into pictures: pieces that stand out and lie in rows like a machine's letters,
/// along rows or columns, bright or dark, of 5 to 70 pixels height. What surely looks like print
/// counts, whether or not it can be read; what may be print counts if Tesseract reads a word there.
/// It leans towards finding too much: a person looks at every box, and nobody looks at a name that
/// was missed. What it misses: docs/accuracy.md. One thread at a time. Cost: 6 to 45 ms of a core
/// for 640 x 480 pixels without print.
class TextFinder {
 public:
  /// @throws Error(kDevice) where the engine's English data is not installed
  TextFinder();
  ~TextFinder();
  TextFinder(TextFinder&&) noexcept;
  TextFinder& operator=(TextFinder&&) noexcept;

  /// Lines of print that reach into `area` of a picture of any type and colour, each whole: what
  /// is left of a name that is cut in two cannot be read any more.
  [[nodiscard]] std::vector<FoundText> find(const media::Image& image,
                                            const media::PixelRectangle& area) const;

  /// The same of a clip and any of the areas (none: the whole picture), from frames spread over it
  /// and from what all of those have in common: burned-in text stands still while speckle moves.
  /// Every other frame is looked at for plain print, which may come and go. Boxes that overlap are
  /// joined. @throws Error(kCancelled), what a frame's decoding throws
  [[nodiscard]] std::vector<FoundText> find(const media::Clip& clip,
                                            std::span<const media::PixelRectangle> areas,
                                            const Progress& progress) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonotwin::ocr
