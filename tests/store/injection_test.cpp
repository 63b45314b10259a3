// SPDX-License-Identifier: Apache-2.0
// Every call by which any act changes a file fails in turn, in every way a disk can fail. Forks
// before it opens a store.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <utility>

#include "account.h"
#include "acts.h"
#include "child_process.h"
#include "failing_disk.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;

/// What the stores under one root tell, and whose identity is sealed; empty where there is none.
using Told = std::map<std::string, std::string>;
enum class Tell { kWhole, kContent };

Told tell(const fs::path& root, Tell what = Tell::kWhole) {
  Told told;
  for (const char* const name : {"store", "kept/copy", "linked", "again"}) {
    if (!Store::exists(root / name)) continue;
    const Store store = Store::open(root / name);
    told[name] = what == Tell::kWhole ? Account(store).whole() : Account(store).content();
  }
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(root / "store.vault", none)) {
    if (entry.path().extension() == ".cms") told["store"] += entry.path().filename();
  }
  return told;
}

std::string firstDifference(const std::string& a, const std::string& b) {
  std::istringstream as(a), bs(b);
  std::string one, other;
  do {
    one.clear(), other.clear();
    std::getline(as, one), std::getline(bs, other);
  } while (one == other && (as || bs));
  return "\"" + one + "\" against \"" + other + "\"";
}

/// Names of files that may hold what identifies a person: keys and what is in quarantine.
std::vector<std::string> privateFiles(const fs::path& root) {
  std::vector<std::string> names;
  for (const fs::path& file : filesUnder(root)) {
    const std::string name = fs::relative(file, root).string();
    for (const char* const part : {".key", ".quarantine", ".vault"}) {
      if (name.find(part) != std::string::npos) names.push_back(name);
    }
  }
  std::ranges::sort(names);
  return names;
}

void copyFolder(const fs::path& from, const fs::path& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
}

/// One act, what it starts from and what it leads to.
struct Step {
  const StoreAct& act;
  fs::path before, after;
  Told told_before, told_after;
};

struct Outcome {
  bool reached = false, acknowledged = false;
  std::string call, failure;
  std::vector<int> calls;  ///< by kind of failure
};

class Injection : public testing::Test {
 protected:
  Injection() { writeSources(scratch_.path()); }

  [[nodiscard]] static bool kills(DiskFailure failure) {
    return failure == DiskFailure::kKill || failure == DiskFailure::kTornWrite ||
           failure == DiskFailure::kPowerLoss || failure == DiskFailure::kPowerLossMixed;
  }

  // In a process of its own. Where it lives on, the same program tries again with the same store.
  void play(const StoreAct& act, DiskFailure failure, int nth, int to) const {
    Desk desk(trial_, scratch_.path());
    breakDisk(trial_, failure, nth,
              [to](const std::string& call) { acknowledge(to, "reached " + call); });
    try {
      act.run(desk);
      acknowledge(to, "acknowledged");
    } catch (const Error& error) {
      acknowledge(to, (error.kind() == ErrorKind::kDevice ? "device " : "unexpected ") +
                          std::string(error.what()));
      mendDisk();
      tellAfterFailure(to);
      act.run(desk);
    } catch (const std::exception& error) {
      acknowledge(to, std::string("unexpected ") + error.what());
    }
    desk.close();
    for (const int calls : mendDisk()) acknowledge(to, "calls " + std::to_string(calls));
  }
  void tellAfterFailure(int to) const {
    for (const auto& [name, told] : tell(trial_)) {
      acknowledge(to, "then " + name + " " + sha256Hex(told));
    }
  }

  Outcome run(const Step& step, DiskFailure failure, int nth) {
    copyFolder(step.before, trial_);
    Child child([&](int to) { play(step.act, failure, nth, to); });
    Outcome outcome;
    for (const std::string& line : child.finish()) {
      const std::string word = line.substr(0, line.find(' '));
      const std::string rest = line.substr(std::min(line.size(), word.size() + 1));
      if (word == "reached") outcome.reached = true, outcome.call = rest;
      if (word == "acknowledged") outcome.acknowledged = true;
      if (word == "calls") outcome.calls.push_back(std::stoi(rest));
      if (word == "device") outcome.failure = rest;
      if (word == "unexpected" || word == "error") {
        ADD_FAILURE() << "\"" << step.act.name << "\", call " << nth << ", " << outcome.call << ": "
                      << line;
      }
      if (word == "then") expectBeforeOrAfter(step, rest);
    }
    EXPECT_EQ(child.killed(), outcome.reached && kills(failure)) << child.code();
    fs::remove_all(trial_.string() + "-attic");
    return outcome;
  }
  static void expectBeforeOrAfter(const Step& step, const std::string& told) {
    const std::string name = told.substr(0, told.find(' '));
    const std::string hash = told.substr(name.size() + 1);
    for (const Told* whole : {&step.told_before, &step.told_after}) {
      const auto found = whole->find(name);
      if (found != whole->end() && sha256Hex(found->second) == hash) return;
    }
    ADD_FAILURE() << "after the failure " << name << " is neither as before nor as after the act";
  }

  // Each store is as before the act or as after it, and as after it if that was acknowledged.
  void expectWhole(const Step& step, const Outcome& outcome) const {
    const Told told = tell(trial_);
    for (const auto& [name, after] : step.told_after) {
      const auto found = told.find(name);
      const auto before = step.told_before.find(name);
      const std::string now = found == told.end() ? "" : found->second;
      const bool as_before = now == (before == step.told_before.end() ? "" : before->second);
      const bool allowed = now == after || (as_before && !outcome.acknowledged);
      EXPECT_TRUE(allowed) << name << ": " << firstDifference(now, after);
      if (found == told.end()) continue;
      // SQLite's file format: the version that says there is a log beside it.
      EXPECT_EQ(bytesOf(trial_ / name / "sonotwin.sqlite").at(18), 2) << name;
      for (const Damage& damage : Store::open(trial_ / name).verify(VerifyDepth::kBytes, {})) {
        ADD_FAILURE() << name << ": " << damage.object << ": " << damage.problem;
      }
      EXPECT_THAT(filesUnder(trial_ / name / "tmp"), testing::IsEmpty());
    }
  }

  // Whoever does it again, or goes on, ends where it would have ended undisturbed.
  void expectCompleted(const Step& step, const Outcome& outcome) const {
    if (!outcome.acknowledged) {
      Desk desk(trial_, scratch_.path());
      EXPECT_NO_THROW(step.act.run(desk));
    }
    const Told told = tell(trial_, Tell::kContent);
    for (const auto& [name, content] : tell(step.after, Tell::kContent)) {
      const auto found = told.find(name);
      ASSERT_TRUE(found != told.end()) << name;
      EXPECT_TRUE(found->second == content) << name << firstDifference(found->second, content);
    }
    EXPECT_EQ(privateFiles(trial_), privateFiles(step.after));
  }

  void tryAt(const Step& step, DiskFailure failure, int nth) {
    const Outcome outcome = run(step, failure, nth);
    SCOPED_TRACE("\"" + step.act.name + "\", call " + std::to_string(nth) + ": " + outcome.call +
                 (outcome.failure.empty() ? "" : "\n" + outcome.failure));
    EXPECT_TRUE(outcome.reached) << "it is not where it was counted";
    expectWhole(step, outcome);
    expectCompleted(step, outcome);
  }

  ScratchFolder scratch_;
  fs::path trial_ = scratch_.path() / "trial";
};

constexpr std::array kFailures = {
    std::pair{DiskFailure::kError, "an error"},
    std::pair{DiskFailure::kFull, "a full disk"},
    std::pair{DiskFailure::kShortWrite, "a short write"},
    std::pair{DiskFailure::kKill, "a kill"},
    std::pair{DiskFailure::kTornWrite, "a torn write"},
    std::pair{DiskFailure::kPowerLoss, "a power loss"},
    std::pair{DiskFailure::kPowerLossMixed, "a power loss that leaves some"}};

// With SONOTWIN_LONG_TRIALS at every call, else at one in so many, others for each act and failure.
TEST_F(Injection, LosesNothingAndLeavesNoHalf) {
  const int every = std::getenv("SONOTWIN_LONG_TRIALS") != nullptr ? 1 : 100;
  fs::path before = scratch_.path() / "before";
  fs::create_directory(before);
  std::map<std::string, int> tried;
  int number = 0;
  for (const std::vector<StoreAct> acts = allActs(); const StoreAct& act : acts) {
    const fs::path after = scratch_.path() / ("after " + act.name);
    copyFolder(before, after);
    Desk desk(after, scratch_.path());
    act.run(desk);
    desk.close();
    const Step step{act, before, after, tell(before), tell(after)};
    EXPECT_NE(step.told_before, step.told_after) << act.name;
    const std::vector<int> calls = run(step, DiskFailure::kNone, 0).calls;
    for (const auto& [failure, name] : kFailures) {
      SCOPED_TRACE(name);
      const int count = calls.at(static_cast<std::size_t>(failure));
      for (int nth = 1 + number++ * 37 % every; nth <= count; nth += every, ++tried[name]) {
        tryAt(step, failure, nth);
      }
    }
    fs::remove_all(before);
    before = after;
  }
  for (const auto& [name, count] : tried) std::cout << name << ": " << count << "\n";
}
}  // namespace
}  // namespace sonotwin::store
