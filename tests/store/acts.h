// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sonotwin/store/store.h"

namespace sonotwin::store {

/// Where acts are tried: `root` holds the store, what lies beside it, and copies of it; `sources`
/// what is taken in.
class Desk {
 public:
  Desk(std::filesystem::path root, std::filesystem::path sources)
      : root_(std::move(root)), sources_(std::move(sources)) {}

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path folder() const { return root_ / "store"; }
  [[nodiscard]] std::filesystem::path source(const std::string& name) const {
    return sources_ / name;
  }
  /// Opened when it is first asked for.
  Store& store();
  void close() { store_.reset(); }

 private:
  std::filesystem::path root_, sources_;
  std::optional<Store> store_;
};

/// Something a person does to a store. Tried again after it was done, it changes nothing but the
/// audit log.
struct StoreAct {
  std::string name;
  std::function<void(Desk&)> run;
};

/// All that a store can do, each act relying on those before it; the first makes the store.
[[nodiscard]] std::vector<StoreAct> allActs();
/// Writes the files that the acts take in.
void writeSources(const std::filesystem::path& folder);

}  // namespace sonotwin::store
