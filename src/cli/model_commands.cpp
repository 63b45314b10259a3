// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "context.h"
#include "network_commands.h"
#include "sonotwin/base/error.h"
#include "sonotwin/pipeline/continual_learning.h"
#include "sonotwin/pipeline/model_gate.h"
#include "sonotwin/pipeline/models.h"
#include "sonotwin/pipeline/registry.h"
#include "usage.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;
using nlohmann::ordered_json;

/// Networks can be listed and shown where there is no store yet.
std::optional<store::Store> storeIfAny(const Context& context) {
  if (!store::Store::exists(context.store_folder)) return std::nullopt;
  return context.openStore();
}

std::string estimateText(const segment::Estimate& estimate, bool with_sign) {
  const auto text = [with_sign](double value) {
    return (with_sign && value >= 0.0 ? "+" : "") + decimal(value, 4);
  };
  return text(estimate.mean) + " [" + text(estimate.ci95[0]) + ", " + text(estimate.ci95[1]) + "]";
}

// ---- list, show ---------------------------------------------------------------------------------

void listModels(const Context& context) {
  json document = json::array();
  Table table({"MODEL", "STATUS", "FOR", "ID OR FOLDER"});
  const auto store = storeIfAny(context);
  if (store) {
    for (const auto& model : pipeline::keptModels(*store)) {
      document.push_back({{"model", model.name},
                          {"status", model.status},
                          {"purpose", model.purpose.text},
                          {"id", model.id},
                          {"weights_sha256", model.weights_sha256},
                          {"card", json::parse(model.card_json)}});
      table.add({model.name, model.status, model.purpose.text, model.id});
    }
  }
  for (const auto& model : pipeline::installedModels(context.store_folder)) {
    const std::string purpose = pipeline::purposeOf(model.card_json).text;
    document.push_back({{"model", model.name},
                        {"status", "installed"},
                        {"purpose", purpose},
                        {"folder", model.folder.string()},
                        {"card", json::parse(model.card_json)}});
    table.add({model.name, "installed", purpose, model.folder.string()});
  }
  context.print(document.empty() ? "No models are installed.\n" : table.text(), document);
}

/// Hashes of thousands of pictures are for programs.
std::string cardText(const std::string& card_json) {
  auto card = ordered_json::parse(card_json);
  const ordered_json::json_pointer seen("/data/seen");
  if (card.contains(seen)) {
    for (auto& [kind, hashes] : card[seen].items()) hashes = hashes.size();
  }
  return card.dump(2) + "\n";
}

std::string gateLine(const pipeline::GateReport& gate) {
  std::string text = gate.passed() ? "passed" : "did not pass";
  text += " the gate on " + std::to_string(gate.cases) + " cases of " +
          std::to_string(gate.patients) + " patients: Dice " + estimateText(gate.dice, false);
  if (gate.gain) text += ", gain over " + gate.against + " " + estimateText(*gate.gain, true);
  if (!gate.gain && gate.against.empty()) text += ", nothing in force to compare with";
  for (const std::string& objection : gate.objections) text += "\n  " + objection;
  return text + "\n";
}

void showModel(const Context& context, const std::string& name) {
  const auto store = storeIfAny(context);
  const auto found =
      store ? pipeline::findModel(*store, name)
            : pipeline::FoundModel{pipeline::findModel(name, context.store_folder), std::nullopt};
  const json card = json::parse(found.model.card_json);
  if (!found.kept) return context.print(cardText(found.model.card_json), card);
  const pipeline::KeptModel& kept = *found.kept;
  const auto node = store->lineage(kept.id);
  std::string text = kept.name + " (" + kept.id + "), " + kept.status + ", for " +
                     kept.purpose.text + "\nkept " + kept.created_utc + " by " + node.author + "\n";
  json gates = json::array();
  for (const auto& gate : pipeline::gateReports(*store, kept.id)) {
    text += gate.created_utc + " " + gateLine(gate);
    gates.push_back(json::parse(pipeline::gateJson(gate)));
  }
  text += "made from";
  for (const std::string& parent : node.made_from) text += " " + parent;
  text += "\n" + cardText(kept.card_json);
  json document = card;
  document["registry"] = {{"id", kept.id},
                          {"status", kept.status},
                          {"made_from", node.made_from},
                          {"used_for", node.used_for},
                          {"purpose", kept.purpose.text},
                          {"gates", gates}};
  context.print(text, document);
}

// ---- gate, promote, rollback --------------------------------------------------------------------

struct GateArguments {
  std::string candidate, dataset;
  pipeline::GateOptions options;
};

void gate(const Context& context, const GateArguments& arguments) {
  store::Store store = context.openStore();
  const auto report = pipeline::gateModel(store, arguments.candidate, arguments.dataset,
                                          arguments.options, context.author, context.progress());
  std::string text = report.model + " (" + report.model_id + ") " + gateLine(report);
  for (const auto& stratum : report.strata) {
    text += "  " + stratum.kind + " " + stratum.name + ": " + estimateText(stratum.gain, true) +
            " in " + std::to_string(stratum.cases) + " cases\n";
  }
  auto document = ordered_json::parse(pipeline::gateJson(report));
  document["record"] = report.id;
  context.print(text, document);
}

void printTurn(const Context& context, const pipeline::ModelTurn& turn) {
  std::string text = "For " + turn.purpose + " ";
  if (!turn.model.empty()) {
    text += turn.model + " is in force now";
  } else if (!turn.note.empty()) {
    text += "the installed " + turn.note + " stands in again";
  } else {
    text += "no network is in force now";
  }
  if (!turn.before.empty()) text += ", instead of " + turn.before;
  const auto orNull = [](const std::string& value) {
    return value.empty() ? json(nullptr) : json(value);
  };
  context.print(text + ".",
                {{"purpose", turn.purpose},
                 {"active", {{"id", orNull(turn.model_id)}, {"model", orNull(turn.model)}}},
                 {"retired", {{"id", orNull(turn.before_id)}, {"model", orNull(turn.before)}}},
                 {"stands_in", orNull(turn.note)}});
}

void addGate(CLI::App& models, Context& context) {
  const auto given = std::make_shared<GateArguments>();
  CLI::App* judge = models.add_subcommand(
      "gate", "Judge a network on a frozen test split against the one in force");
  judge->add_option("candidate", given->candidate, "Name, id or folder of a network")->required();
  judge->add_option("--dataset", given->dataset, "Training set whose test split is the frozen set")
      ->required();
  judge->add_option("--against", given->options.against,
                    "Another network (default: the one in force for the same purpose)");
  judge
      ->add_option("--margin", given->options.margin,
                   "What the lower end of the interval of the gain in Dice must reach")
      ->capture_default_str();
  judge->add_option("--device", given->options.device, "auto, cpu, cuda or cuda:1")
      ->capture_default_str();
  judge->add_flag("--new-frozen-set", given->options.new_frozen_set,
                  "From now on networks for this purpose are judged by this set");
  judge->callback([&context, given] { gate(context, *given); });
}

void addPromote(CLI::App& models, Context& context) {
  const auto name = std::make_shared<std::string>(), reason = std::make_shared<std::string>();
  CLI::App* promote =
      models.add_subcommand("promote", "Put a network in force that passed its gate");
  promote->add_option("name", *name, "Name or id of a network that the store keeps")->required();
  promote->add_option("--despite-gate", *reason,
                      "A reason to do so without a gate that it passed; recorded");
  promote->callback([&context, name, reason] {
    store::Store store = context.openStore();
    printTurn(context, pipeline::promoteModel(store, *name, *reason, context.author));
  });
}

void addRollBack(CLI::App& models, Context& context) {
  const auto name = std::make_shared<std::string>(), why = std::make_shared<std::string>();
  CLI::App* back = models.add_subcommand(
      "rollback", "Put the network in force that was before the last promotion");
  back->add_option("name", *name, "Name, id or purpose of the active network, where several are");
  back->add_option("--why", *why, "For the audit log");
  back->callback([&context, name, why] {
    store::Store store = context.openStore();
    printTurn(context, pipeline::rollBackModel(store, *name, *why, context.author));
  });
}

// ---- learn --------------------------------------------------------------------------------------

std::string lessonText(const pipeline::LearnReport& report) {
  const auto counted = [](std::size_t count, const std::string& one) {
    return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
  };
  const std::string left_out =
      report.left_out == 0
          ? std::string()
          : "Left out: " + counted(static_cast<std::size_t>(report.left_out), "annotation") +
                " without one of its labels, or of the frozen set.\n";
  if (report.model_id.empty()) {
    return "Nothing new to learn: no annotation was approved that " + report.from +
           " was not trained on.\n" + left_out;
  }
  std::string text = "Learned " + counted(report.annotations.size(), "annotation") + " (" +
                     counted(static_cast<std::size_t>(report.frames), "frame") + " of " +
                     counted(static_cast<std::size_t>(report.patients), "patient") + ") and " +
                     counted(static_cast<std::size_t>(report.rehearsed), "case") +
                     " of the old training set again, from " + report.from + ".\n" + left_out +
                     report.model + " (" + report.model_id + ") is a candidate. ";
  if (!report.gate) return text + "It was not judged: no --dataset was given.\n";
  text += "It " + gateLine(*report.gate);
  if (report.gate->passed())
    text += "`sonotwin models promote " + report.model + "` puts it in force.\n";
  return text;
}

void learn(Context& context, pipeline::LearnOptions options) {
  store::Store store = context.openStore();
  options.author = context.author;
  const auto report = pipeline::learn(store, options,
                                      {.on_epoch =
                                           [&](const segment::EpochReport& epoch) {
                                             if (context.json) return;
                                             std::cout << "epoch " << epoch.epoch << " of "
                                                       << epoch.epochs << "  validation Dice "
                                                       << decimal(epoch.val_dice, 4) << " (best "
                                                       << decimal(epoch.best_dice, 4) << ")"
                                                       << std::endl;
                                           }},
                                      context.progress());
  context.print(
      lessonText(report),
      {{"model", report.model_id.empty() ? json(nullptr) : json(report.model)},
       {"id", report.model_id.empty() ? json(nullptr) : json(report.model_id)},
       {"from", report.from},
       {"annotations", report.annotations},
       {"frames", report.frames},
       {"patients", report.patients},
       {"left_out", report.left_out},
       {"rehearsed", report.rehearsed},
       {"validated", report.validated},
       {"gate", report.gate ? json::parse(pipeline::gateJson(*report.gate)) : json(nullptr)}});
}

void addLearn(CLI::App& app, Context& context) {
  const auto given = std::make_shared<pipeline::LearnOptions>();
  CLI::App* command = app.add_subcommand(
      "learn", "Fine-tune a network on annotations approved since it was trained, and judge it");
  command->add_option("--model", given->model, "Name, id or folder of the network to go on from")
      ->required();
  command->add_option("--patient", given->patient_id,
                      "This patient's annotations only, for a network for this patient alone");
  command->add_option("--region", given->body_regions,
                      "Of the clips (default: those the network is for; repeatable)");
  command->add_option("--dataset", given->dataset,
                      "Training set it came from: rehearsed, and its test split is the gate's");
  command
      ->add_option("--rehearsal", given->rehearsal,
                   "Share of the old training cases that is learned again")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--name", given->name, "Of the new network");
  command->add_option("--device", given->device, "auto, cpu, cuda or cuda:1")
      ->capture_default_str();
  command->add_option("--epochs", given->epochs, "At most")->check(CLI::PositiveNumber);
  command
      ->add_option("--patience", given->patience,
                   "Stop after so many epochs without a better validation score")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--seed", given->seed, "Of everything random")->capture_default_str();
  command->add_option("--threads", given->threads, "On the CPU (0: all)")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--new-frozen-set", given->new_frozen_set,
                    "From now on networks for this purpose are judged by this set");
  command->callback([&context, given] { learn(context, *given); });
}
}  // namespace

void addModelCommands(CLI::App& app, Context& context) {
  addLearn(app, context);
  const auto name = std::make_shared<std::string>();
  CLI::App* registry = app.add_subcommand("models", "Networks: which there are, which is in force");
  registry->require_subcommand(1);
  registry->add_subcommand("list", "List them")->callback([&context] { listModels(context); });
  CLI::App* one = registry->add_subcommand("show", "Show a network's card, lineage and gates");
  one->add_option("name", *name, "Name, id or folder of a network")->required();
  one->callback([&context, name] { showModel(context, *name); });
  addGate(*registry, context);
  addPromote(*registry, context);
  addRollBack(*registry, context);
  addNetworkCommands(*registry, context);
}

}  // namespace sonotwin::cli
