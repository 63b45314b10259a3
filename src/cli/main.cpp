// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <tuple>

#include "context.h"
#include "feature_command.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/interrupt.h"
#include "sonotwin/base/quiet_threads.h"
#include "usage.h"

namespace {
using sonotwin::ErrorKind;

constexpr int kUsage = 2;

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
  app.add_option("--author", context.author,
                 "Who is named in the audit log (default: $SONOTWIN_AUTHOR, then sonotwin)")
      ->envname("SONOTWIN_AUTHOR");
  app.fallthrough();
  app.require_subcommand(1);
  sonotwin::cli::addStoreCommands(app, context);
  sonotwin::cli::addIngest(app, context);
  sonotwin::cli::addQuarantineCommands(app, context);
  sonotwin::cli::addVaultCommands(app, context);
  sonotwin::cli::addListCommands(app, context);
  sonotwin::cli::addShow(app, context);
  sonotwin::cli::addExamCommands(app, context);
  sonotwin::cli::addImageCommands(app, context);
  sonotwin::cli::addLearningCommands(app, context);
  sonotwin::cli::addModelCommands(app, context);
  sonotwin::cli::addFeatures(app, context);
  sonotwin::cli::addSpaceCommands(app, context);
  sonotwin::cli::addJobCommands(app, context);
}

/// CLI11's message, but for the command itself, where it names neither the word nor the choices.
int answerUsage(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  const auto code = static_cast<CLI::ExitCodes>(error.get_exit_code());
  std::string problem;
  if (code == CLI::ExitCodes::RequiredError || code == CLI::ExitCodes::ExtrasError) {
    problem = sonotwin::cli::commandProblem(app, argc, argv);
  }
  if (problem.empty()) return app.exit(error) == 0 ? 0 : kUsage;
  std::cerr << "sonotwin: " << problem << "\nRun with --help for more information.\n";
  return kUsage;
}
}  // namespace

int main(int argc, char** argv) {
  sonotwin::startWithQuietThreads(argv);
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
    return answerUsage(app, error, argc, argv);
  } catch (const sonotwin::Error& error) {
    std::cerr << "sonotwin: " << sonotwin::cli::oneLine(error.what()) << "\n";
    return exitCodeOf(error.kind());
  } catch (const std::filesystem::filesystem_error& error) {
    std::cerr << "sonotwin: cannot use " << error.path1().string() << ": " << error.code().message()
              << ". Check the path and its permissions.\n";
    return 3;
  } catch (const std::exception& error) {
    std::cerr << "sonotwin: internal error: " << error.what() << "\n";
    return 1;
  }
}
