// SPDX-License-Identifier: Apache-2.0
#include "engine.h"

#include <dlfcn.h>

#include "sonotwin/base/error.h"

namespace sonotwin::segment {
namespace {
const Engine* loadEngine() {
  const std::filesystem::path path =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / kEngineFile;
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  void* const entry = library == nullptr ? nullptr : dlsym(library, kEngineEntry);
  if (entry == nullptr) {
    const char* const reason = dlerror();
    throw Error(ErrorKind::kNotFound, "Networks cannot be computed: " + path.string() +
                                          " could not be loaded (" +
                                          (reason == nullptr ? "no reason given" : reason) +
                                          "). Build the program again, with LibTorch installed.");
  }
  return reinterpret_cast<EngineEntry>(entry)();
}
}  // namespace

const Engine& engine() {
  static const Engine* const loaded = loadEngine();
  return *loaded;
}

}  // namespace sonotwin::segment
