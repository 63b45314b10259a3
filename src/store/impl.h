// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "database.h"
#include "folder.h"
#include "key.h"
#include "objects.h"
#include "sonotwin/store/store.h"

namespace sonotwin::store {

struct ArrivedClip;

struct Store::Impl {
  std::filesystem::path folder;
  KeyBeside key;
  OpenMark mark;
  ObjectFolder objects;
  Database database;
  std::string author = "sonotwin";

  /// Moves the file in and adds the clip in one transaction; fills in its object and encoding.
  /// @throws as Store::addClip
  AddedClip addEncoded(ArrivedClip&& came, EncodedObject object, const Progress& progress);

  /// The same for raw frames, taken one at a time.
  AddedClip addRaw(ArrivedClip&& came, const Progress& progress);

  /// The database for a change. @throws Error(kDevice) where it can only be read, Error(kConflict)
  /// with a wrong key beside it
  Database& writing() {
    database.requireWritable();
    key.requireNoWrongOne();
    return database;
  }
};

}  // namespace sonotwin::store
