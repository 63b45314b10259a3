// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/store/identifying_text.h"

#include <gmock/gmock.h>

#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
using testing::HasSubstr;
using testing::Not;

/// What the message says that the text holds; empty: it is let pass.
std::string foundIn(const std::string& text) {
  const Failure failure = failureOf([&] { requireNamesNobody("reason", text); });
  if (!failure.kind) return {};
  EXPECT_EQ(failure.kind, ErrorKind::kBadInput);
  EXPECT_THAT(failure.text, Not(HasSubstr(text))) << "what was typed goes into no log";
  const std::string begin = "The reason holds ";
  return failure.text.substr(begin.size(), failure.text.find(',') - begin.size());
}

TEST(IdentifyingText, IsRefusedByWhatItLooksLike) {
  const std::string date = "a date";
  for (const char* const text :
       {"1980-02-29", "born 1980/2/9", "29.02.1980", "29.2.80", "02/29/1980",
        "seen 2024-05-17 again", "1980 02 29", "29 Feb 1980", "3rd March, 1979", "12. Mai 1980",
        "Oct 3, 1951", "5-DEC-1949", "*29.02.1980"}) {
    EXPECT_EQ(foundIn(text), date) << text;
  }
  for (const char* const text : {"1.2.840.10008.5.1", "see 1.2.276.0.7", "0.1.2.3"}) {
    EXPECT_EQ(foundIn(text), "a DICOM UID") << text;
  }
  EXPECT_EQ(foundIn("ask ada@example.org"), "an e-mail address");
  for (const char* const text : {"19800229", "MRN123456", "no 0000012 or 4711471147"}) {
    EXPECT_EQ(foundIn(text), "a number of six digits or more") << text;
  }
  for (const char* const text : {"030 12 34 56", "+49 30 123 45", "(030) 1234-56", "0151/12345"}) {
    EXPECT_EQ(foundIn(text), "a telephone number") << text;
  }
  EXPECT_EQ(foundIn("123-45-6789"), "a telephone or insurance number");
  EXPECT_EQ(foundIn("555 123 4567"), "a telephone or insurance number");
  for (const char* const text : {"two\nlines", "a\tb", "bell\x07", "del\x7f", "c1\xc2\x85"}) {
    EXPECT_EQ(foundIn(text), "a control character") << text;
  }
  EXPECT_EQ(foundIn(std::string("nul\0", 4)), "a control character");
}

TEST(IdentifyingText, LetsPassWhatIsSaidOfPictures) {
  for (const char* const text : {"",
                                 "LIVER",
                                 "left long",
                                 "Schilddrüse",
                                 "頸動脈",
                                 "a face",
                                 "no name in 120 frames",
                                 "frames 120-140 are blurred",
                                 "boxes 0,0,320,40 and 640 x 480",
                                 "3 weeks after surgery, 2024",
                                 "0.35 mm a pixel",
                                 "protocol v1.2.10",
                                 "1.2.3",
                                 "T2 2/3",
                                 "L4/5 and 12/5",
                                 "5.3 ml, 80 %",
                                 "vessel 10 to 12",
                                 "2024 study",
                                 "like clip-1234567890123456",
                                 "P-7123-4567 again",
                                 "three @ once",
                                 "may 12 frames be lost",
                                 "B-mode, 12 MHz, 4.5 cm deep"}) {
    EXPECT_EQ(foundIn(text), "") << text;
  }
}

TEST(IdentifyingText, LongTextIsRefusedBeforeItIsLookedThrough) {
  EXPECT_THAT(failureOf([] { requireNamesNobody("reason", std::string(1 << 20, '1')); }).text,
              HasSubstr("shorter"));
  EXPECT_EQ(foundIn(std::string(2000, '.')), "");
}

/// Everything that a person types and that is kept.
class TypedText : public testing::Test {
 protected:
  static void expectRefused(const std::string& what, const std::function<void()>& act) {
    const Failure failure = failureOf(act);
    EXPECT_EQ(failure.kind, ErrorKind::kBadInput) << what;
    EXPECT_THAT(failure.text, HasSubstr("The " + what + " holds a date"));
  }
  ScratchFolder scratch_;
  Store store_ = Store::create(scratch_.path() / "store");
  std::string clip_ = store_.addClip(noiseClip(1), originOf("a"), {}).id;
};

TEST_F(TypedText, IsLookedThroughWhereverItIsKept) {
  const std::string date = "Ada 1980-02-29";
  expectRefused("body region", [&] { store_.setView(clip_, date, ""); });
  expectRefused("view", [&] { store_.setView(clip_, "", date); });
  expectRefused("name of a search", [&] { store_.saveSearch(date, {}); });
  expectRefused("search's text", [&] { store_.saveSearch("mine", {.text = date}); });
  expectRefused("protocol's name", [&] { store_.saveProtocol({date, {{"a", "b", ""}}}); });
  expectRefused("view's name", [&] { store_.saveProtocol({"p", {{date, "b", ""}}}); });
  expectRefused("view's body region", [&] { store_.saveProtocol({"p", {{"a", date, ""}}}); });
  expectRefused("view", [&] { store_.saveProtocol({"p", {{"a", "b", date}}}); });
  const std::filesystem::path file = scratch_.path() / "file";
  writeBytes(file, "pixels");
  const std::string waits = store_.quarantineAdd(file, originOf("a"), {}, "print in 2 frames");
  expectRefused("reason", [&] { store_.quarantineReject(waits, date); });
  expectRefused("reason", [&] { store_.quarantineRelease(waits, date); });
  EXPECT_EQ(store_.quarantineRow(waits).state, "waiting");
  expectRefused("reason", [&] { std::ignore = store_.reidentify("P-0000-0000", "", {}, date); });
  EXPECT_EQ(store_.savedSearches().size() + store_.protocols().size(), 0U);
  EXPECT_EQ(store_.clipRow(clip_).body_region, "");
}

// A store of before may hold such a region: to name its view must go on.
TEST_F(TypedText, WhatStaysAsItWasIsNotLookedAt) {
  media::Clip clip = noiseClip(2);
  clip.info.body_region = "region 19800229";
  const std::string id = store_.addClip(clip, originOf("a"), {}).id;
  store_.setView(id, clip.info.body_region, "left long");
  EXPECT_EQ(store_.clipRow(id).view_label, "left long");
}
}  // namespace
}  // namespace sonotwin::store
