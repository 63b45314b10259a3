// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "context.h"
#include "rows.h"
#include "usage.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

void init(Context& context) {
  const store::Store made = context.makeStore();
  context.print("Made an empty store in " + made.folder().string() +
                    ". Its key for pseudonyms lies beside it; keep a copy in a safe place.",
                {{"store", made.folder().string()}});
}

// ---- verify -------------------------------------------------------------------------------------

/// Several rules may find the same: said once, in the order found.
std::vector<store::Damage> eachOnce(const std::vector<store::Damage>& damages) {
  std::vector<store::Damage> once;
  std::set<std::pair<std::string, std::string>> said;
  for (const auto& damage : damages) {
    if (said.emplace(damage.object, damage.problem).second) once.push_back(damage);
  }
  return once;
}

json damagesJson(const std::vector<store::Damage>& damages) {
  json document = json::array();
  for (const auto& damage : damages) {
    document.push_back({{"object", damage.object}, {"problem", damage.problem}});
  }
  return document;
}

std::string damagesText(const std::vector<store::Damage>& damages) {
  std::string text;
  for (const auto& damage : damages) text += damage.object + ": " + damage.problem + "\n";
  return text + (damages.size() == 1 ? "1 problem found.\n"
                                     : std::to_string(damages.size()) + " problems found.\n");
}

void verify(Context& context, bool deep) {
  const store::Store store = context.openStore();
  const auto damages = eachOnce(store.verify(
      deep ? store::VerifyDepth::kBytes : store::VerifyDepth::kRows, context.progress()));
  json document = {{"ok", damages.empty()}, {"deep", deep}, {"damages", damagesJson(damages)}};
  std::string text = damagesText(damages);
  if (damages.empty()) {
    const store::AuditEntry last = store.audit(1).at(0);
    document["audit"] = {{"entries", last.number}, {"last_sha256", last.sha256}};
    text = "The store is whole. Its audit log is an unbroken chain of " +
           std::to_string(last.number) + (last.number == 1 ? " entry" : " entries") +
           ", the last " + last.sha256 + ".\n";
  } else {
    context.exit_code = 4;
  }
  context.print(text, document);
}

// ---- audit --------------------------------------------------------------------------------------

struct AuditArguments {
  int limit = 100;
  int offset = 0;
};

void audit(Context& context, const AuditArguments& arguments) {
  Listing out{Table({"ENTRY", "AT", "BY", "ACT", "OBJECT", "DETAIL"}), json::array()};
  const store::Store store = context.openStore();
  for (const auto& entry : store.audit(arguments.limit, arguments.offset)) {
    out.table.add({std::to_string(entry.number), entry.at_utc, entry.author, entry.act,
                   entry.object, entry.detail});
    out.document.push_back({{"number", entry.number},
                            {"at", entry.at_utc},
                            {"author", entry.author},
                            {"act", entry.act},
                            {"object", entry.object},
                            {"detail", entry.detail},
                            {"program_version", entry.program_version},
                            {"sha256", entry.sha256}});
  }
  context.print(out.table.text(), out.document);
  const auto problems = store.auditProblems();
  if (problems.empty()) return;
  context.exit_code = 4;
  std::cerr << "The audit log was changed by something other than Sonotwin:\n"
            << damagesText(problems);
}

// ---- backup, restore ----------------------------------------------------------------------------

/// Says how a copy is, read from the disk again, and what is not in it.
/// @param left_out  what could not be copied, as it was damaged before
void printCopy(Context& context, const std::string& what, const std::filesystem::path& folder,
               bool with_key, const std::vector<store::Damage>& left_out,
               const Progress& progress) {
  const store::Store copy = store::Store::open(folder);
  const auto damages = eachOnce(copy.verify(store::VerifyDepth::kBytes, progress));
  const auto waiting = copy.quarantined().size();
  json document = {{"folder", copy.folder().string()},
                   {"ok", damages.empty()},
                   {"damages", damagesJson(damages)},
                   {"left_out", damagesJson(left_out)},
                   {"clips", copy.count()},
                   {"with_key", with_key},
                   {"waiting_left_out", waiting}};
  std::string text = what + " " + copy.folder().string() + ": " + std::to_string(copy.count()) +
                     " clips, every byte read again and compared.\n";
  if (!with_key) {
    text +=
        "Not in it: the key. Keep a copy of it elsewhere, or give --with-key; without it new exams "
        "of a known patient do not find their place.\n";
  }
  if (waiting > 0) {
    text += "Not in it: " + std::to_string(waiting) +
            (waiting == 1 ? " object that waits" : " objects that wait") +
            " in quarantine, whose pixels may name patients. Keep the files they came from.\n";
  }
  if (!damages.empty()) {
    text = damagesText(damages) + "All else is whole in " + copy.folder().string() +
           ": it was read again and compared. What is named here " +
           (left_out.empty() ? "is damaged in the copy" : "was damaged before it was copied") +
           ". Keep the files it came from, and any older copy.\n";
    context.exit_code = 4;
  }
  context.print(text, document);
}

struct CopyArguments {
  std::string folder;
  store::BackupOptions options;
};

void backup(Context& context, const CopyArguments& arguments) {
  const Progress progress = context.progress();
  const auto left_out = context.openStore().backup(arguments.folder, arguments.options,
                                                   progress.part(0.0, 0.5, "copying"));
  printCopy(context, "Backed up to", arguments.folder, arguments.options.with_key, left_out,
            progress.part(0.5, 1.0, "checking the copy"));
}

void restore(Context& context, const CopyArguments& arguments) {
  const Progress progress = context.progress();
  const auto left_out =
      store::Store::restore(arguments.folder, context.store_folder, arguments.options,
                            progress.part(0.0, 0.5, "copying"));
  const bool has_key = !store::Store::open(context.store_folder).keyProblem();
  printCopy(context, "Restored to", context.store_folder, has_key, left_out,
            progress.part(0.5, 1.0, "checking the copy"));
}

void addCopies(CLI::App& app, Context& context) {
  const auto to = std::make_shared<CopyArguments>();
  CLI::App* keep = app.add_subcommand(
      "backup", "A whole copy of the store, as it is now, while others use it; then checks it");
  keep->add_option("folder", to->folder, "Folder to make")->required();
  keep->add_flag(
      "--with-key", to->options.with_key,
      "Copy the key too: whoever has it can tell whether a known person is in the store");
  keep->add_flag("--link", to->options.link_objects,
                 "Link objects instead of copying them: quick, but one damaged disk takes both");
  keep->callback([&context, to] { backup(context, *to); });

  const auto from = std::make_shared<CopyArguments>();
  CLI::App* again =
      app.add_subcommand("restore", "Make the store that --store names from a backup; checks it");
  again->add_option("folder", from->folder, "The backup")->required();
  again->add_flag("--with-key", from->options.with_key, "Copy the key that lies beside the backup");
  again->callback([&context, from] { restore(context, *from); });
}
}  // namespace

void addStoreCommands(CLI::App& app, Context& context) {
  app.add_subcommand("init", "Make an empty store")->callback([&context] { init(context); });

  const auto deep = std::make_shared<bool>(false);
  CLI::App* check =
      app.add_subcommand("verify", "Check every row and object, and the chain of the audit log");
  check->add_flag("--deep", *deep, "Read every object and compare its hash");
  check->callback([&context, deep] { verify(context, *deep); });

  const auto given = std::make_shared<AuditArguments>();
  CLI::App* log = app.add_subcommand("audit", "What was changed, when and by whom; newest first");
  log->add_option("--limit", given->limit, "At most so many rows")
      ->check(count())
      ->capture_default_str();
  log->add_option("--offset", given->offset, "Leave out so many before")->check(count());
  log->callback([&context, given] { audit(context, *given); });

  addCopies(app, context);
}

}  // namespace sonotwin::cli
