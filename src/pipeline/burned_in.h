// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sonotwin/media/clip.h"
#include "sonotwin/ocr/find_text.h"

namespace sonotwin::pipeline {

/// What is to be done about text in the pixels of an object.
struct BurnedIn {
  std::vector<media::PixelRectangle> blank;  ///< outside the ultrasound regions, on every frame
  std::vector<media::PixelRectangle> found;  ///< where text was found in what is left
  std::string why_wait;                      ///< why a person must look first; empty: nobody need
};

/// Looks for text in pictures that came from outside; makes its engine when first needed.
class BurnedInSearch {
 public:
  /// An object with ultrasound regions is blanked outside them and searched inside; one without is
  /// searched all over, and waits for a person whatever is found: so does one whose regions do not
  /// fit the picture. `pixels_checked`: a person vouches for what is left; nothing is searched.
  [[nodiscard]] BurnedIn inObject(const media::Clip& clip, bool pixels_checked,
                                  const Progress& progress);

  /// A picture or sweep of a format without regions waits where a word of four letters or digits is
  /// surely there, or anything in three places. Of less, `found` has those and nobody need look.
  [[nodiscard]] BurnedIn inPlain(const media::Clip& clip, const Progress& progress);

 private:
  [[nodiscard]] const ocr::TextFinder& finder();
  std::optional<ocr::TextFinder> finder_;
};

/// "left,top,right,bottom", as the options take it.
[[nodiscard]] std::string textOf(const media::PixelRectangle& box);

/// The same frames with the boxes black.
[[nodiscard]] std::shared_ptr<const media::FrameSource> blanked(
    std::shared_ptr<const media::FrameSource> frames, std::vector<media::PixelRectangle> boxes);

}  // namespace sonotwin::pipeline
