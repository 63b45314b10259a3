// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <tuple>

#include "context.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/interrupt.h"

namespace {
using sonotwin::ErrorKind;

int exitCodeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kBadInput:
    case ErrorKind::kConflict:
      return 3;
    case ErrorKind::kNotFound:
      return 5;
    case ErrorKind::kDamaged:
      return 4;
    case ErrorKind::kCancelled:
      return 130;
    case ErrorKind::kDevice:
    case ErrorKind::kInternal:
      return 1;
  }
  return 1;
}

void addCommands(CLI::App& app, sonotwin::cli::Context& context) {
  app.add_option("--store", context.store_folder,
                 "Folder of the store (default: $SONOTWIN_STORE, then ~/Sonotwin)");
  app.add_flag("--json", context.json, "Print one JSON document on stdout and nothing else there");
  app.fallthrough();
  app.require_subcommand(1);
  sonotwin::cli::addStoreCommands(app, context);
  sonotwin::cli::addImageCommands(app, context);
  sonotwin::cli::addLearningCommands(app, context);
  sonotwin::cli::addSpaceCommands(app, context);
  sonotwin::cli::addJobCommands(app, context);
}
}  // namespace

int main(int argc, char** argv) {
  std::ignore = sonotwin::stopOnInterrupt();  // from the start, before any long work
  sonotwin::cli::Context context;
  context.store_folder = sonotwin::cli::defaultStoreFolder();
  CLI::App app(
      "Sonotwin: from ultrasound scans to a patient's 3D models.\n"
      "Research software, not a medical device.",
      "sonotwin");
  try {
    addCommands(app, context);
    app.parse(argc, argv);
    return context.exit_code;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const sonotwin::Error& error) {
    std::cerr << "sonotwin: " << error.what() << "\n";
    return exitCodeOf(error.kind());
  } catch (const std::filesystem::filesystem_error& error) {
    std::cerr << "sonotwin: cannot use " << error.path1().string() << ": " << error.code().message()
              << "\n";
    return 3;
  } catch (const std::exception& error) {
    std::cerr << "sonotwin: internal error: " << error.what() << "\n";
    return 1;
  }
}
