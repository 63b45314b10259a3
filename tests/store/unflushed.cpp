// SPDX-License-Identifier: Apache-2.0
#include "unflushed.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <tuple>

namespace sonotwin::store {
namespace fs = std::filesystem;
namespace {
fs::path nameOf(int descriptor) {
  return fs::path("/proc/self/fd") / std::to_string(descriptor);
}

std::string contentOf(int descriptor) {
  struct stat status {};
  ::fstat(descriptor, &status);
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  const ssize_t got = ::pread(descriptor, content.data(), content.size(), 0);
  content.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return content;
}

void replaceContent(int descriptor, const std::string& content) {
  std::ignore = ::ftruncate(descriptor, 0);
  std::ignore = ::pwrite(descriptor, content.data(), content.size(), 0);
}

// Each page is the one or the other, and so is the size.
std::string mixed(std::string one, std::string other, std::mt19937& random) {
  constexpr std::size_t kPage = 4096;
  const std::size_t size = random() % 2 == 0 ? one.size() : other.size();
  one.resize(size);
  other.resize(size);
  for (std::size_t at = 0; at < size; at += kPage) {
    const std::size_t count = std::min(kPage, size - at);
    if (random() % 2 == 0) one.replace(at, count, other, at, count);
  }
  return one;
}
}  // namespace

void Unflushed::keepContent(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return;
  Content& content = contents_[status.st_ino];
  if (content.descriptor < 0) {
    content.descriptor = ::open(nameOf(descriptor).c_str(), O_RDWR | O_CLOEXEC);
  }
  if (!content.on_disk) content.on_disk = contentOf(content.descriptor);
}

fs::path Unflushed::keepEntry(const fs::path& path) {
  fs::path kept = attic_ / std::to_string(++kept_);
  return ::link(path.c_str(), kept.c_str()) == 0 ? kept : fs::path();
}

void Unflushed::flushed(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return;
  if (!S_ISDIR(status.st_mode)) {
    contents_[status.st_ino].on_disk.reset();
    return;
  }
  const fs::path folder = fs::read_symlink(nameOf(descriptor));
  std::erase_if(changes_,
                [&](const EntryChange& change) { return change.path.parent_path() == folder; });
}

void Unflushed::takeBack(std::size_t first_change) {
  std::error_code ignored;
  while (changes_.size() > first_change) {
    const EntryChange& change = changes_.back();
    if (change.kept.empty()) {
      fs::remove_all(change.path, ignored);
    } else {
      ::link(change.kept.c_str(), change.path.c_str());
    }
    changes_.pop_back();
  }
}

void Unflushed::lose() {
  for (const auto& [inode, content] : contents_) {
    if (content.on_disk) replaceContent(content.descriptor, *content.on_disk);
  }
  takeBack(0);
}

void Unflushed::loseSome(unsigned seed) {
  std::mt19937 random(seed);
  for (const auto& [inode, content] : contents_) {
    if (!content.on_disk) continue;
    replaceContent(content.descriptor,
                   mixed(*content.on_disk, contentOf(content.descriptor), random));
  }
  takeBack(random() % (changes_.size() + 1));
}

}  // namespace sonotwin::store
