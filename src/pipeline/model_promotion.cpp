// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "sonotwin/base/error.h"
#include "sonotwin/pipeline/model_gate.h"
#include "sonotwin/store/model_registry.h"

namespace sonotwin::pipeline {
namespace {
using nlohmann::json;
using nlohmann::ordered_json;
constexpr const char* kPromoted = "model promoted";
constexpr const char* kRolledBack = "model rolled back";

[[noreturn]] void throwConflict(const std::string& what) {
  throw Error(ErrorKind::kConflict, what);
}

std::vector<std::string> activeIds(const std::vector<KeptModel>& kept) {
  std::vector<std::string> ids;
  for (const KeptModel& model : kept) {
    if (model.status == "active") ids.push_back(model.id);
  }
  return ids;
}

const KeptModel* activeFor(const std::vector<KeptModel>& kept, const std::string& purpose) {
  const auto found = std::ranges::find_if(kept, [&](const KeptModel& model) {
    return model.status == "active" && model.purpose.text == purpose;
  });
  return found == kept.end() ? nullptr : &*found;
}

const KeptModel* withId(const std::vector<KeptModel>& kept, const std::string& id) {
  const auto found = std::ranges::find(kept, id, &KeptModel::id);
  return found == kept.end() ? nullptr : &*found;
}

/// A folder stands for what the store keeps of it, if that is still the same to the byte.
KeptModel requireKept(const store::Store& store, const std::string& name) {
  const FoundModel found = findModel(store, name);
  if (found.kept) return *found.kept;
  if (const auto copy = keptCopyOf(store, found.model)) return *copy;
  throwConflict("'" + name +
                "' is not kept in the store as it is now: it was never judged, or it was changed "
                "since. Run `sonotwin models gate` on it.");
}

std::string rivalWeights(const store::Store& store, const KeptModel& model) {
  const auto rival = rivalOf(store, model);
  return rival ? weightsOf(*rival) : std::string();
}

/// The newest gate of a network against what is in force now. @throws Error(kConflict)
GateReport requireGate(const store::Store& store, const KeptModel& model) {
  const std::vector<GateReport> gates = gateReports(store, model.id);
  const std::string remedy = " Run `sonotwin models gate " + model.name + " --dataset FILE`.";
  if (gates.empty()) throwConflict(model.name + " was not judged yet." + remedy);
  const GateReport& gate = gates.back();
  if (!gate.passed()) {
    throwConflict(model.name + " did not pass its gate: " + gate.objections.front() +
                  ". It stays as it is; --despite-gate REASON puts it in force all the same, and "
                  "is recorded.");
  }
  if (gate.weights_sha256 != model.weights_sha256) {
    throwConflict("Another network passed that gate: the weights differ." + remedy);
  }
  if (gate.against_weights_sha256 != rivalWeights(store, model)) {
    throwConflict(model.name + " was judged against another network than the one in force." +
                  remedy);
  }
  return gate;
}

ordered_json figuresOf(const GateReport& gate) {
  const json whole = json::parse(gateJson(gate));
  ordered_json figures = {{"record", gate.id}, {"passed", gate.passed()}};
  for (const char* const key : {"objections", "against", "frozen_sha256", "cases", "patients",
                                "margin", "dice", "dice_gain"}) {
    figures[key] = whole[key];
  }
  return figures;
}

std::string nameOf(const std::vector<KeptModel>& kept, const std::string& id) {
  const KeptModel* const model = withId(kept, id);
  return model == nullptr ? std::string() : model->name;
}

/// Makes the change and says what it did.
ModelTurn turn(const store::Store& store, const std::vector<KeptModel>& kept,
               const std::string& purpose, const std::string& act, const std::string& activated,
               ordered_json detail, const std::string& author) {
  const KeptModel* const before = activeFor(kept, purpose);
  ModelTurn made{.purpose = purpose,
                 .model_id = activated,
                 .model = nameOf(kept, activated),
                 .before_id = before == nullptr ? "" : before->id,
                 .before = before == nullptr ? "" : before->name,
                 .note = {}};
  const auto orNull = [](const std::string& text) {
    return text.empty() ? ordered_json() : ordered_json(text);
  };
  detail["purpose"] = purpose;
  detail["activated"] = orNull(activated);
  detail["retired"] = orNull(made.before_id);
  store::ModelChange change{.act = act,
                            .activated = activated,
                            .retired = {},
                            .expected_active = activeIds(kept),
                            .why = detail.at("why").get<std::string>(),
                            .detail_json = detail.dump()};
  if (before != nullptr) change.retired = {before->id};
  store::ModelRegistry(store.folder(), author).change(change);
  return made;
}

/// What was put in force for a purpose, one upon the other, the last on top.
std::vector<std::string> pileOf(const store::Store& store, const std::string& purpose) {
  std::vector<std::string> pile;
  for (const store::ModelAct& act : store::ModelRegistry(store.folder()).acts()) {
    const json detail = json::parse(act.detail_json, nullptr, false);
    if (!detail.is_object() || detail.value("purpose", std::string()) != purpose) continue;
    if (act.act == kPromoted) pile.push_back(act.model_id);
    if (act.act == kRolledBack && !pile.empty()) pile.pop_back();
  }
  return pile;
}

std::string purposeToRollBack(const std::vector<KeptModel>& kept, const std::string& wanted) {
  std::vector<std::string> purposes;
  for (const KeptModel& model : kept) {
    if (model.status != "active") continue;
    if (wanted.empty() || wanted == model.name || wanted == model.id ||
        wanted == model.purpose.text) {
      purposes.push_back(model.purpose.text);
    }
  }
  if (purposes.size() == 1) return purposes.front();
  std::string active;
  for (const KeptModel& model : kept) {
    if (model.status != "active") continue;
    active += (active.empty() ? "" : ", ") + model.name + " (" + model.purpose.text + ")";
  }
  if (active.empty()) throwNotFound("No network of the store is active: nothing to roll back.");
  throwNotFound((wanted.empty() ? "More than one network is active"
                                : "No active network is, or is for, '" + wanted + "'") +
                ". Name one of: " + active + ".");
}
}  // namespace

ModelTurn promoteModel(store::Store& store, const std::string& name,
                       const std::string& despite_gate, const std::string& author) {
  const KeptModel model = requireKept(store, name);
  if (model.status == "active") throwConflict(model.name + " is in force already.");
  // The weights are read back whole: what was judged is what comes into force.
  std::ignore = store::ModelRegistry(store.folder()).folderOf(model.id, {});
  ordered_json detail;
  if (despite_gate.empty()) {
    detail = {{"why", "it passed the gate"}, {"gate", figuresOf(requireGate(store, model))}};
  } else {
    const auto gates = gateReports(store, model.id);
    detail = {{"why", despite_gate},
              {"despite_gate", true},
              {"gate", gates.empty() ? ordered_json() : figuresOf(gates.back())}};
  }
  return turn(store, keptModels(store), model.purpose.text, kPromoted, model.id, std::move(detail),
              author);
}

ModelTurn rollBackModel(store::Store& store, const std::string& name_or_purpose,
                        const std::string& why, const std::string& author) {
  const std::vector<KeptModel> kept = keptModels(store);
  const std::string purpose = purposeToRollBack(kept, name_or_purpose);
  std::vector<std::string> pile = pileOf(store, purpose);
  if (!pile.empty()) pile.pop_back();
  const std::string previous = pile.empty() ? std::string() : pile.back();
  if (!previous.empty()) {
    std::ignore = store::ModelRegistry(store.folder()).folderOf(previous, {});
  }
  ModelTurn made = turn(store, kept, purpose, kRolledBack, previous,
                        {{"why", why.empty() ? "a person asked for it" : why}}, author);
  if (!made.model_id.empty()) return made;
  const KeptModel* const left = withId(kept, made.before_id);
  const auto standing = modelInForce(store, left->purpose);
  made.note = standing ? standing->model.name : std::string();
  return made;
}

}  // namespace sonotwin::pipeline
