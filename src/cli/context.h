// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/App.hpp>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sonotwin/base/progress.h"
#include "sonotwin/store/store.h"

namespace sonotwin::cli {

/// Exit codes of the contract that are not failures of the program.
constexpr int kDone = 0;
constexpr int kPartlyDone = 6;

/// What every command shares: the store's folder, text or JSON, progress and Ctrl-C.
class Context {
 public:
  std::filesystem::path store_folder;
  bool json = false;
  std::string author;     ///< named in the audit log; empty: the store's own word
  int exit_code = kDone;  ///< set by a command that did only part

  [[nodiscard]] store::Store openStore() const;
  /// Makes the store that --store names, in the author's name.
  [[nodiscard]] store::Store makeStore() const;

  /// A bar on a terminal, silent elsewhere; Ctrl-C cancels.
  [[nodiscard]] Progress progress() const;

  /// One JSON document where --json was given, else the text. Both end in a new line.
  void print(const std::string& text, const nlohmann::json& document) const;
};

/// `$SONOTWIN_STORE`, else `~/Sonotwin`.
[[nodiscard]] std::filesystem::path defaultStoreFolder();

/// Columns of text, as wide as their widest cell; numbers are the caller's to format.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

[[nodiscard]] std::string decimal(double value, int digits);

/// The text with control characters, which names of files may hold, as question marks.
[[nodiscard]] std::string oneLine(std::string text);

void addStoreCommands(CLI::App& app, Context& context);  // init verify audit backup restore
void addIngest(CLI::App& app, Context& context);
void addQuarantineCommands(CLI::App& app, Context& context);  // quarantine report
void addVaultCommands(CLI::App& app, Context& context);       // vault reidentify
void addListCommands(CLI::App& app, Context& context);        // list search
void addSearch(CLI::App& app, Context& context);
void addShow(CLI::App& app, Context& context);
void addExamCommands(CLI::App& app, Context& context);      // merge unmerge protocol set
void addImageCommands(CLI::App& app, Context& context);     // frames enhance recipes export
void addLearningCommands(CLI::App& app, Context& context);  // dataset train segment evaluate
void addModelCommands(CLI::App& app, Context& context);
void addSpaceCommands(CLI::App& app, Context& context);  // reconstruct surface measure plan
void addJobCommands(CLI::App& app, Context& context);    // run simulate version

}  // namespace sonotwin::cli
