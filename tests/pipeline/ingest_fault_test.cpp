// SPDX-License-Identifier: Apache-2.0
// A whole ingest, with its threads, on a disk that fails. Forks before it opens a store.
#include <gmock/gmock.h>

#include <array>
#include <utility>

#include "../dicom/synthetic_object.h"
#include "../store/account.h"
#include "../store/child_process.h"
#include "../store/failing_disk.h"
#include "../store/store_fixture.h"
#include "sonotwin/media/sequence_io.h"
#include "sonotwin/pipeline/ingest.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;
using store::DiskFailure;
using testing::IsEmpty;

class IngestFault : public testing::Test {
 protected:
  static constexpr int kObjects = 6;

  IngestFault() {
    fs::create_directories(sources_);
    constexpr dicom::test::Shape kShape{.rows = 24, .cols = 32, .frames = 2};
    for (unsigned i = 0; i < kObjects; ++i) {
      dicom::test::SyntheticObject(kShape)
          .set(DCM_PatientID, i % 2 == 0 ? "ANNA" : "BEN")
          .pixels(dicom::test::noise8(kShape.sampleCount(), i))
          .save(sources_ / (std::to_string(i) + ".dcm"));
    }
    media::writeSequence(sources_ / "sweep.igs.mha", store::noiseClip(1), true);
    fs::create_directory(empty_);
    store::Store::create(empty_ / "store");
    fs::copy(empty_, done_, fs::copy_options::recursive);
    takeIn(done_);
    told_ = tell(done_);
  }

  // Somebody has looked at the pictures: searching them for text is no matter of the disk.
  IngestReport takeIn(const fs::path& root) const {
    store::Store store = store::Store::open(root / "store");
    IngestOptions options;
    options.patient = "CHRIS";
    options.pixels_checked = true;
    return ingest(store, {sources_}, options, {});
  }
  static std::string tell(const fs::path& root) {
    const store::Store store = store::Store::open(root / "store");
    return store::Account(store).content();
  }

  struct Outcome {
    std::vector<int> calls;  ///< by kind of failure
    std::string call;
    std::vector<std::string> acknowledged;
    std::string stopped_at;
  };
  void play(DiskFailure failure, int nth, int to) const {
    store::breakDisk(trial_, failure, nth,
                     [to](const std::string& call) { store::acknowledge(to, "reached " + call); });
    const IngestReport report = takeAllOrSome(to);
    for (const RefusedFile& file : report.refused) store::acknowledge(to, "refused " + file.reason);
    for (const IngestedFile& file : report.added) store::acknowledge(to, "added " + file.clip.id);
    for (const int calls : store::mendDisk()) {
      store::acknowledge(to, "calls " + std::to_string(calls));
    }
  }
  // Where the ingest stops, what its report says came in counts as acknowledged.
  IngestReport takeAllOrSome(int to) const {
    try {
      return takeIn(trial_);
    } catch (const IngestStopped& stopped) {
      for (const IngestedFile& file : stopped.report().added) {
        store::acknowledge(to, "added " + file.clip.id);
      }
      store::acknowledge(to, "stopped " + stopped.at().filename().string());
      throw;
    }
  }
  // The program ends well, with the word that the disk fails, or not by itself.
  Outcome run(DiskFailure failure, int nth) {
    fs::remove_all(trial_);
    fs::copy(empty_, trial_, fs::copy_options::recursive);
    store::Child child([&](int to) { play(failure, nth, to); });
    Outcome outcome;
    for (const std::string& line : child.finish()) {
      const std::string word = line.substr(0, line.find(' ')), rest = line.substr(word.size() + 1);
      if (word == "reached") outcome.call = rest;
      if (word == "stopped") outcome.stopped_at = rest;
      if (word == "added") outcome.acknowledged.push_back(rest);
      if (word == "refused") ADD_FAILURE() << "the disk's failure was taken for a file's: " << rest;
      if (word == "calls") outcome.calls.push_back(std::stoi(rest));
    }
    const bool kills = failure == DiskFailure::kKill || failure == DiskFailure::kPowerLoss;
    EXPECT_EQ(child.killed(), kills && !outcome.call.empty());
    EXPECT_TRUE(child.killed() || child.code() == 0 ||
                child.code() == store::Child::codeOf(ErrorKind::kDevice))
        << child.code();
    fs::remove_all(trial_.string() + "-attic");
    return outcome;
  }

  void expectWhole(const Outcome& outcome) const {
    const store::Store store = store::Store::open(trial_ / "store");
    for (const store::Damage& damage : store.verify(store::VerifyDepth::kBytes, {})) {
      ADD_FAILURE() << damage.object << ": " << damage.problem;
    }
    for (const std::string& id : outcome.acknowledged) {
      EXPECT_NO_THROW(std::ignore = store.clipRow(id)) << id;
    }
    for (const store::ClipRow& row : store.clips()) {
      EXPECT_NE(told_.find(row.id), std::string::npos) << "nobody put " << row.id << " in";
      EXPECT_NO_THROW(std::ignore = store.frame(row.id, row.frames - 1));
    }
    EXPECT_THAT(store::filesUnder(trial_ / "store" / "tmp"), IsEmpty());
  }
  void expectCompleted() const {
    const IngestReport again = takeIn(trial_);
    EXPECT_THAT(again.refused, IsEmpty());
    EXPECT_EQ(again.added.size() + again.known.size(), kObjects + 1U);
    EXPECT_TRUE(tell(trial_) == told_) << tell(trial_) << "\nagainst\n" << told_;
  }

  store::ScratchFolder scratch_;
  fs::path sources_ = scratch_.path() / "sources", empty_ = scratch_.path() / "empty";
  fs::path done_ = scratch_.path() / "done", trial_ = scratch_.path() / "trial";
  std::string told_;
};

constexpr std::array kFailures = {
    std::pair{DiskFailure::kError, "an error"}, std::pair{DiskFailure::kFull, "a full disk"},
    std::pair{DiskFailure::kKill, "a kill"}, std::pair{DiskFailure::kPowerLoss, "a power loss"}};

// With SONOTWIN_LONG_TRIALS at every call that changes a file, else at one in so many.
TEST_F(IngestFault, LosesNothingAndIsCompletedByTheNext) {
  const int every = std::getenv("SONOTWIN_LONG_TRIALS") != nullptr ? 1 : 17;
  int tried = 0;
  const std::vector<int> calls = run(DiskFailure::kNone, 0).calls;
  for (int first = 0; const auto& [failure, name] : kFailures) {
    const int count = calls.at(static_cast<std::size_t>(failure));
    for (int nth = 1 + 4 * first++ % every; nth <= count; nth += every, ++tried) {
      const Outcome outcome = run(failure, nth);
      SCOPED_TRACE(std::string(name) + ", call " + std::to_string(nth) + ": " + outcome.call);
      expectWhole(outcome);
      expectCompleted();
      if (HasFailure()) return;
    }
  }
  std::cout << tried << " failures\n";
}

TEST_F(IngestFault, SaysWhatCameInBeforeTheDiskWasFull) {
  int nth = run(DiskFailure::kNone, 0).calls.at(static_cast<std::size_t>(DiskFailure::kFull));
  Outcome outcome;
  // The last calls of all tidy up, and may fail.
  for (; nth > 0 && outcome.stopped_at.empty(); --nth) outcome = run(DiskFailure::kFull, nth);
  EXPECT_EQ(outcome.stopped_at, "sweep.igs.mha");
  EXPECT_EQ(outcome.acknowledged.size(), std::size_t{kObjects});
  expectWhole(outcome);
}
}  // namespace
}  // namespace sonotwin::pipeline
