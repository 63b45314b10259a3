// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "sonotwin/store/store.h"

namespace sonotwin::workstation {

/// Which store, and who changes it: what work on another thread needs to open its own.
struct StorePlace {
  StorePlace(std::filesystem::path in, std::string by = {})
      : folder(std::move(in)), author(std::move(by)) {}
  /// @throws Error as Store::open
  [[nodiscard]] store::Store open() const {
    store::Store store = store::Store::open(folder);
    if (!author.empty()) store.setAuthor(author);
    return store;
  }

  std::filesystem::path folder;
  std::string author;  ///< named in the log; empty: the store's own word
};

}  // namespace sonotwin::workstation
