// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/base/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>

#include "sonotwin/base/error.h"

namespace sonotwin {
namespace {
class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "sonotwin-file-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::ptrdiff_t entries() const {
    return std::distance(std::filesystem::directory_iterator(folder_),
                         std::filesystem::directory_iterator());
  }
  static ErrorKind kindOf(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.kind();
    }
    ADD_FAILURE() << "nothing was thrown";
    return ErrorKind::kInternal;
  }

  std::filesystem::path folder_;
};

TEST_F(FileTest, LeavesNothingWithoutCommit) {
  writeFileAtomically(folder_ / "kept", "old");
  {
    AtomicFile file(folder_ / "kept");
    file.write("new and longer");
    AtomicFile other(folder_ / "never");
    other.write("x");
  }
  EXPECT_EQ(readTextFile(folder_ / "kept"), "old");
  EXPECT_EQ(entries(), 1);
}

TEST_F(FileTest, CommitReplacesTheWholeFile) {
  writeFileAtomically(folder_ / "a", "something longer");
  AtomicFile file(folder_ / "a");
  file.write("one ");
  file.write("two");
  EXPECT_EQ(file.size(), 7U);
  EXPECT_EQ(readTextFile(folder_ / "a"), "something longer");
  file.commit();
  EXPECT_EQ(readTextFile(folder_ / "a"), "one two");
  EXPECT_EQ(entries(), 1);
}

TEST_F(FileTest, CommitsUnderANameKnownLater) {
  AtomicFile file(folder_ / "a");
  file.write("x");
  file.commitAs(folder_ / "b");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "a"));
  EXPECT_EQ(readTextFile(folder_ / "b"), "x");
  EXPECT_EQ(entries(), 1);
}

TEST_F(FileTest, MakesFoldersThatAPersonNamed) {
  makeFolder(folder_ / "a/b");
  makeFolder(folder_ / "a/b");
  makeFolderFor(folder_ / "a/c/file.txt");
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "a/b"));
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "a/c"));
  writeFileAtomically(folder_ / "a/taken", "x");
  EXPECT_EQ(kindOf([&] { makeFolder(folder_ / "a/taken"); }), ErrorKind::kBadInput);
  EXPECT_EQ(kindOf([&] { makeFolderFor(folder_ / "a/taken/file.txt"); }), ErrorKind::kBadInput);
  EXPECT_EQ(kindOf([&] { makeFolderFor(folder_ / "a/b"); }), ErrorKind::kBadInput);
  EXPECT_EQ(kindOf([&] { makeFolder(folder_ / std::string(300, 'x')); }), ErrorKind::kBadInput);
}

TEST_F(FileTest, FailuresSayWhatKindTheyAre) {
  EXPECT_EQ(kindOf([&] { AtomicFile file(folder_ / "no" / "such" / "folder"); }),
            ErrorKind::kDevice);
  std::filesystem::create_directory(folder_ / "taken");
  writeFileAtomically(folder_ / "taken" / "inside", "x");
  EXPECT_EQ(kindOf([&] { writeFileAtomically(folder_ / "taken", "x"); }), ErrorKind::kDevice);
  EXPECT_EQ(entries(), 1) << "a failed commit leaves its temporary file";
  EXPECT_EQ(kindOf([&] { std::ignore = readFile(folder_ / "absent"); }), ErrorKind::kNotFound);
  EXPECT_EQ(kindOf([&] { std::ignore = readFile(folder_); }), ErrorKind::kNotFound);
  writeFileAtomically(folder_ / "big", "12345");
  EXPECT_EQ(kindOf([&] { std::ignore = readFile(folder_ / "big", 4); }), ErrorKind::kBadInput);
  EXPECT_EQ(readFile(folder_ / "big", 5).size(), 5U);
}

TEST_F(FileTest, BytesAndEmptyFilesComeBack) {
  const std::vector<std::byte> bytes = {std::byte{0}, std::byte{255}, std::byte{10}};
  writeFileAtomically(folder_ / "a", bytes);
  EXPECT_EQ(readFile(folder_ / "a"), bytes);
  writeFileAtomically(folder_ / "empty", "");
  EXPECT_TRUE(readFile(folder_ / "empty").empty());
}

TEST_F(FileTest, OthersMayReadWhatIsCommitted) {
  writeFileAtomically(folder_ / "a", "x");
  struct stat status {};
  ASSERT_EQ(::stat((folder_ / "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0644U);
}
}  // namespace
}  // namespace sonotwin
