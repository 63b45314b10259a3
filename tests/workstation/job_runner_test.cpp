// SPDX-License-Identifier: Apache-2.0
#include "presenters/job_runner.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "sonotwin/base/error.h"
#include "wait.h"

namespace sonotwin::workstation {
namespace {
using testing::waitFor;

Job endless(std::atomic<bool>& stopped) {
  return {QStringLiteral("Endless"), QStringLiteral("object"),
          [&stopped](const Progress& progress) {
            try {
              while (true) {
                progress.report(0.5, "working");
                std::this_thread::yield();
              }
            } catch (...) {
              stopped = true;
              throw;
            }
            return JobResult{};
          }};
}

struct Ends {
  explicit Ends(JobRunner& runner) {
    QObject::connect(&runner, &JobRunner::ended,
                     [this](const JobOutcome& outcome) { all.push_back(outcome); });
  }
  std::vector<JobOutcome> all;
};

TEST(JobRunner, GivesTheResultOnThisThread) {
  JobRunner runner;
  Ends ends(runner);
  std::thread::id ran_on, ended_on;
  QObject::connect(&runner, &JobRunner::ended, [&] { ended_on = std::this_thread::get_id(); });
  runner.start({"Build", "object", [&](const Progress&) {
                  ran_on = std::this_thread::get_id();
                  return JobResult{.summary = "212.4 ml"};
                }});
  EXPECT_TRUE(runner.busy());
  ASSERT_TRUE(waitFor(&runner, &JobRunner::idle, [&] { return ends.all.size() == 1; }));
  EXPECT_EQ(ends.all[0].end, JobEnd::kDone);
  EXPECT_EQ(ends.all[0].result.summary, "212.4 ml");
  EXPECT_EQ(ended_on, std::this_thread::get_id());
  EXPECT_NE(ran_on, ended_on);
  EXPECT_FALSE(runner.busy());
}

TEST(JobRunner, SaysWhatWentWrong) {
  JobRunner runner;
  Ends ends(runner);
  runner.start(
      {"Export", "", [](const Progress&) -> JobResult { throwBadInput("No such label."); }});
  ASSERT_TRUE(waitFor(&runner, &JobRunner::idle, [&] { return ends.all.size() == 1; }));
  EXPECT_EQ(ends.all[0].end, JobEnd::kFailed);
  EXPECT_EQ(ends.all[0].error, "No such label.");
}

TEST(JobRunner, CancelEndsTheJobAtOnce) {
  JobRunner runner;
  Ends ends(runner);
  std::atomic<bool> stopped = false;
  bool progressed = false;
  QObject::connect(&runner, &JobRunner::progressed, [&] { progressed = true; });
  runner.start(endless(stopped));
  ASSERT_TRUE(waitFor(&runner, &JobRunner::progressed, [&] { return progressed; }));
  runner.cancel();
  ASSERT_TRUE(waitFor(&runner, &JobRunner::idle, [&] { return ends.all.size() == 1; }));
  EXPECT_EQ(ends.all[0].end, JobEnd::kCancelled);
  EXPECT_TRUE(stopped);
}

TEST(JobRunner, RunsWhatWaitsInOrder) {
  JobRunner runner;
  Ends ends(runner);
  for (const char* name : {"a", "b", "c"}) {
    runner.start({name, "", [](const Progress&) { return JobResult{}; }});
  }
  EXPECT_EQ(runner.waiting(), 2);
  ASSERT_TRUE(waitFor(&runner, &JobRunner::idle, [&] { return ends.all.size() == 3; }));
  EXPECT_EQ(ends.all[0].name + ends.all[1].name + ends.all[2].name, "abc");
}

TEST(JobRunner, ClosingKeepsWhatAPersonMade) {
  JobRunner runner;
  Ends ends(runner);
  std::atomic<bool> stopped = false;
  runner.start(endless(stopped));
  runner.start({"Drop", "", [](const Progress&) { return JobResult{}; }});
  runner.start({"Save", "", [](const Progress&) { return JobResult{}; }, true});
  runner.cancelAll();
  ASSERT_TRUE(waitFor(&runner, &JobRunner::idle, [&] { return ends.all.size() == 2; }));
  EXPECT_EQ(ends.all[0].end, JobEnd::kCancelled);
  EXPECT_EQ(ends.all[1].name, "Save");
  EXPECT_EQ(ends.all[1].end, JobEnd::kDone);
}

TEST(JobRunner, DestructionStopsTheJobAndWaits) {
  std::atomic<bool> stopped = false;
  {
    JobRunner runner;
    runner.start(endless(stopped));
  }
  EXPECT_TRUE(stopped);
}

TEST(SecondsLeft, FollowsThePaceAndDoesNotGuessEarly) {
  EXPECT_DOUBLE_EQ(*secondsLeft(10.0, 0.25), 30.0);
  EXPECT_FALSE(secondsLeft(0.3, 0.5));
  EXPECT_FALSE(secondsLeft(10.0, 0.001));
  EXPECT_DOUBLE_EQ(*secondsLeft(100.0, 0.01), 9900.0);  // slow work is known after a while
  EXPECT_DOUBLE_EQ(*secondsLeft(10.0, 0.75, 0.5), 10.0);
  EXPECT_FALSE(secondsLeft(10.0, 0.505, 0.5));
}
}  // namespace
}  // namespace sonotwin::workstation
