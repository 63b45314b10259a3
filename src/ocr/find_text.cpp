// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/ocr/find_text.h"

#include <omp.h>
#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "lines.h"
#include "sonotwin/base/error.h"
#include "text_picture.h"

namespace sonotwin::ocr {
namespace {
constexpr int kFrames = 5;  // of a clip that are looked at
// Where letters are looked for: against what is around them, for dim ones and such on a ramp, in
// surroundings wider than bold strokes and than those of small print; and by level, for those in
// speckle.
constexpr std::array kReaches_px = {7, 3};
constexpr int kLeastContrast = 10;
constexpr int kLevelStep = 20;
constexpr int kSmallestSide_px = 8;  // no letters fit below
// Set on seeds that the figures in docs/accuracy.md are not from.
constexpr double kSureLikeness = 5.2;   // print, whether or not it can be read
constexpr double kLeastLikeness = 2.5;  // has to be read
// Of frames that are looked at one by one: a clip has hundreds, and each could be mistaken. Plain
// names reach 13 and more, frames without print 8.3 at most.
constexpr double kPlainLikeness = 10.0;
constexpr std::size_t kMostRead = 4;  // lines of a picture; speckle gives more now and then
// Of 100: the surest word a line must have; the likelier the line, the less.
constexpr double kSureOfAWord = 65.0, kLessPerLikeness = 12.0;
constexpr int kLettersOfAWord = 3;  // or digits
constexpr int kReaderResolution_dpi = 210;
constexpr double kSameLine = 0.6;  // of the smaller one's area

int lettersOf(const char* word) {
  const auto printed = std::count_if(word, word + std::strlen(word), [](unsigned char c) {
    return std::isalnum(c) != 0 || (c & 0xC0U) == 0xC0U;  // a letter's first byte beyond ASCII
  });
  return static_cast<int>(printed);
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

std::int64_t areaOf(const media::PixelRectangle& box) {
  return std::int64_t{box.x1 - box.x0} * (box.y1 - box.y0);
}

std::int64_t sharedArea(const media::PixelRectangle& a, const media::PixelRectangle& b) {
  return std::int64_t{std::max(0, std::min(a.x1, b.x1) - std::max(a.x0, b.x0))} *
         std::max(0, std::min(a.y1, b.y1) - std::max(a.y0, b.y0));
}

bool sameLine(const media::PixelRectangle& a, const media::PixelRectangle& b) {
  return sharedArea(a, b) > kSameLine * static_cast<double>(std::min(areaOf(a), areaOf(b)));
}

/// What lies between letters and right around them looks like letters, too: then `box` holds the
/// line but for its rim.
bool holds(const media::PixelRectangle& box, const Line& line) {
  const auto& own = line.box;
  const int left_out = line.upright ? std::max(0, box.x0 - own.x0) + std::max(0, own.x1 - box.x1)
                                    : std::max(0, box.y0 - own.y0) + std::max(0, own.y1 - box.y1);
  return left_out <= 0.5 * line.height && 2 * sharedArea(box, own) >= areaOf(own);
}

/// Commas and soft edges stand out less than letters.
media::PixelRectangle withMargin(const Line& line, const media::Image& image) {
  const int margin = 2 + static_cast<int>(0.2 * line.height);
  return inPicture(image, {line.box.x0 - margin, line.box.y0 - margin, line.box.x1 + margin,
                           line.box.y1 + margin});
}

/// The likeliest first, those at least `least` likely.
std::vector<Line> likelyLines(const media::Image& gray,
                              std::span<const media::PixelRectangle> areas, double least) {
  std::vector<Line> likely;
  const auto add = [&](const std::vector<Letter>& letters) {
    for (const Line& line : linesOf(letters)) {
      const bool wanted = std::ranges::any_of(
          areas, [&](const media::PixelRectangle& area) { return sharedArea(area, line.box) > 0; });
      if (wanted && line.likeness >= least) likely.push_back(line);
    }
  };
  for (const int reach_px : kReaches_px) add(standingOut(gray, reach_px, kLeastContrast));
  for (int level = kLevelStep; level < 255; level += kLevelStep) add(dividedAt(gray, level));
  std::ranges::sort(likely, std::ranges::greater(), &Line::likeness);
  return likely;
}

void join(std::vector<FoundText>& found, FoundText text) {
  for (bool again = true; again;) {
    again = false;
    for (auto other = found.begin(); other != found.end(); ++other) {
      if (sharedArea(other->box, text.box) == 0) continue;
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

void addPlanes(const media::Image& image, std::vector<media::Image>& pictures) {
  pictures.push_back(brightestChannel(image));
  for (media::Image& plane : colourDifferences(image)) pictures.push_back(std::move(plane));
}

// First, middle and last frame say what comes and goes; what stands still while speckle moves is
// clearest in what some more have in common: bright print where each pixel is darkest, dark print
// where it is brightest.
std::vector<media::Image> picturesOf(const media::Clip& clip, const Progress& progress) {
  const int last = clip.info.frame_count - 1;
  std::vector<media::Image> pictures;
  for (const int number : std::set<int>{0, last / 2, last}) {
    progress.throwIfCancelled();
    addPlanes(clip.pixels->frame(number), pictures);
  }
  if (last == 0) return pictures;
  media::Image bright = pictures.front(), dark = pictures.front();
  for (int i = 1; i < kFrames; ++i) {
    progress.throwIfCancelled();
    const media::Image frame = brightestChannel(clip.pixels->frame(i * last / (kFrames - 1)));
    keepDarkest(bright, frame);
    keepBrightest(dark, frame);
  }
  pictures.push_back(std::move(bright));
  pictures.push_back(std::move(dark));
  return pictures;
}
}  // namespace

struct TextFinder::Impl {
  mutable tesseract::TessBaseAPI engine;

  void find(const media::Image& gray, std::span<const media::PixelRectangle> areas, double least,
            std::vector<FoundText>& found) const;
  /// The surest word of a line, if any is sure enough; its box is the line's.
  [[nodiscard]] std::optional<FoundText> read(const media::Image& gray, const Line& line) const;
  [[nodiscard]] FoundText surestWord(const TextPicture& picture) const;
};

TextFinder::TextFinder() : impl_(std::make_unique<Impl>()) {
  if (impl_->engine.Init(nullptr, "eng", tesseract::OEM_LSTM_ONLY) != 0) {
    throw Error(ErrorKind::kDevice,
                "Burned-in text cannot be looked for: the English data of Tesseract is missing. "
                "Install the package tesseract-ocr-eng.");
  }
  impl_->engine.SetPageSegMode(tesseract::PSM_SINGLE_LINE);
  // It reports to stderr what it thinks of odd pictures.
  impl_->engine.SetVariable("debug_file", "/dev/null");
}
TextFinder::~TextFinder() = default;
TextFinder::TextFinder(TextFinder&&) noexcept = default;
TextFinder& TextFinder::operator=(TextFinder&&) noexcept = default;

void TextFinder::Impl::find(const media::Image& gray, std::span<const media::PixelRectangle> areas,
                            double least, std::vector<FoundText>& found) const {
  if (gray.cols < kSmallestSide_px || gray.rows < kSmallestSide_px) return;
  std::vector<media::PixelRectangle> read_before;
  for (const Line& line : likelyLines(gray, areas, least)) {
    if (std::ranges::any_of(found, [&](const FoundText& text) { return holds(text.box, line); })) {
      continue;
    }
    if (line.likeness >= kSureLikeness) {
      join(found, {withMargin(line, gray), 1.0 / (1.0 + std::exp(-line.likeness)), line.letters});
      continue;
    }
    const bool was_read = std::ranges::any_of(
        read_before, [&](const media::PixelRectangle& box) { return sameLine(box, line.box); });
    if (was_read || read_before.size() == kMostRead) continue;
    read_before.push_back(line.box);
    if (const auto text = read(gray, line)) join(found, *text);
  }
}

std::optional<FoundText> TextFinder::Impl::read(const media::Image& gray, const Line& line) const {
  const double needed = kSureOfAWord - kLessPerLikeness * (line.likeness - kLeastLikeness);
  std::optional<FoundText> surest;
  for (const bool turned : {false, true}) {
    FoundText text = surestWord(cutOut(gray, line, turned));
    text.box = withMargin(line, gray);
    if (100.0 * text.confidence >= needed && (!surest || text.confidence > surest->confidence))
      surest = text;
  }
  return surest;
}

FoundText TextFinder::Impl::surestWord(const TextPicture& picture) const {
  engine.SetImage(picture.gray.data(), picture.cols, picture.rows, 1, picture.cols);
  engine.SetSourceResolution(kReaderResolution_dpi);
  const Alone alone;
  if (engine.Recognize(nullptr) != 0) {
    throw Error(ErrorKind::kInternal, "The search for burned-in text failed on a picture.");
  }
  const std::unique_ptr<tesseract::ResultIterator> words(engine.GetIterator());
  FoundText surest;
  if (!words) return surest;
  do {
    const std::unique_ptr<char[]> word(words->GetUTF8Text(tesseract::RIL_WORD));
    const float confidence = words->Confidence(tesseract::RIL_WORD);
    if (!word || lettersOf(word.get()) < kLettersOfAWord) continue;
    if (confidence / 100.0 > surest.confidence) {
      surest = {{}, confidence / 100.0, lettersOf(word.get())};
    }
  } while (words->Next(tesseract::RIL_WORD));
  engine.Clear();
  return surest;
}

std::vector<FoundText> TextFinder::find(const media::Image& image,
                                        const media::PixelRectangle& area) const {
  std::vector<media::Image> pictures;
  addPlanes(image, pictures);
  std::vector<FoundText> found;
  for (const media::Image& picture : pictures) {
    impl_->find(picture, std::span(&area, 1), kLeastLikeness, found);
  }
  return found;
}

std::vector<FoundText> TextFinder::find(const media::Clip& clip,
                                        std::span<const media::PixelRectangle> areas,
                                        const Progress& progress) const {
  const media::PixelRectangle all{0, 0, clip.info.cols, clip.info.rows};
  const std::span<const media::PixelRectangle> wanted = areas.empty() ? std::span(&all, 1) : areas;
  std::vector<FoundText> found;
  for (const media::Image& picture : picturesOf(clip, progress)) {
    progress.throwIfCancelled();
    impl_->find(picture, wanted, kLeastLikeness, found);
  }
  for (int i = 0; i < clip.info.frame_count && clip.info.frame_count > 1; ++i) {
    progress.report(static_cast<double>(i) / clip.info.frame_count, "looking for burned-in text");
    impl_->find(brightestChannel(clip.pixels->frame(i)), wanted, kPlainLikeness, found);
  }
  progress.report(1.0, "looking for burned-in text");
  return found;
}

}  // namespace sonotwin::ocr
