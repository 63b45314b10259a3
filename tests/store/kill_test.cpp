// SPDX-License-Identifier: Apache-2.0
// Programs killed at any instant of what they do. Forks before it opens a store: SQLite's
// connections must not cross a fork.
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <sstream>

#include "child_process.h"
#include "numbered_acts.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/store/model_registry.h"
#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::IsEmpty;

/// Does something under a number, relying on the numbers before. @returns the id of what it made,
/// the same for the same number
using Work = std::function<std::string(Store&, int number)>;

// Four versions of each drawing.
std::string annotate(Store& store, int number) {
  if (store.count() == 0) addNumber(store, 1);
  const std::string clip = store.clips({.limit = 1}).at(0).id;
  const std::string drawing = "drawing " + std::to_string(number / 4);
  std::string parent;
  for (const AnnotationRow& row : store.annotations(clip)) {
    if (row.author == drawing && row.version == number % 4) parent = row.id;
  }
  media::ClipMask mask = halfMask(store.clip(clip).info);
  mask.frames.at(0).confidence = 0.001F * static_cast<float>(number % 997);
  std::string id = store.addAnnotation(clip, mask, drawing, parent);
  if (number % 4 == 3) store.setAnnotationState(id, "final");
  return id;
}

// A dataset, a training with it, the model of that.
std::string registerTraining(Store& store, int number) {
  const std::string name = "run " + std::to_string(number / 3);
  const auto recordNamed = [&](const std::string& kind) -> std::vector<std::string> {
    for (const RecordRow& row : store.records(kind)) {
      if (row.name == name) return {row.id};
    }
    return {};
  };
  if (number % 3 == 0) return store.addRecord("dataset", name, R"({"cases":3})", {});
  if (number % 3 == 1) {
    return store.addRecord("training", name, R"({"epochs":2})",
                           {.made_from = recordNamed("dataset")});
  }
  return store.addModel(name, R"({"classes":["nerve"]})", {.made_from = recordNamed("training")});
}

// A network with its weights, then the same put in force instead of the one before.
std::string keepNetwork(Store& store, const fs::path& scratch, int number) {
  const std::string weights = std::string(5000, 'w') + std::to_string(number / 2);
  const fs::path file = scratch / ("weights" + std::to_string(::getpid()));
  writeBytes(file, weights);
  const std::string id =
      store.addModel("net", R"({"weights":{"sha256":")" + sha256Hex(weights) + R"("}})", {});
  ModelRegistry registry(store.folder(), "ada");
  registry.keepWeights(id, file, {});
  if (number % 2 == 0) return id;
  ModelChange change{.act = "model promoted", .activated = id, .why = {}, .detail_json = "{}"};
  for (const KeptModelRow& row : registry.models()) {
    if (row.status == "active") change.expected_active.push_back(row.id);
  }
  if (change.expected_active == std::vector<std::string>{id}) return id;
  change.retired = change.expected_active;
  registry.change(change);
  return id;
}

class Kills : public testing::Test {
 protected:
  Kills() { const Store store = Store::create(folder_); }

  /// One program that goes on where the last one ended, until it is killed: in every eighth from
  /// its start, else from somewhere in its first acts.
  void killOne(const Work& work, bool from_start) {
    const int last = next_ + static_cast<int>(random_() % 3);
    const long microseconds = 1 + static_cast<long>(random_() % 15000);
    Child child([&](int to) {
      if (from_start) dieAfter(microseconds);
      Store store = Store::open(folder_);
      for (int number = next_;; ++number) {
        if (number == last && !from_start) dieAfter(microseconds);
        acknowledge(to, std::to_string(number) + " " + work(store, number));
      }
    });
    for (const std::string& line : child.finish()) {
      std::istringstream words(line);
      std::string id;
      ASSERT_TRUE(words >> next_ >> id) << line;
      acknowledged_[next_++] = id;
    }
    EXPECT_TRUE(child.killed()) << child.code();
  }
  void expectWhole() const {
    const Store store = Store::open(folder_);
    for (const Damage& damage : store.verify(VerifyDepth::kBytes, {})) {
      ADD_FAILURE() << damage.object << ": " << damage.problem;
    }
    for (const auto& [number, id] : acknowledged_) {
      EXPECT_NO_THROW(std::ignore = store.kindOf(id)) << number;
    }
  }
  /// @param made  how many things of the kind there are
  void killAtAnyInstant(int trials, const Work& work,
                        const std::function<std::size_t(const Store&)>& made) {
    for (int trial = 0; trial < trials; ++trial) {
      SCOPED_TRACE(trial);
      killOne(work, trial % 8 == 0);
      expectWhole();
    }
    EXPECT_GT(acknowledged_.size(), static_cast<std::size_t>(trials) / 4);  // however slow the disk
    Store store = Store::open(folder_);
    for (const auto& [number, id] : acknowledged_) EXPECT_EQ(work(store, number), id);
    work(store, next_);
    EXPECT_EQ(made(store), acknowledged_.size() + 1) << "what was not acknowledged came again";
    EXPECT_THAT(filesUnder(folder_ / "tmp"), IsEmpty());
  }

  ScratchFolder disk_{ScratchFolder::On::kDisk};  // flushing takes its time, as in life
  fs::path folder_ = disk_.path() / "store";
  std::mt19937 random_{7};
  std::map<int, std::string> acknowledged_;
  int next_ = 0;
};

TEST_F(Kills, WhileTakingIn) {
  killAtAnyInstant(trials(30), addNumber,
                   [](const Store& store) { return store.clips({.limit = 1000000}).size(); });
}

TEST_F(Kills, WhileAnnotating) {
  killAtAnyInstant(trials(20), annotate,
                   [](const Store& store) { return store.annotations().size(); });
}

TEST_F(Kills, WhileRegisteringTrainings) {
  killAtAnyInstant(trials(20), registerTraining, [](const Store& store) {
    return store.records().size() + store.models().size();
  });
}

TEST_F(Kills, WhileKeepingNetworks) {
  const Work work = [this](Store& store, int number) {
    return keepNetwork(store, disk_.path(), number);
  };
  for (int trial = 0; trial < trials(20); ++trial) {
    SCOPED_TRACE(trial);
    killOne(work, trial % 8 == 0);
    expectWhole();
    const std::vector<KeptModelRow> kept = ModelRegistry(folder_).models();
    EXPECT_LE(std::ranges::count(kept, "active", &KeptModelRow::status), 1);
    for (const KeptModelRow& row : kept) {
      EXPECT_EQ(
          sha256Hex(bytesOf(ModelRegistry(folder_).folderOf(row.id, {}) / "weights.safetensors")),
          row.weights_sha256);
    }
  }
  Store store = Store::open(folder_);
  EXPECT_EQ(work(store, 1), work(store, 0));
  EXPECT_THAT(store.auditProblems(), IsEmpty());
  EXPECT_THAT(filesUnder(folder_ / "tmp"), IsEmpty());
}

TEST_F(Kills, WhileAStoreIsMadeLeavesAFolderToMakeItIn) {
  const ScratchFolder memory;
  for (int trial = 0; trial < trials(12); ++trial) {
    const fs::path folder = memory.path() / std::to_string(trial);
    const long microseconds = 200 + static_cast<long>(random_() % 40000);
    Child child([&](int) {
      dieAfter(microseconds);
      Store::create(folder);
    });
    EXPECT_THAT(child.finish(), IsEmpty());
    const Store store = Store::exists(folder) ? Store::open(folder) : Store::create(folder);
    EXPECT_THAT(store.verify(VerifyDepth::kBytes, {}), IsEmpty());
    fs::remove_all(folder);
  }
}

TEST_F(Kills, WhileCopyingLeaveNoStoreOrAWholeOne) {
  const ScratchFolder memory;
  const fs::path source = memory.path() / "store";
  {
    Store store = Store::create(source);
    addFamily(store);
  }
  for (int trial = 0; trial < trials(12); ++trial) {
    const fs::path copy = memory.path() / std::to_string(trial);
    const long microseconds = 1000 + static_cast<long>(random_() % 30000);
    const auto make = [&] {
      if (trial % 2 == 0) std::ignore = Store::open(source).backup(copy, {.with_key = true}, {});
      if (trial % 2 != 0) std::ignore = Store::restore(source, copy, {.with_key = true}, {});
    };
    Child child([&](int) {
      dieAfter(microseconds);
      make();
    });
    child.finish();
    if (!Store::exists(copy)) make();
    for (const fs::path& folder : {source, copy}) {
      const Store store = Store::open(folder);
      EXPECT_THAT(store.verify(VerifyDepth::kBytes, {}), IsEmpty()) << microseconds;
      EXPECT_EQ(store.surfaces().size(), 1U);
    }
    EXPECT_EQ(bytesOf(copy.string() + ".key"), bytesOf(source.string() + ".key"));
    fs::remove_all(copy);
  }
}
}  // namespace
}  // namespace sonotwin::store
