// SPDX-License-Identifier: Apache-2.0
// Programs killed at any instant, full disks, several writers at once. Everything here forks before
// it opens a store: SQLite's connections must not cross a fork.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "child_process.h"
#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::IsEmpty;

media::Clip clipNumber(int number) {
  return noiseClip(static_cast<std::uint32_t>(number), 4, 96, 64);
}
Origin originNumber(int number) {
  return originOf("patient " + std::to_string(number % 7), 19000 + number % 5);
}

/// Everything derived hangs on the clip, so one acknowledged line stands for all of it.
std::string addNumber(Store& store, int number) {
  const media::Clip clip = clipNumber(number);
  const std::string id = store.addClip(clip, originNumber(number), {}).id;
  if (number % 3 == 0) {
    const std::string mask = store.addMask(id, halfMask(clip.info), "m", {});
    const std::string volume = store.addVolume(id, rampVolume(), "mask", 1, {.made_from = {mask}});
    store.addSurface(volume, tetrahedron(), 1.0, 1.0, {});
  }
  return id;
}

class Faults : public testing::Test {
 protected:
  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "store";
};

// SONOTWIN_LONG_TRIALS kills that many more times.
TEST_F(Faults, KilledAtAnyInstantLosesNothingAcknowledged) {
  const ScratchFolder disk(ScratchFolder::On::kDisk);  // flushing takes its time, as in life
  const fs::path folder = disk.path() / "store";
  { const Store store = Store::create(folder); }
  const char* const wanted = std::getenv("SONOTWIN_LONG_TRIALS");
  const int trials = 40 + (wanted != nullptr ? std::atoi(wanted) : 0);
  std::mt19937 random(7);
  std::map<int, std::string> acknowledged;
  int killed = 0, next = 0;
  for (int trial = 0; trial < trials; ++trial) {
    const int last = next + static_cast<int>(random() % 3);  // after it, anywhere in what follows
    const long microseconds = 1 + static_cast<long>(random() % 15000);
    Child child([&](int to) {
      if (trial % 8 == 0) dieAfter(microseconds);
      Store store = Store::open(folder);
      for (int number = next;; ++number) {
        if (number == last && trial % 8 != 0) dieAfter(microseconds);
        acknowledge(to, std::to_string(number) + " " + addNumber(store, number));
      }
    });
    for (const std::string& line : child.finish()) {
      std::istringstream words(line);
      std::string id;
      ASSERT_TRUE(words >> next >> id) << line;
      acknowledged[next] = id;
      ++next;
    }
    killed += child.killed() ? 1 : 0;

    const Store store = Store::open(folder);
    for (const Damage& damage : store.verify(VerifyDepth::kBytes, {})) {
      ADD_FAILURE() << damage.object << ": " << damage.problem << " in trial " << trial;
    }
    std::set<std::string> present;
    for (const ClipRow& row : store.clips({.limit = 1000000})) present.insert(row.id);
    for (const auto& [number, id] : acknowledged) EXPECT_TRUE(present.contains(id)) << number;
    EXPECT_LE(present.size(), acknowledged.size() + trials);
  }
  EXPECT_EQ(killed, trials);
  EXPECT_GT(acknowledged.size(), 10U);  // by the instants chosen, however slow the disk

  Store store = Store::open(folder);
  for (const auto& [number, id] : acknowledged) EXPECT_EQ(addNumber(store, number), id);
  addNumber(store, next);
  EXPECT_EQ(store.clips({.limit = 1000000}).size(), acknowledged.size() + 1);
  EXPECT_THAT(filesUnder(folder / "tmp"), IsEmpty());
}

TEST_F(Faults, KilledWhileItIsMadeLeavesAFolderToMakeItIn) {
  std::mt19937 random(11);
  for (int trial = 0; trial < 12; ++trial) {
    const fs::path folder = scratch_.path() / std::to_string(trial);
    const long microseconds = 200 + static_cast<long>(random() % 40000);
    Child child([&](int) {
      dieAfter(microseconds);
      Store::create(folder);
    });
    EXPECT_THAT(child.finish(), IsEmpty());
    const Store store = Store::exists(folder) ? Store::open(folder) : Store::create(folder);
    EXPECT_THAT(store.verify(VerifyDepth::kBytes, {}), IsEmpty());
  }
}

TEST_F(Faults, TwoProcessesWriteAtOnce) {
  { const Store store = Store::create(folder_); }
  const auto writer = [&](int first) {
    return [this, first](int to) {
      Store store = Store::open(folder_);
      for (int number = first; number < first + 30; ++number) {
        acknowledge(to, addNumber(store, number));
      }
    };
  };
  Child one(writer(0)), two(writer(15));  // half of it both
  std::set<std::string> ids;
  for (const std::string& id : one.finish()) ids.insert(id);
  for (const std::string& id : two.finish()) ids.insert(id);
  EXPECT_EQ(one.code(), 0);
  EXPECT_EQ(two.code(), 0);
  const Store store = Store::open(folder_);
  EXPECT_EQ(ids.size(), 45U);
  EXPECT_EQ(store.clips().size(), 45U);
  EXPECT_EQ(store.patients().size(), 7U);
  EXPECT_THAT(store.verify(VerifyDepth::kBytes, {}), IsEmpty());
}

TEST_F(Faults, TwoThreadsWriteAndOneReads) {
  { const Store store = Store::create(folder_); }
  const auto write = [&](int first) {
    Store store = Store::open(folder_);
    for (int number = first; number < first + 20; ++number) addNumber(store, number);
  };
  std::vector<std::string> problems;
  {
    std::jthread one(write, 0), two(write, 10);
    const Store reader = Store::open(folder_);
    while (reader.clips().size() < 30) {
      for (const ClipRow& row : reader.clips()) {
        const media::Clip clip = reader.clip(row.id);
        if (clip.pixels->frame(3).data.size() != 96U * 64U) problems.push_back(row.id);
      }
    }
  }
  EXPECT_THAT(problems, IsEmpty());
  const Store store = Store::open(folder_);
  EXPECT_EQ(store.clips().size(), 30U);
  EXPECT_THAT(store.verify(VerifyDepth::kBytes, {}), IsEmpty());
}

void expectWhole(const fs::path& folder, const std::vector<std::string>& acknowledged) {
  const Store store = Store::open(folder);
  EXPECT_THAT(store.verify(VerifyDepth::kBytes, {}), IsEmpty());
  for (const std::string& line : acknowledged) {
    if (!line.starts_with("error ")) {
      EXPECT_NO_THROW(std::ignore = store.clipRow(line));
    }
  }
}

// Each limit makes another write fail: in the object, the log, or when the log goes to the file.
TEST_F(Faults, AFileThatCannotGrowIsADeviceErrorAndHarmsNothing) {
  { const Store store = Store::create(folder_); }
  const rlim_t database = fs::file_size(folder_ / "sonotwin.sqlite");
  int refused = 0;
  for (rlim_t limit = 1000; limit < database + 400000; limit += limit / 3) {
    Child child([&](int to) {
      ::signal(SIGXFSZ, SIG_IGN);
      const rlimit bound{limit, limit};
      if (::setrlimit(RLIMIT_FSIZE, &bound) != 0) ::_exit(1);
      Store store = Store::open(folder_);
      for (int number = 0; number < 12; ++number) acknowledge(to, addNumber(store, number));
    });
    const std::vector<std::string> lines = child.finish();
    if (child.code() != 0) {
      EXPECT_EQ(child.code(), Child::codeOf(ErrorKind::kDevice)) << lines.back();
      ++refused;
    }
    expectWhole(folder_, lines);
  }
  EXPECT_GT(refused, 3);
  Store store = Store::open(folder_);
  for (int number = 0; number < 12; ++number) addNumber(store, number);
  EXPECT_EQ(store.clips().size(), 12U);
}

/// A file system of 3 MB over a folder, where this process may mount one.
class SmallDisk {
 public:
  explicit SmallDisk(fs::path folder)
      : folder_(std::move(folder)),
        mounted_(::mount("none", folder_.c_str(), "tmpfs", 0, "size=3m") == 0) {}
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  [[nodiscard]] bool mounted() const { return mounted_; }

 private:
  fs::path folder_;
  bool mounted_;
};

TEST_F(Faults, AFullDiskIsADeviceErrorAndHarmsNothing) {
  const SmallDisk disk(scratch_.path());
  if (!disk.mounted()) GTEST_SKIP() << "a small file system can be mounted by root only";
  { const Store store = Store::create(folder_); }
  Child child([&](int to) {
    Store store = Store::open(folder_);
    for (int number = 0; number < 1000; ++number) acknowledge(to, addNumber(store, number));
  });
  const std::vector<std::string> lines = child.finish();
  ASSERT_EQ(child.code(), Child::codeOf(ErrorKind::kDevice));
  EXPECT_GT(lines.size(), 10U);
  expectWhole(folder_, lines);
}
}  // namespace
}  // namespace sonotwin::store
