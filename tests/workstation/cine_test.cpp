// SPDX-License-Identifier: Apache-2.0
#include "presenters/cine.h"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <atomic>

#include "presenters/frame_loader.h"
#include "synthetic_store.h"
#include "wait.h"

namespace sonotwin::workstation {
namespace {
using testing::waitFor;

/// Frames 0, 10 and 40 ms after the first: the last lasts as long as the mean, 20 ms.
std::vector<double> unevenTimes() {
  return {0.0, 0.010, 0.040};
}

TEST(Cine, ShowsTheFrameThatIsDue) {
  Cine cine;
  cine.setTimes(unevenTimes());
  EXPECT_NEAR(cine.duration_s(), 0.060, 1e-12);
  EXPECT_EQ(cine.frameAt(0.0), 0);
  EXPECT_EQ(cine.frameAt(0.0099), 0);
  EXPECT_EQ(cine.frameAt(0.0101), 1);
  EXPECT_EQ(cine.frameAt(0.0399), 1);
  EXPECT_EQ(cine.frameAt(0.0500), 2);
}

TEST(Cine, LoopsAtItsDuration) {
  Cine cine;
  cine.setTimes(unevenTimes());
  cine.advanceTo(0.060 + 0.015);
  EXPECT_EQ(cine.frame(), 1);
  cine.advanceTo(3 * 0.060 + 0.001);
  EXPECT_EQ(cine.frame(), 0);
}

TEST(Cine, StopsAtTheEndWithoutLoop) {
  Cine cine;
  cine.setTimes(unevenTimes());
  cine.setLoops(false);
  cine.play();
  EXPECT_TRUE(cine.playing());
  cine.advanceTo(0.061);
  EXPECT_EQ(cine.frame(), 2);
  EXPECT_FALSE(cine.playing());
}

TEST(Cine, SpeedScalesTimeFromWhereItIs) {
  Cine cine;
  cine.setTimes(unevenTimes());
  cine.seek(1);
  cine.setSpeed(0.25);
  cine.advanceTo(0.116);  // 29 ms of clip time after 10
  EXPECT_EQ(cine.frame(), 1);
  cine.advanceTo(0.124);
  EXPECT_EQ(cine.frame(), 2);
}

TEST(Cine, PlaysByItselfAndHoldsToItsEnds) {
  Cine cine;
  cine.setTimes(unevenTimes());
  cine.play();
  ASSERT_TRUE(waitFor(&cine, &Cine::frameChanged, [&] { return cine.frame() == 2; }));
  cine.step(5);
  EXPECT_FALSE(cine.playing());
  EXPECT_EQ(cine.frame(), 2);
  cine.step(-9);
  EXPECT_EQ(cine.frame(), 0);
}

/// Frames that are decoded only when the test lets them through.
class GatedFrames final : public media::FrameSource {
 public:
  explicit GatedFrames(media::Clip clip) : clip_(std::move(clip)) {}
  media::Image frame(int index) const override {
    while (!open) std::this_thread::yield();
    return clip_.pixels->frame(index);
  }
  std::atomic<bool> open = true;

 private:
  media::Clip clip_;
};

TEST(FrameLoader, DecodesWhatIsAskedAndKeepsIt) {
  FrameLoader loader;
  loader.setClip(std::make_shared<const media::Clip>(testing::makeSweep()));
  Picture shown;
  QObject::connect(&loader, &FrameLoader::ready,
                   [&](int, const LoadedFrame& f) { shown = f.picture; });
  EXPECT_EQ(loader.request(7, 2).picture, nullptr);
  ASSERT_TRUE(waitFor(&loader, &FrameLoader::ready, [&] { return shown != nullptr; }));
  EXPECT_EQ(shown->samples<std::uint8_t>()[0], 7 * 20);
  EXPECT_EQ(loader.request(7, 2).picture, shown);
  EXPECT_EQ(loader.request(7, 2).original, shown);
}

TEST(FrameLoader, DropsFramesOfTheClipBefore) {
  auto gate = std::make_shared<GatedFrames>(testing::makeSweep());
  media::Clip slow = testing::makeSweep();
  slow.pixels = gate;
  gate->open = false;
  FrameLoader loader;
  std::vector<int> levels;
  QObject::connect(&loader, &FrameLoader::ready, [&](int, const LoadedFrame& loaded) {
    levels.push_back(loaded.picture->samples<std::uint8_t>()[0]);
  });
  loader.setClip(std::make_shared<const media::Clip>(slow));
  loader.request(3, 0);
  loader.setClip(std::make_shared<const media::Clip>(testing::makeCine()));
  loader.request(3, 0);
  gate->open = true;
  ASSERT_TRUE(waitFor(&loader, &FrameLoader::ready, [&] { return !levels.empty(); }));
  EXPECT_EQ(levels, std::vector<int>{3 * 10});  // the cine's grey, not the sweep's 60
}

// Grey 60 with an exponent of 2 is 60² / 255 = 14; with 0.5, √(60 · 255) = 124.
TEST(FrameLoader, DropsFramesOfTheRecipeBeforeAndKeepsTheOriginal) {
  auto gate = std::make_shared<GatedFrames>(testing::makeSweep());
  media::Clip clip = testing::makeSweep();
  clip.pixels = gate;
  gate->open = false;
  FrameLoader loader;
  std::vector<int> levels;
  QObject::connect(&loader, &FrameLoader::ready, [&](int, const LoadedFrame& loaded) {
    levels.push_back(loaded.picture->samples<std::uint8_t>()[0]);
    levels.push_back(loaded.original->samples<std::uint8_t>()[0]);
  });
  const auto gamma = [](double exponent) {
    return enhance::Recipe{"test", 1, "", {{"gamma", {{"gamma", exponent}}}}};
  };
  loader.setClip(std::make_shared<const media::Clip>(clip));
  loader.setRecipe(gamma(0.5));
  loader.request(3, 0);
  loader.setRecipe(gamma(2.0));
  loader.request(3, 0);
  gate->open = true;
  ASSERT_TRUE(waitFor(&loader, &FrameLoader::ready, [&] { return !levels.empty(); }));
  EXPECT_EQ(levels, (std::vector<int>{14, 60}));
}

TEST(FrameLoader, SaysWhichFrameCannotBeRead) {
  media::Clip clip = testing::makeSweep();
  clip.info.frame_count = testing::kFrames + 1;  // one more than there are
  FrameLoader loader;
  loader.setClip(std::make_shared<const media::Clip>(clip));
  QString words;
  QObject::connect(&loader, &FrameLoader::failed,
                   [&](int, const QString& error) { words = error; });
  loader.request(testing::kFrames, 0);
  ASSERT_TRUE(waitFor(&loader, &FrameLoader::failed, [&] { return !words.isEmpty(); }));
  EXPECT_TRUE(words.contains(QString::number(testing::kFrames)));
}
}  // namespace
}  // namespace sonotwin::workstation
