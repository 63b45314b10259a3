// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/base/progress.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sonotwin/base/error.h"

namespace sonotwin {
namespace {
struct Heard {
  std::vector<std::pair<double, std::string>> reports;
  Progress progress(std::stop_token stop = {}) {
    return Progress(
        [this](double fraction, std::string_view stage) { reports.emplace_back(fraction, stage); },
        std::move(stop));
  }
};

TEST(Progress, ReportsStayBetweenZeroAndOne) {
  Heard heard;
  const Progress progress = heard.progress();
  progress.report(-1.0, "a");
  progress.report(0.5);
  progress.report(7.0, "b");
  ASSERT_EQ(heard.reports.size(), 3U);
  EXPECT_EQ(heard.reports[0], std::pair(0.0, std::string("a")));
  EXPECT_EQ(heard.reports[1], std::pair(0.5, std::string()));
  EXPECT_EQ(heard.reports[2], std::pair(1.0, std::string("b")));
}

TEST(Progress, PartsFillTheirShare) {
  Heard heard;
  const Progress half = heard.progress().part(0.5, 1.0, "second half");
  half.report(0.0);
  half.part(0.5, 1.0, "inner").report(0.5);
  half.report(1.0, "its own words");
  ASSERT_EQ(heard.reports.size(), 3U);
  EXPECT_EQ(heard.reports[0], std::pair(0.5, std::string("second half")));
  EXPECT_EQ(heard.reports[1], std::pair(0.875, std::string("inner")));
  EXPECT_EQ(heard.reports[2], std::pair(1.0, std::string("its own words")));
}

TEST(Progress, CancellingStopsAtTheNextReport) {
  Heard heard;
  std::stop_source stop;
  const Progress progress = heard.progress(stop.get_token());
  const Progress part = progress.part(0.0, 0.5);
  const Progress silent = Progress({}, stop.get_token()).part(0.0, 1.0);
  part.report(0.1);
  stop.request_stop();
  EXPECT_TRUE(progress.cancelled());
  for (const Progress* one : {&progress, &part, &silent}) {
    try {
      one->report(0.2);
      FAIL() << "a cancelled computation went on";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
    }
  }
  EXPECT_EQ(heard.reports.size(), 1U);
}

TEST(Progress, SilentByDefault) {
  const Progress progress;
  progress.report(0.5, "nobody hears");
  EXPECT_NO_THROW(progress.throwIfCancelled());
  EXPECT_FALSE(progress.cancelled());
}
}  // namespace
}  // namespace sonotwin
