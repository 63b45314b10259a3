// SPDX-License-Identifier: Apache-2.0
// The clock is another program's business: nothing in a store may rest on it.
#include <gmock/gmock.h>

#include <regex>

#include "account.h"
#include "acts.h"
#include "store_fixture.h"
#include "test_clock.h"

namespace sonotwin::store {
namespace {
namespace fs = std::filesystem;
using testing::IsEmpty;

class Clock : public testing::Test {
 protected:
  Clock() { writeSources(scratch_.path()); }
  ~Clock() override { setClock(1767225600, 0); }

  /// Everything, done while the clock goes as said, in a store with the same key each time.
  fs::path doAll(const std::string& name, std::time_t start, std::time_t step_s) {
    const fs::path root = scratch_.path() / name;
    fs::create_directory(root);
    const fs::path key = scratch_.path() / "key";
    if (fs::exists(key)) fs::copy_file(key, root / "store.key");
    setClock(start, step_s);
    Desk desk(root, scratch_.path());
    for (const StoreAct& act : allActs()) act.run(desk);
    if (!fs::exists(key)) fs::copy_file(root / "store.key", key);
    return root / "store";
  }
  static std::string withoutTimes(const std::string& told) {
    static const std::regex time("-?[0-9]+-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");
    return std::regex_replace(told, time, "TIME");
  }
  ScratchFolder scratch_;
};

TEST_F(Clock, MayGoBackStandStillOrBeFarOff) {
  const fs::path forward = doAll("forward", 1767225600, 60);
  const std::string told = withoutTimes(Account(Store::open(forward)).whole());
  const std::vector<std::pair<std::time_t, std::time_t>> clocks = {
      {1767225600, -86400}, {1767225600, 0}, {3600, -60}, {253402300799 - 60, 1}};
  for (std::size_t i = 0; i < clocks.size(); ++i) {
    const auto [start, step_s] = clocks[i];
    SCOPED_TRACE(std::to_string(start) + " and " + std::to_string(step_s));
    const Store store = Store::open(doAll(std::to_string(i), start, step_s));
    EXPECT_THAT(store.verify(VerifyDepth::kBytes, {}), IsEmpty());
    EXPECT_EQ(withoutTimes(Account(store).whole()), told);
    const std::vector<AuditEntry> newest_first = store.audit(1000000);
    EXPECT_TRUE(step_s >= 0 || newest_first.front().at_utc < newest_first.back().at_utc);
  }
}
}  // namespace
}  // namespace sonotwin::store
