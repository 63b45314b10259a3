// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "context.h"
#include "numbers.h"
#include "rows.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "usage.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

// ---- merge, unmerge -----------------------------------------------------------------------------

json personJson(const store::PatientDetail& person) {
  json exams = json::array();
  for (const auto& study : person.studies) {
    exams.push_back({{"study", study.id},
                     {"number", study.number},
                     {"day", dayJson(study.day_known, study.day)},
                     {"clips", study.clip_count}});
  }
  return {{"patient", person.patient.id}, {"merged", person.patient.merged}, {"exams", exams}};
}

std::string examsText(const store::PatientDetail& person) {
  std::string text;
  for (const auto& study : person.studies) {
    text += "  exam " + std::to_string(study.number) + "  " + study.id + "  day " +
            dayText(study.day_known, study.day) + "\n";
  }
  return text;
}

void merge(Context& context, const std::string& into, const std::string& from) {
  store::Store store = context.openStore();
  store.mergePatients(into, from);
  const store::PatientDetail person = store.patient(into);
  context.print(from + " and " + into + " are one person, " + person.patient.id + ":\n" +
                    examsText(person) + "`unmerge " + from + "` undoes it.\n",
                personJson(person));
}

void unmerge(Context& context, const std::string& id) {
  store::Store store = context.openStore();
  store.unmergePatient(id);
  const store::PatientDetail person = store.patient(id);
  context.print(id + " is a person of its own again:\n" + examsText(person), personJson(person));
}

// ---- protocols ----------------------------------------------------------------------------------

/// A text field; absent: empty. @throws Error(kBadInput) naming it
std::string textField(const json& object, const char* name, const std::string& file) {
  const auto at = object.find(name);
  if (at == object.end()) return {};
  if (!at->is_string()) throwBadInput(file + ": \"" + name + "\" is not text.");
  return at->get<std::string>();
}

/// A misspelt field must not be taken for an absent one.
void requireFields(const json& object, const std::vector<std::string>& names,
                   const std::string& file) {
  if (!object.is_object()) throwBadInput(file + ": {...} expected, not " + object.dump() + ".");
  for (const auto& [name, value] : object.items()) {
    if (std::ranges::find(names, name) == names.end()) {
      throwBadInput(file + ": \"" + name + "\" is none of " + CLI::detail::join(names, ", ") + ".");
    }
  }
}

store::AcquisitionProtocol readProtocol(const std::string& file) {
  constexpr std::uint64_t kMostBytes = 1U << 20;
  const json document = json::parse(readTextFile(file, kMostBytes), nullptr, false);
  if (document.is_discarded()) throwBadInput(file + ": it is not JSON.");
  requireFields(document, {"name", "views"}, file);
  store::AcquisitionProtocol protocol{.name = textField(document, "name", file)};
  const json views = document.value("views", json::array());
  if (!views.is_array()) throwBadInput(file + ": \"views\" is not a list.");
  for (const json& view : views) {
    requireFields(view, {"name", "region", "view"}, file);
    protocol.views.push_back({.name = textField(view, "name", file),
                              .body_region = textField(view, "region", file),
                              .view_label = textField(view, "view", file)});
  }
  return protocol;
}

json viewJson(const store::ProtocolView& view) {
  return {{"name", view.name}, {"region", view.body_region}, {"view", view.view_label}};
}

json protocolJson(const store::AcquisitionProtocol& protocol) {
  json document = {{"name", protocol.name}, {"views", json::array()}};
  for (const auto& view : protocol.views) document["views"].push_back(viewJson(view));
  return document;
}

void saveProtocol(Context& context, const std::string& file) {
  const store::AcquisitionProtocol protocol = readProtocol(file);
  store::Store store = context.openStore();
  store.saveProtocol(protocol);
  context.print("Saved the protocol \"" + protocol.name + "\" of " +
                    std::to_string(protocol.views.size()) +
                    (protocol.views.size() == 1 ? " view." : " views."),
                protocolJson(protocol));
}

void listProtocols(Context& context) {
  Listing out{Table({"PROTOCOL", "NAME", "REGION", "VIEW"}), json::array()};
  for (const auto& protocol : context.openStore().protocols()) {
    for (const auto& view : protocol.views) {
      out.table.add({protocol.name, view.name, view.body_region, view.view_label});
    }
    out.document.push_back(protocolJson(protocol));
  }
  context.print(out.table.text(), out.document);
}

/// The one that is named, else the one that a person holds the exam to.
std::string protocolFor(const store::Store& store, const std::string& study,
                        const std::string& named) {
  if (!named.empty()) return named;
  const auto held = store.study(study).study.protocol;
  if (!held || held->empty()) {
    throwBadInput(study + (held ? " is held to no protocol" : " is not held to any protocol yet") +
                  ": name one, or say `protocol hold " + study + " NAME`.");
  }
  return *held;
}

void checkProtocol(Context& context, const std::string& study, const std::string& named) {
  const store::Store store = context.openStore();
  const std::string name = protocolFor(store, study, named);
  const store::ProtocolStatus status = store.protocolStatus(study, name);
  Listing out{Table({"NAME", "REGION", "VIEW", "CLIPS"}), json::array()};
  for (const auto& view : status.views) {
    out.table.add({view.view.name, view.view.body_region, view.view.view_label,
                   view.clip_ids.empty() ? "missing" : CLI::detail::join(view.clip_ids, ", ")});
    json item = viewJson(view.view);
    item["clips"] = view.clip_ids;
    out.document.push_back(std::move(item));
  }
  context.print(
      "protocol " + name + "\n" + out.table.text() +
          (status.missing == 0   ? "The exam is complete.\n"
           : status.missing == 1 ? "1 view is missing.\n"
                                 : std::to_string(status.missing) + " views are missing.\n"),
      {{"study", study}, {"protocol", name}, {"missing", status.missing}, {"views", out.document}});
}

void holdToProtocol(Context& context, const std::string& study,
                    const std::optional<std::string>& name, bool take_back) {
  if (name.has_value() == take_back) {
    throwUsage("Name a protocol, '' for none, or say --take-back.");
  }
  store::Store store = context.openStore();
  store.holdToProtocol(study, name);
  const std::string text = !name           ? study + " is not held to any protocol.\n"
                           : name->empty() ? study + " is held to no protocol.\n"
                                           : study + " is held to \"" + *name + "\".\n";
  context.print(text, {{"study", study}, {"protocol", name ? json(*name) : json(nullptr)}});
}

void removeProtocol(Context& context, const std::string& name) {
  store::Store store = context.openStore();
  store.removeProtocol(name);
  context.print("Removed the protocol \"" + name + "\".", {{"name", name}, {"removed", true}});
}

void addHold(CLI::App& protocols, Context& context, const std::shared_ptr<std::string>& study) {
  const auto name = std::make_shared<std::optional<std::string>>();
  const auto take_back = std::make_shared<bool>(false);
  CLI::App* hold = protocols.add_subcommand("hold", "Say which one an exam is held to");
  hold->add_option("study", *study, "Id of an exam")->required();
  hold->add_option("name", *name, "Of the protocol; '' for none");
  hold->add_flag("--take-back", *take_back, "Nobody says any more");
  hold->callback(
      [&context, study, name, take_back] { holdToProtocol(context, *study, *name, *take_back); });
}

void addProtocols(CLI::App& app, Context& context) {
  CLI::App* protocols = app.add_subcommand("protocol", "The views that an exam should have");
  protocols->require_subcommand(1);

  const auto file = std::make_shared<std::string>();
  CLI::App* keep = protocols->add_subcommand("save", "Save one; replaces the same name");
  keep->add_option("file", *file,
                   R"(JSON: {"name": …, "views": [{"name": …, "region": …, "view": …}]})")
      ->required();
  keep->callback([&context, file] { saveProtocol(context, *file); });

  protocols->add_subcommand("list", "List them")->callback([&context] { listProtocols(context); });

  const auto name = std::make_shared<std::string>();
  const auto study = std::make_shared<std::string>();
  addHold(*protocols, context, study);
  CLI::App* check = protocols->add_subcommand("check", "What of it a study has, what is missing");
  check->add_option("study", *study, "Id of an exam")->required();
  check->add_option("name", *name, "Of the protocol; the one that the exam is held to");
  check->callback([&context, study, name] { checkProtocol(context, *study, *name); });

  CLI::App* drop = protocols->add_subcommand("remove", "Forget one");
  drop->add_option("name", *name, "Of the protocol")->required();
  drop->callback([&context, name] { removeProtocol(context, *name); });
}

// ---- set ----------------------------------------------------------------------------------------

struct SetArguments {
  std::string clip;
  std::optional<std::string> region, view, orientation;
};

/// What stands for the file's own value; no body region and no orientation is called that.
constexpr const char* kFromHeader = "header";

void set(Context& context, const SetArguments& arguments) {
  if (!arguments.region && !arguments.view && !arguments.orientation) {
    throwUsage("Say what the clip shows: --region R, --view V, --orientation O.");
  }
  store::Store store = context.openStore();
  const store::ClipRow before = store.clipRow(arguments.clip);
  if (const auto& said = arguments.orientation) {
    store.setOrientation(arguments.clip,
                         *said == kFromHeader ? std::nullopt : std::optional(*said));
  }
  const std::string region = arguments.region.value_or(before.body_region);
  store.setView(arguments.clip, region == kFromHeader ? before.header_region : region,
                arguments.view.value_or(before.view_label));
  const store::ClipRow row = store.clipRow(arguments.clip);
  const Words names = clipNamesWords(store.clipNames(arguments.clip));
  json document = clipJson(row);
  document["said"] = names.document;
  context.print(row.id + "\n" + names.text, document);
}
}  // namespace

void addExamCommands(CLI::App& app, Context& context) {
  const auto into = std::make_shared<std::string>();
  const auto from = std::make_shared<std::string>();
  CLI::App* join = app.add_subcommand("merge", "Two pseudonyms are one person");
  join->add_option("into", *into, "The one that is kept")->required();
  join->add_option("from", *from, "The other")->required();
  join->callback([&context, into, from] { merge(context, *into, *from); });

  CLI::App* part = app.add_subcommand("unmerge", "A pseudonym is a person of its own again");
  part->add_option("patient", *from, "Pseudonym that was merged")->required();
  part->callback([&context, from] { unmerge(context, *from); });

  addProtocols(app, context);

  const auto given = std::make_shared<SetArguments>();
  CLI::App* name = app.add_subcommand("set", "Say what a clip shows");
  name->add_option("clip", given->clip, "Id of a clip")->required();
  name->add_option("--region", given->region,
                   "Body region, e.g. LIVER; '' for none, header for the file's");
  name->add_option("--view", given->view, "View in an acquisition protocol; '' for none");
  name->add_option(
      "--orientation", given->orientation,
      CLI::detail::join(store::orientationTerms(), ", ") + "; '' for none, header for the file's");
  name->callback([&context, given] { set(context, *given); });
}

}  // namespace sonotwin::cli
