// SPDX-License-Identifier: Apache-2.0
// Full disks, several writers at once. Everything here forks before it opens a store: SQLite's
// connections must not cross a fork.
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <set>
#include <thread>

#include "child_process.h"
#include "numbered_acts.h"
#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::IsEmpty;

class Faults : public testing::Test {
 protected:
  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "store";
};

/// As the window does it while others write: lists, counts, searches and opens what it lists.
void watch(const fs::path& folder, int until, int problems_to) {
  const Store store = Store::open(folder);
  for (int seen = 0; seen < until;) {
    const std::vector<ClipRow> rows = store.clips();
    if (store.count() < static_cast<int>(rows.size())) acknowledge(problems_to, "fewer counted");
    if (static_cast<int>(rows.size()) < seen) acknowledge(problems_to, "clips went away");
    seen = static_cast<int>(rows.size());
    for (const ClipRow& row : rows) std::ignore = store.frame(row.id, row.frames - 1);
    for (const MaskRow& row : store.masks()) std::ignore = store.mask(row.id);
    for (const PatientRow& row : store.patients()) std::ignore = store.patient(row.id);
    for (const ClipRow& row : store.clips({.label = "nerve"})) std::ignore = store.lineage(row.id);
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
  Child window([this](int to) { watch(folder_, 45, to); });
  std::set<std::string> ids;
  for (const std::string& id : one.finish()) ids.insert(id);
  for (const std::string& id : two.finish()) ids.insert(id);
  EXPECT_EQ(one.code(), 0);
  EXPECT_EQ(two.code(), 0);
  EXPECT_THAT(window.finish(), IsEmpty());
  EXPECT_EQ(window.code(), 0);
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
