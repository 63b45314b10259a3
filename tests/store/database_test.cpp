// SPDX-License-Identifier: Apache-2.0
#include "database.h"

#include <gmock/gmock.h>

#include <limits>

#include "store_fixture.h"
#include "utf8.h"

namespace sonotwin::store {
namespace {
using testing::HasSubstr;

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    Database::create(file_, [](Database& database) {
      database.execute("CREATE TABLE t (a TEXT, b TEXT, n REAL)");
    });
  }
  ScratchFolder scratch_;
  std::filesystem::path file_ = scratch_.path() / "x.sqlite";
};

TEST_F(DatabaseTest, SecondWriterGivesUpInWords) {
  const Database first = Database::open(file_);
  const Database second = Database::open(file_, std::chrono::milliseconds(20));
  const Transaction writing(first, Transaction::Kind::kWrite);
  EXPECT_NO_THROW(Transaction(second, Transaction::Kind::kRead));
  const Failure failure = failureOf([&] { Transaction(second, Transaction::Kind::kWrite); });
  EXPECT_EQ(failure.kind, ErrorKind::kConflict);
  EXPECT_THAT(failure.text, HasSubstr("Another program is writing"));
}

TEST_F(DatabaseTest, TransactionIsUndoneUnlessCommitted) {
  Database database = Database::open(file_);
  const auto rows = [&] {
    Statement count = database.query("SELECT COUNT(*) FROM t");
    count.step();
    return count.integer(0);
  };
  {
    const Transaction transaction(database, Transaction::Kind::kWrite);
    database.run("INSERT INTO t (a) VALUES (?)", "x");
    EXPECT_EQ(rows(), 1);
  }
  EXPECT_EQ(rows(), 0);
  {
    Transaction transaction(database, Transaction::Kind::kWrite);
    database.run("INSERT INTO t (a) VALUES (?)", "x");
    transaction.commit();
  }
  EXPECT_EQ(rows(), 1);
}

TEST_F(DatabaseTest, RefusesNumbersThatAreNotFinite) {
  Database database = Database::open(file_);
  for (const double bad :
       {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
        std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(failureOf([&] { database.run("INSERT INTO t (n) VALUES (?)", bad); }).kind,
              ErrorKind::kBadInput);
  }
}

// Seals rest on this: rows that differ in any way must differ in their bytes.
TEST_F(DatabaseTest, RowBytesTellRowsApart) {
  const Database database = Database::open(file_);
  std::vector<std::string> seen;
  for (const char* const row :
       {"SELECT 'ab', 'c'", "SELECT 'a', 'bc'", "SELECT 'abc', ''", "SELECT 'abc', NULL",
        "SELECT 1, 2", "SELECT '1', '2'", "SELECT 1.0, 2.0", "SELECT 1", "SELECT 'i'"}) {
    Statement statement = database.query(row);
    ASSERT_TRUE(statement.step());
    EXPECT_THAT(seen, testing::Not(testing::Contains(statement.rowBytes()))) << row;
    seen.push_back(statement.rowBytes());
  }
}

TEST_F(DatabaseTest, InterruptedStatementIsCancelled) {
  const Database database = Database::open(file_);
  const Database::Interruption stop(database, [] { return true; });
  Statement endless = database.query(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n");
  EXPECT_EQ(failureOf([&] { endless.step(); }).kind, ErrorKind::kCancelled);
}

TEST(Utf8, TakesEveryPlaneAndNothingBroken) {
  for (const char* const good :
       {"", "plain", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_NO_THROW(requireText(good)) << good;
  }
  using namespace std::string_view_literals;
  for (const std::string_view bad :
       {"\0"sv, "a\0b"sv, "\x80"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC2"sv, "\xC2 "sv,
        "\xE0\x9F\xBF"sv, "\xED\xA0\x80"sv, "\xE2\x82"sv, "\xF0\x8F\xBF\xBF"sv,
        "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "K\xF6ln"sv}) {
    EXPECT_EQ(failureOf([&] { requireText(bad); }).kind, ErrorKind::kBadInput);
  }
}
}  // namespace
}  // namespace sonotwin::store
