// SPDX-License-Identifier: Apache-2.0
// Reading needs neither the right to write nor the key. Forks before it opens a store.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "child_process.h"
#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// All that can be read, in a few words; the same for equal stores.
std::string readAll(const Store& store) {
  std::size_t bytes = 0;
  for (const ClipRow& row : store.clips()) {
    bytes += store.clip(row.id).pixels->frame(row.frames - 1).data.size();
    bytes += store.lineage(row.id).used_for.size();
  }
  for (const VolumeRow& row : store.volumes()) bytes += store.volume(row.id).data.size();
  for (const SurfaceRow& row : store.surfaces()) bytes += store.surface(row.id).triangles.size();
  for (const MaskRow& row : store.masks()) bytes += store.mask(row.id).frames.size();
  return std::to_string(store.patients().size()) + " " + std::to_string(bytes) + " " +
         std::to_string(store.verify(VerifyDepth::kBytes, {}).size());
}

class Reading : public testing::Test {
 protected:
  Reading() {
    fs::permissions(scratch_.path(), fs::perms::others_exec | fs::perms::others_read,
                    fs::perm_options::add);
    Store store = Store::create(folder_);
    ids_ = addFamily(store);
    told_ = readAll(store);
  }
  ~Reading() override { setWritable(folder_, true); }

  // What a person who may only read is told; the process is another one's, as root may all.
  std::vector<std::string> asReader(const std::function<void(Store&, int)>& work) {
    giveToNobody(scratch_.path());
    Child child([&](int to) {
      becomeNobody();
      Store store = Store::open(folder_);
      work(store, to);
    });
    return child.finish();
  }
  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "a store, 100 % read#only?";
  fs::path key_ = folder_.string() + ".key";
  Family ids_;
  std::string told_;
};

TEST_F(Reading, AStoreThatCannotBeWrittenTellsAllItHolds) {
  const auto before = filesUnder(folder_);
  setWritable(folder_, false);
  EXPECT_THAT(asReader([](Store& store, int to) {
                acknowledge(to, store.writable() ? "writable" : "readable");
                acknowledge(to, readAll(store));
              }),
              ElementsAre("readable", told_));
  EXPECT_EQ(filesUnder(folder_), before);
}

TEST_F(Reading, AStoreThatCannotBeWrittenSaysSoForEveryChange) {
  setWritable(folder_, false);
  const auto lines = asReader([this](Store& store, int to) {
    const media::Clip clip = store.clip(ids_.clip);
    for (const auto& change : std::vector<std::function<void()>>{
             [&] { store.addClip(noiseClip(20), originOf("patient"), {}); },
             [&] { store.addDerivedClip(ids_.clip, noiseClip(21), {}, {}); },
             [&] { store.addMask(ids_.clip, {}, "m", {}); },
             [&] { store.addVolume(ids_.clip, rampVolume(), "mask", 1, {}); },
             [&] { store.addSurface(ids_.volume, tetrahedron(), 1, 1, {}); },
             [&] { store.addModel("m", "{}", {}); },
             [&] { store.setCalibration(ids_.clip, clip.info); },
         }) {
      const Failure failure = failureOf(change);
      acknowledge(to, failure.kind == ErrorKind::kDevice ? failure.text : "not refused");
    }
    acknowledge(to, readAll(store));
  });
  ASSERT_EQ(lines.size(), 8U);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_THAT(lines[i], HasSubstr("can only be read"));
  EXPECT_EQ(lines.back(), told_);
}

// A program that died left its log: with the log's index the reader sees everything; without, what
// is missing would be missing silently.
TEST_F(Reading, AnUnfinishedLogIsReadOrNamed) {
  Child writer([&](int to) {
    Store store = Store::open(folder_);
    store.addClip(noiseClip(30), originOf("another"), {});
    acknowledge(to, readAll(store));
    ::raise(SIGKILL);
  });
  const std::string told = writer.finish().at(0);
  ASSERT_GT(fs::file_size(folder_ / "sonotwin.sqlite-wal"), 0U);
  setWritable(folder_, false);
  EXPECT_THAT(asReader([](Store& store, int to) { acknowledge(to, readAll(store)); }),
              ElementsAre(told));
  setWritable(folder_, true);
  fs::remove(folder_ / "sonotwin.sqlite-shm");
  setWritable(folder_, false);
  EXPECT_THAT(asReader([](Store&, int) {}), ElementsAre(HasSubstr("sonotwin.sqlite-wal")));
}

TEST_F(Reading, AReaderWithoutLocksNoticesAWriter) {
  setWritable(folder_, false);
  int go[2];
  ASSERT_EQ(::pipe(go), 0);
  giveToNobody(scratch_.path());
  Child reader([&](int to) {
    becomeNobody();
    const Store store = Store::open(folder_);
    acknowledge(to, readAll(store));
    char told = 0;
    std::ignore = ::read(go[0], &told, 1);
    const Failure failure = failureOf([&] { std::ignore = store.clips(); });
    acknowledge(to, failure.kind == ErrorKind::kConflict ? failure.text : "not noticed");
  });
  const std::string first = reader.line();
  setWritable(folder_, true);
  Child writer([&](int) {
    Store store = Store::open(folder_);
    store.addClip(noiseClip(31), originOf("another"), {});
  });
  writer.finish();
  std::ignore = ::write(go[1], "x", 1);
  EXPECT_EQ(first, told_);
  EXPECT_THAT(reader.finish(), ElementsAre(HasSubstr("Open it again")));
  ::close(go[0]);
  ::close(go[1]);
}

TEST_F(Reading, AMissingKeyHidesNothingButMakesNoPseudonym) {
  fs::remove(key_);
  Store store = Store::open(folder_);
  EXPECT_EQ(readAll(store), told_);
  for (const auto& keyed : std::vector<std::function<void()>>{
           [&] { std::ignore = store.pseudonym("patient"); },
           [&] { std::ignore = store.clipOfSource("file"); },
           [&] { store.addClip(noiseClip(40), originOf("patient"), {}); }}) {
    const Failure failure = failureOf(keyed);
    EXPECT_EQ(failure.kind, ErrorKind::kNotFound);
    EXPECT_THAT(failure.text, HasSubstr("Put it back"));
  }
  EXPECT_THAT(store.keyProblem().value_or(""), HasSubstr("is missing"));
  EXPECT_NO_THROW(store.addMask(ids_.clip, {}, "needs no key", {}));
  EXPECT_FALSE(fs::exists(key_)) << "a new key would be another store's";
}

TEST_F(Reading, AnotherStoresOrAnExposedKeyIsRefusedForEveryChange) {
  { const Store other = Store::create(scratch_.path() / "other"); }
  const std::string own = bytesOf(key_);
  writeBytes(key_, bytesOf(scratch_.path() / "other.key"));
  for (const std::string& words : {std::string("another store"), std::string("chmod 600")}) {
    if (words == "chmod 600") {
      writeBytes(key_, own);
      ASSERT_EQ(::chmod(key_.c_str(), 0640), 0);
    }
    Store store = Store::open(folder_);
    EXPECT_EQ(readAll(store), told_);
    for (const auto& change : std::vector<std::function<void()>>{
             [&] { std::ignore = store.pseudonym("patient"); },
             [&] { store.addClip(noiseClip(41), originOf("patient"), {}); },
             [&] { store.addMask(ids_.clip, {}, "m", {}); }}) {
      const Failure failure = failureOf(change);
      EXPECT_EQ(failure.kind, ErrorKind::kConflict);
      EXPECT_THAT(failure.text, HasSubstr(words));
    }
  }
}

// The key stays its owner's; another person who may read the store's folder reads it.
TEST_F(Reading, AKeyOfAnotherPersonIsNotNeeded) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can be two people";
  for (const fs::path& file : filesUnder(folder_)) ::chmod(file.c_str(), 0644);
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    if (entry.is_directory()) ::chmod(entry.path().c_str(), 0755);
  }
  ::chmod(folder_.c_str(), 0755);
  Child child([&](int to) {
    becomeNobody();
    Store store = Store::open(folder_);
    acknowledge(to, readAll(store));
    acknowledge(to, store.keyProblem().value_or("none"));
  });
  EXPECT_THAT(child.finish(), ElementsAre(told_, HasSubstr("belongs to another person")));
}

TEST_F(Reading, SeveralProcessesReadWhatOneWrites) {
  const auto read = [&](int to) {
    const Store store = Store::open(folder_);
    std::size_t seen = 0;
    while (seen < 21) {
      const std::vector<ClipRow> rows = store.clips();
      if (rows.size() < seen) acknowledge(to, "went back");
      seen = rows.size();
      for (const ClipRow& row : rows) {
        if (store.clip(row.id).pixels->frame(0).data.empty()) acknowledge(to, row.id);
      }
    }
    if (!store.verify(VerifyDepth::kRows, {}).empty()) acknowledge(to, "damaged");
  };
  Child one(read), two(read), three(read);
  Child writer([&](int) {
    Store store = Store::open(folder_);
    for (std::uint32_t i = 0; i < 20; ++i) {
      store.addClip(noiseClip(50 + i), originOf("patient " + std::to_string(i % 3)), {});
    }
  });
  EXPECT_THAT(writer.finish(), IsEmpty());
  for (Child* reader : {&one, &two, &three}) {
    EXPECT_THAT(reader->finish(), IsEmpty());
    EXPECT_EQ(reader->code(), 0);
  }
}
}  // namespace
}  // namespace sonotwin::store
