// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/ocr/find_text.h"

#include <omp.h>
#include <tesseract/baseapi.h>
#include <tesseract/ocrclass.h>
#include <tesseract/resultiterator.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <set>
#include <string>

#include "sonotwin/base/error.h"
#include "text_picture.h"

namespace sonotwin::ocr {
namespace {
constexpr int kFrames = 5;            // of a clip that are looked at
constexpr int kPatience_ms = 20'000;  // for one picture; speckle can look like endless print
constexpr int kMargin_px = 2;         // around a word: letters have soft edges
// Looked at as it is, for dim print, and without its darker part, for print over tissue.
constexpr std::array kBlacks = {0.0, 128.0};
constexpr int kSmallestSide_px = 8;  // no letters fit below
// Set by what speckle and depth scales are mistaken for, and by the synthetic names of the tests.
constexpr float kSureOfAWord = 40.0F;  // of 100, from three letters or digits on
constexpr float kSureOfAPair = 75.0F;  // two of them

int lettersOf(const char* word) {
  const auto printed = std::count_if(word, word + std::strlen(word), [](unsigned char c) {
    return std::isalnum(c) != 0 || (c & 0xC0U) == 0xC0U;  // a letter's first byte beyond ASCII
  });
  return static_cast<int>(printed);
}

bool countsAsText(int printed, float confidence) {
  return (printed >= 3 && confidence >= kSureOfAWord) ||
         (printed == 2 && confidence >= kSureOfAPair);
}

/// While it lives, this thread's parallel regions are its own work alone. Tesseract hands tiny
/// pieces of a picture to four threads, which wait for each other: three times the processor time,
/// and no sooner done.
class Alone {
 public:
  Alone() { omp_set_max_active_levels(0); }
  ~Alone() { omp_set_max_active_levels(before_); }
  Alone(const Alone&) = delete;
  Alone& operator=(const Alone&) = delete;

 private:
  int before_ = omp_get_max_active_levels();
};

media::PixelRectangle inPicture(const media::Image& image, const media::PixelRectangle& area) {
  return {std::clamp(area.x0, 0, image.cols), std::clamp(area.y0, 0, image.rows),
          std::clamp(area.x1, 0, image.cols), std::clamp(area.y1, 0, image.rows)};
}

bool overlap(const media::PixelRectangle& a, const media::PixelRectangle& b) {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

void join(std::vector<FoundText>& found, FoundText text) {
  for (bool again = true; again;) {
    again = false;
    for (auto other = found.begin(); other != found.end(); ++other) {
      if (!overlap(other->box, text.box)) continue;
      text.box = {std::min(text.box.x0, other->box.x0), std::min(text.box.y0, other->box.y0),
                  std::max(text.box.x1, other->box.x1), std::max(text.box.y1, other->box.y1)};
      text.confidence = std::max(text.confidence, other->confidence);
      text.letters = std::max(text.letters, other->letters);
      found.erase(other);
      again = true;
      break;
    }
  }
  found.push_back(text);
}
// First, middle and last frame say what comes and goes; what stands still while speckle moves is
// clearest in what some more have in common.
std::vector<media::Image> picturesOf(const media::Clip& clip, const Progress& progress) {
  const int last = clip.info.frame_count - 1;
  std::vector<media::Image> pictures;
  for (const int number : std::set<int>{0, last / 2, last}) {
    progress.throwIfCancelled();
    pictures.push_back(brightestChannel(clip.pixels->frame(number)));
  }
  if (pictures.size() < 2) return pictures;
  media::Image common = pictures.front();
  for (int i = 1; i < kFrames; ++i) {
    progress.throwIfCancelled();
    keepDarkest(common, brightestChannel(clip.pixels->frame(i * last / (kFrames - 1))));
  }
  pictures.push_back(std::move(common));
  return pictures;
}
}  // namespace

struct TextFinder::Impl {
  mutable tesseract::TessBaseAPI engine;

  [[nodiscard]] std::vector<FoundText> find(const media::Image& gray,
                                            const media::PixelRectangle& area) const;
  void read(const media::Image& gray, const media::PixelRectangle& part, double black,
            std::vector<FoundText>& found) const;
};

TextFinder::TextFinder() : impl_(std::make_unique<Impl>()) {
  if (impl_->engine.Init(nullptr, "eng", tesseract::OEM_LSTM_ONLY) != 0) {
    throw Error(ErrorKind::kDevice,
                "Burned-in text cannot be looked for: the English data of Tesseract is missing. "
                "Install the package tesseract-ocr-eng.");
  }
  impl_->engine.SetPageSegMode(tesseract::PSM_SPARSE_TEXT);
  // It reports to stderr what it thinks of odd pictures.
  impl_->engine.SetVariable("debug_file", "/dev/null");
}
TextFinder::~TextFinder() = default;
TextFinder::TextFinder(TextFinder&&) noexcept = default;
TextFinder& TextFinder::operator=(TextFinder&&) noexcept = default;

std::vector<FoundText> TextFinder::Impl::find(const media::Image& gray,
                                              const media::PixelRectangle& area) const {
  const media::PixelRectangle part = inPicture(gray, area);
  std::vector<FoundText> found;
  if (part.x1 - part.x0 < kSmallestSide_px || part.y1 - part.y0 < kSmallestSide_px) return found;
  for (const double black : kBlacks) read(gray, part, black, found);
  return found;
}

void TextFinder::Impl::read(const media::Image& gray, const media::PixelRectangle& part,
                            double black, std::vector<FoundText>& found) const {
  const TextPicture picture = makeTextPicture(gray, part, black);
  engine.SetImage(picture.gray.data(), picture.cols, picture.rows, 1, picture.cols);
  engine.SetSourceResolution(70 * picture.scale);
  const Alone alone;
  tesseract::ETEXT_DESC watch;
  watch.set_deadline_msecs(kPatience_ms);
  const bool done = engine.Recognize(&watch) == 0;
  if (watch.deadline_exceeded()) {  // a person must look at all of it
    engine.Clear();
    return join(found, {part, 0.0, 0});
  }
  if (!done) {
    throw Error(ErrorKind::kInternal, "The search for burned-in text failed on a picture.");
  }
  const std::unique_ptr<tesseract::ResultIterator> words(engine.GetIterator());
  if (!words) return;
  do {
    const std::unique_ptr<char[]> word(words->GetUTF8Text(tesseract::RIL_WORD));
    const float confidence = words->Confidence(tesseract::RIL_WORD);
    int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    if (!word || !countsAsText(lettersOf(word.get()), confidence) ||
        !words->BoundingBox(tesseract::RIL_WORD, &x0, &y0, &x1, &y1)) {
      continue;
    }
    const int scale = picture.scale;
    join(found,
         {inPicture(gray, {part.x0 + x0 / scale - kMargin_px, part.y0 + y0 / scale - kMargin_px,
                           part.x0 + (x1 + scale - 1) / scale + kMargin_px,
                           part.y0 + (y1 + scale - 1) / scale + kMargin_px}),
          confidence / 100.0, lettersOf(word.get())});
  } while (words->Next(tesseract::RIL_WORD));
  engine.Clear();
}

std::vector<FoundText> TextFinder::find(const media::Image& image,
                                        const media::PixelRectangle& area) const {
  return impl_->find(brightestChannel(image), area);
}

std::vector<FoundText> TextFinder::find(const media::Clip& clip,
                                        std::span<const media::PixelRectangle> areas,
                                        const Progress& progress) const {
  const std::vector<media::Image> pictures = picturesOf(clip, progress);
  const media::PixelRectangle all{0, 0, clip.info.cols, clip.info.rows};
  const std::span<const media::PixelRectangle> searched =
      areas.empty() ? std::span(&all, 1) : areas;
  std::vector<FoundText> found;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    progress.report(static_cast<double>(i) / static_cast<double>(pictures.size()),
                    "looking for burned-in text");
    for (const media::PixelRectangle& area : searched) {
      for (const FoundText& text : impl_->find(pictures[i], area)) join(found, text);
    }
  }
  progress.report(1.0, "looking for burned-in text");
  return found;
}

}  // namespace sonotwin::ocr
