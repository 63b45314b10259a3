// SPDX-License-Identifier: Apache-2.0
// Full disks, several writers at once. Everything here forks before it opens a store: SQLite's
// connections must not cross a fork.
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <map>
#include <random>
#include <set>
#include <thread>

#include "child_process.h"
#include "database.h"
#include "numbered_acts.h"
#include "schema.h"
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

/// Adds clips one by one and dies, so that all of them are in the log only. @returns how many
/// entries the audit log had after each
std::vector<std::string> leaveALog(const fs::path& folder) {
  Child child([&](int to) {
    Store store = Store::open(folder);
    for (int number = 0; number < 4; ++number) {
      addNumber(store, number);
      acknowledge(to, std::to_string(store.audit(1000).size()));
    }
    ::raise(SIGKILL);
  });
  return child.finish();
}

std::map<std::string, std::string> filesOf(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const fs::path& file : filesUnder(folder)) files[file.string()] = bytesOf(file);
  return files;
}
void putBack(const std::map<std::string, std::string>& files, const fs::path& folder) {
  for (const fs::path& file : filesUnder(folder)) {
    if (!files.contains(file.string())) fs::remove(file);
  }
  for (const auto& [name, bytes] : files) writeBytes(name, bytes);
}

// SQLite ends a log at its first damaged part, as it must: a torn end looks the same. What it then
// tells is what was there at some instant before, whole.
TEST_F(Faults, AFlippedByteOfTheLogGivesAnEarlierStoreOrIsNamed) {
  { const Store store = Store::create(folder_); }
  const std::vector<std::string> acknowledged = leaveALog(folder_);
  fs::remove(folder_ / "sonotwin.sqlite-shm");
  const auto files = filesOf(folder_);
  const std::string log = folder_ / "sonotwin.sqlite-wal";
  std::mt19937 random(17);
  int earlier = 0;
  for (int trial = 0; trial < trials(60); ++trial) {
    std::string bytes = files.at(log);
    const std::size_t at = random() % bytes.size();
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    putBack(files, folder_);
    writeBytes(log, bytes);
    try {
      const Store store = Store::open(folder_);
      if (!store.verify(VerifyDepth::kBytes, {}).empty()) continue;
      earlier += std::to_string(store.audit(1000).size()) == acknowledged.back() ? 0 : 1;
      for (const ClipRow& row : store.clips()) std::ignore = store.frame(row.id, 3);
    } catch (const Error& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::kDamaged) << "byte " << at;
    }
  }
  EXPECT_GT(earlier, 20);
}

// What the file itself says of its version can be older than what is in its log.
TEST_F(Faults, AStoreWhoseLogIsOfANewerVersionIsLeftAsItIs) {
  { const Store store = Store::create(folder_); }
  Child newer([&](int) {
    Database database = Database::open(folder_ / "sonotwin.sqlite");
    Transaction transaction(database, Transaction::Kind::kWrite);
    database.setVersion(kSchemaVersion + 1);
    transaction.commit();
    ::raise(SIGKILL);
  });
  newer.finish();
  auto before = filesOf(folder_);
  const Failure failure = failureOf([&] { Store::open(folder_); });
  EXPECT_EQ(failure.kind, ErrorKind::kDamaged);
  EXPECT_THAT(failure.text, testing::HasSubstr("newer version"));
  auto after = filesOf(folder_);
  // The index of the log is made anew by whoever reads it.
  before.erase(folder_ / "sonotwin.sqlite-shm"), after.erase(folder_ / "sonotwin.sqlite-shm");
  EXPECT_TRUE(before == after);
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
