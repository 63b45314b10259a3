// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "database.h"
#include "folder.h"
#include "key.h"
#include "objects.h"
#include "sonotwin/store/store.h"

namespace sonotwin::store {

struct Store::Impl {
  std::filesystem::path folder;
  PseudonymKey key;
  OpenMark mark;
  ObjectFolder objects;
  Database database;
};

}  // namespace sonotwin::store
