// SPDX-License-Identifier: Apache-2.0
// Copies of a store in use. Forks before it opens a store.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <stop_token>
#include <tuple>

#include "child_process.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

class Backup : public testing::Test {
 protected:
  Backup() {
    Store store = Store::create(folder_);
    ids_ = addFamily(store);
  }
  static void expectSame(const fs::path& one, const fs::path& two) {
    const Store a = Store::open(one), b = Store::open(two);
    EXPECT_THAT(b.verify(VerifyDepth::kBytes, {}), IsEmpty());
    ASSERT_EQ(a.clips().size(), b.clips().size());
    for (const ClipRow& row : a.clips()) {
      EXPECT_EQ(a.frame(row.id, 0).data, b.frame(row.id, 0).data);
    }
    EXPECT_EQ(a.surfaces().size(), b.surfaces().size());
    EXPECT_EQ(a.patients().at(0).id, b.patients().at(0).id);
  }
  [[nodiscard]] std::string addNoise(std::uint32_t seed) const {
    return Store::open(folder_).addClip(noiseClip(seed), originOf("b"), {}).id;
  }
  [[nodiscard]] fs::path objectOfNoise(std::uint32_t seed) const {
    const media::Clip clip = noiseClip(seed);
    Sha256 hash;
    for (int i = 0; i < clip.info.frame_count; ++i) hash.update(clip.pixels->frame(i).data);
    const std::string name = hash.finishHex();
    return folder_ / "objects" / name.substr(0, 2) / name;
  }
  static void flipByte(const fs::path& file) {
    std::string bytes = bytesOf(file);
    bytes[0] = static_cast<char>(bytes[0] ^ 1);
    writeBytes(file, bytes);
  }
  static std::vector<std::string> objectsIn(const std::vector<Damage>& damages) {
    std::vector<std::string> objects;
    for (const Damage& damage : damages) objects.push_back(damage.object);
    return objects;
  }

  ScratchFolder scratch_;
  fs::path folder_ = scratch_.path() / "store", copy_ = scratch_.path() / "copy";
  Family ids_;
};

TEST_F(Backup, IsAWholeStoreWithoutTheKey) {
  std::ignore = Store::open(folder_).backup(copy_, {}, {});
  EXPECT_FALSE(fs::exists(scratch_.path() / "copy.key"));
  expectSame(folder_, copy_);
  Store store = Store::open(copy_);
  EXPECT_EQ(failureOf([&] { std::ignore = store.pseudonym("a"); }).kind, ErrorKind::kNotFound);
  EXPECT_THAT(filesUnder(copy_ / "tmp"), IsEmpty());
  EXPECT_EQ(Store::open(folder_).audit(1).at(0).act, "backup made");
}

TEST_F(Backup, TakesTheKeyAlongIfAsked) {
  std::ignore = Store::open(folder_).backup(copy_, {.with_key = true}, {});
  EXPECT_EQ(bytesOf(scratch_.path() / "copy.key"), bytesOf(scratch_.path() / "store.key"));
  struct stat status {};
  ASSERT_EQ(::stat((scratch_.path() / "copy.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  Store store = Store::open(copy_);
  EXPECT_FALSE(store.addClip(noiseClip(7), originOf("patient"), {}).added);
}

TEST_F(Backup, LinksObjectsIfAsked) {
  std::ignore = Store::open(folder_).backup(copy_, {.link_objects = true}, {});
  for (const fs::path& object : filesUnder(copy_ / "objects")) {
    EXPECT_EQ(fs::hard_link_count(object), 2U);
  }
  expectSame(folder_, copy_);
}

TEST_F(Backup, RefusesToReplaceAnything) {
  fs::create_directory(copy_);
  writeBytes(copy_ / "thesis.txt", "mine");
  const Store store = Store::open(folder_);
  EXPECT_EQ(failureOf([&] { std::ignore = store.backup(copy_, {}, {}); }).kind,
            ErrorKind::kConflict);
  fs::remove(copy_ / "thesis.txt");
  std::ignore = store.backup(copy_, {}, {});
  EXPECT_EQ(failureOf([&] { std::ignore = store.backup(copy_, {}, {}); }).kind,
            ErrorKind::kConflict);
  EXPECT_EQ(failureOf([&] { std::ignore = Store::restore(copy_, folder_, {}, {}); }).kind,
            ErrorKind::kConflict);
  EXPECT_EQ(failureOf([&] {
              std::ignore = Store::restore(scratch_.path() / "none", copy_, {}, {});
            }).kind,
            ErrorKind::kNotFound);
  expectSame(folder_, copy_);
}

TEST_F(Backup, GoesNowhereInsideTheStore) {
  const Store store = Store::open(folder_);
  for (const fs::path& inside : {folder_ / "copy", folder_ / "objects/00/copy", folder_ / "tmp/x",
                                 scratch_.path() / "store.quarantine/copy"}) {
    const Failure failure = failureOf([&] { std::ignore = store.backup(inside, {}, {}); });
    EXPECT_EQ(failure.kind, ErrorKind::kConflict) << inside;
    EXPECT_THAT(failure.text, HasSubstr("outside"));
    EXPECT_FALSE(fs::exists(inside));
  }
  std::ignore = store.backup(scratch_.path() / "store-copy", {}, {});  // beside it
}

// What is whole must not be lost with what is not.
TEST_F(Backup, OfADamagedStoreCopiesWhatIsSoundAndNamesTheRest) {
  std::vector<std::string> ids;
  for (std::uint32_t i = 0; i < 4; ++i) ids.push_back(addNoise(50 + i));
  fs::remove(objectOfNoise(50));
  fs::resize_file(objectOfNoise(51), 10);
  flipByte(objectOfNoise(52));
  const auto lost = testing::UnorderedElementsAre(ids[0], ids[1], ids[2]);

  const Store store = Store::open(folder_);
  EXPECT_THAT(objectsIn(store.backup(copy_, {.with_key = true}, {})), lost);
  EXPECT_THAT(store.audit(1).at(0).detail, HasSubstr("without what is damaged"));
  const fs::path again = scratch_.path() / "again";
  EXPECT_THAT(objectsIn(Store::restore(copy_, again, {.with_key = true}, {})), lost);
  for (const fs::path& folder : {copy_, again}) {
    const Store copied = Store::open(folder);
    EXPECT_THAT(objectsIn(copied.verify(VerifyDepth::kBytes, {})), lost);
    EXPECT_EQ(copied.frame(ids[3], 0).data, store.frame(ids[3], 0).data);
    EXPECT_EQ(copied.surface(ids_.surface).triangles.size(), 4U);
    EXPECT_EQ(copied.mask(ids_.mask).frames.size(), 2U);
    EXPECT_THAT(filesUnder(folder / "tmp"), IsEmpty());
  }
}

TEST_F(Backup, ARestoreThatFailsLeavesNothing) {
  std::ignore = Store::open(folder_).backup(copy_, {.with_key = true}, {});
  const fs::path again = scratch_.path() / "again";
  std::stop_source stop;
  stop.request_stop();
  const auto restore = [&] {
    std::ignore = Store::restore(copy_, again, {.with_key = true}, Progress({}, stop.get_token()));
  };
  EXPECT_EQ(failureOf(restore).kind, ErrorKind::kCancelled);
  EXPECT_FALSE(fs::exists(again));
  EXPECT_FALSE(fs::exists(scratch_.path() / "again.key"));
  fs::create_directory(again);
  EXPECT_EQ(failureOf(restore).kind, ErrorKind::kCancelled);
  EXPECT_TRUE(fs::is_empty(again));
  writeBytes(again / "thesis.txt", "mine");
  EXPECT_EQ(failureOf(restore).kind, ErrorKind::kConflict);
  EXPECT_EQ(bytesOf(again / "thesis.txt"), "mine");
}

TEST_F(Backup, WillNotPassDamageOn) {
  const fs::path object = filesUnder(folder_ / "objects").at(0);
  flipByte(object);
  const std::vector<Damage> left_out = Store::open(folder_).backup(copy_, {}, {});
  ASSERT_EQ(left_out.size(), 1U);
  EXPECT_THAT(left_out[0].problem, HasSubstr(object.filename().string()));
  EXPECT_FALSE(fs::exists(copy_ / fs::relative(object, folder_)));
}

TEST_F(Backup, ComesBackAsItWas) {
  std::ignore = Store::open(folder_).backup(copy_, {.with_key = true}, {});
  const fs::path again = scratch_.path() / "again";
  std::ignore = Store::restore(copy_, again, {.with_key = true}, {});
  expectSame(folder_, again);
  EXPECT_EQ(Store::open(again).pseudonym("patient"), Store::open(folder_).pseudonym("patient"));
}

TEST_F(Backup, OfAStoreThatCannotBeWritten) {
  setWritable(folder_, false);
  fs::permissions(scratch_.path(), fs::perms::others_all, fs::perm_options::add);
  giveToNobody(folder_);
  Child child([&](int to) {
    becomeNobody();
    std::ignore = Store::restore(folder_, copy_, {}, {});
    acknowledge(to, std::to_string(Store::open(copy_).verify(VerifyDepth::kBytes, {}).size()));
  });
  EXPECT_THAT(child.finish(), testing::ElementsAre("0"));
  setWritable(folder_, true);
}

TEST_F(Backup, IsConsistentWhileTheStoreIsWritten) {
  const auto writer = [&](int to) {
    Store store = Store::open(folder_);
    for (std::uint32_t i = 0; i < 200; ++i) {
      const std::string id =
          store.addClip(noiseClip(100 + i, 2), originOf(std::to_string(i % 5)), {}).id;
      store.addMask(id, halfMask(store.clip(id).info), "m", {});
      if (i % 10 == 0) acknowledge(to, id);
    }
  };
  Child writing(writer);
  std::vector<std::string> before;
  for (int round = 0; round < 4; ++round) {
    before.push_back(writing.line());
    const fs::path copy = scratch_.path() / std::to_string(round);
    std::ignore = Store::open(folder_).backup(copy, {}, {});
    const Store store = Store::open(copy);
    EXPECT_THAT(store.verify(VerifyDepth::kBytes, {}), IsEmpty());
    for (const std::string& id : before) EXPECT_NO_THROW(std::ignore = store.frame(id, 1)) << id;
  }
  writing.finish();
  EXPECT_EQ(writing.code(), 0);
}

TEST_F(Backup, CancelledLeavesNoStore) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(failureOf([&] {
              std::ignore = Store::open(folder_).backup(copy_, {}, Progress({}, stop.get_token()));
            }).kind,
            ErrorKind::kCancelled);
  EXPECT_FALSE(Store::exists(copy_));
}
}  // namespace
}  // namespace sonotwin::store
