// SPDX-License-Identifier: Apache-2.0
#include "burned_in.h"

#include <algorithm>

#include "sonotwin/dicom/deidentify.h"

namespace sonotwin::pipeline {
namespace {
// Research sweeps and pictures seldom carry text, and nobody is asked about maybes in speckle.
constexpr double kSure = 0.85;
// A name is longer; what speckle and scales are surely mistaken for is shorter.
constexpr int kLettersOfAWord = 4;
// A copy of a scanner's screen is full of print; speckle looks like a word once in a while.
constexpr std::size_t kPlacesOfAScreen = 3;

/// The regions as rectangles of the picture; none where one does not fit it: then the picture was
/// scaled or cut since, and nobody knows where the regions are now.
std::vector<media::PixelRectangle> regionsInside(const media::ClipInfo& info) {
  std::vector<media::PixelRectangle> inside;
  for (const media::UltrasoundRegion& region : info.regions) {
    media::PixelRectangle box = region.rectangle;
    const bool has_area = box.x0 >= 0 && box.y0 >= 0 && box.x0 < box.x1 && box.y0 < box.y1;
    if (!has_area) continue;
    // Some makers give the corner beyond the last pixel rather than the last one.
    if (box.x1 > info.cols + 1 || box.y1 > info.rows + 1) return {};
    box.x1 = std::min(box.x1, info.cols);
    box.y1 = std::min(box.y1, info.rows);
    inside.push_back(box);
  }
  return inside;
}

std::vector<media::PixelRectangle> boxesOf(const std::vector<ocr::FoundText>& texts,
                                           double at_least) {
  std::vector<media::PixelRectangle> boxes;
  for (const ocr::FoundText& text : texts) {
    if (text.confidence >= at_least) boxes.push_back(text.box);
  }
  return boxes;
}

class BlankedFrames final : public media::FrameSource {
 public:
  BlankedFrames(std::shared_ptr<const media::FrameSource> frames,
                std::vector<media::PixelRectangle> boxes)
      : frames_(std::move(frames)), boxes_(std::move(boxes)) {}

  [[nodiscard]] media::Image frame(int index) const override {
    media::Image image = frames_->frame(index);
    const std::size_t pixel =
        media::bytesPerSample(image.type) * static_cast<std::size_t>(image.channels);
    for (const media::PixelRectangle& box : boxes_) {
      const int x0 = std::clamp(box.x0, 0, image.cols), x1 = std::clamp(box.x1, x0, image.cols);
      const int y0 = std::clamp(box.y0, 0, image.rows), y1 = std::clamp(box.y1, y0, image.rows);
      for (int row = y0; row < y1; ++row) {
        const auto first = static_cast<std::size_t>(row) * static_cast<std::size_t>(image.cols) +
                           static_cast<std::size_t>(x0);
        std::fill_n(image.data.begin() + static_cast<std::ptrdiff_t>(first * pixel),
                    static_cast<std::size_t>(x1 - x0) * pixel, std::byte{0});
      }
    }
    return image;
  }

 private:
  std::shared_ptr<const media::FrameSource> frames_;
  std::vector<media::PixelRectangle> boxes_;
};
}  // namespace

const ocr::TextFinder& BurnedInSearch::finder() {
  if (!finder_) finder_.emplace();
  return *finder_;
}

BurnedIn BurnedInSearch::inObject(const media::Clip& clip, bool pixels_checked,
                                  const Progress& progress) {
  BurnedIn result;
  const std::vector<media::PixelRectangle> inside = regionsInside(clip.info);
  if (!inside.empty()) {
    result.blank = dicom::outsideRegions(clip.info.regions, clip.info.cols, clip.info.rows);
  }
  if (pixels_checked) return result;
  result.found = boxesOf(finder().find(clip, inside, progress), 0.0);
  if (inside.empty()) {
    result.why_wait = clip.info.regions.empty()
                          ? "the file says nothing of where in its pictures the ultrasound is"
                          : "its ultrasound regions do not fit its pictures";
  } else if (!result.found.empty()) {
    result.why_wait = "there may be text in the ultrasound itself";
  }
  return result;
}

BurnedIn BurnedInSearch::inPlain(const media::Clip& clip, const Progress& progress) {
  const std::vector<ocr::FoundText> texts = finder().find(clip, {}, progress);
  BurnedIn result{.blank = {}, .found = boxesOf(texts, kSure), .why_wait = {}};
  const bool has_word = std::ranges::any_of(texts, [](const ocr::FoundText& text) {
    return text.confidence >= kSure && text.letters >= kLettersOfAWord;
  });
  if (!has_word && result.found.size() < kPlacesOfAScreen) return result;
  result.why_wait = has_word ? "there is text in its pictures"
                             : "it looks like a copy of a screen: there is text in " +
                                   std::to_string(result.found.size()) + " places";
  result.found = boxesOf(texts, 0.0);
  return result;
}

std::string textOf(const media::PixelRectangle& box) {
  return std::to_string(box.x0) + "," + std::to_string(box.y0) + "," + std::to_string(box.x1) +
         "," + std::to_string(box.y1);
}

std::shared_ptr<const media::FrameSource> blanked(std::shared_ptr<const media::FrameSource> frames,
                                                  std::vector<media::PixelRectangle> boxes) {
  return std::make_shared<BlankedFrames>(std::move(frames), std::move(boxes));
}

}  // namespace sonotwin::pipeline
