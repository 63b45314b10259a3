// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::ocr {

/// A word in a picture. Which word it is stays inside: it may be a patient's name.
struct FoundText {
  media::PixelRectangle box;  ///< with a small margin, inside the picture
  double confidence = 0.0;    ///< 0 to 1; 0: an area too busy to be read, to be looked at by eye
  int letters = 0;            ///< and digits, of the longest word in it
};

/// Finds text burned into pictures. It leans towards finding too much: a person looks at every box,
/// and nobody looks at a name that was missed. One thread at a time.
class TextFinder {
 public:
  /// @throws Error(kDevice) where the engine's English data is not installed
  TextFinder();
  ~TextFinder();
  TextFinder(TextFinder&&) noexcept;
  TextFinder& operator=(TextFinder&&) noexcept;

  /// Words within `area` of a picture of any type and colour.
  [[nodiscard]] std::vector<FoundText> find(const media::Image& image,
                                            const media::PixelRectangle& area) const;

  /// Words of a clip within the areas (none: the whole picture), from frames spread over it and
  /// from what all of those have in common: burned-in text stands still while speckle moves.
  /// Boxes that overlap are joined. @throws Error(kCancelled), what a frame's decoding throws
  [[nodiscard]] std::vector<FoundText> find(const media::Clip& clip,
                                            std::span<const media::PixelRectangle> areas,
                                            const Progress& progress) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonotwin::ocr
