// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/model_gate.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "gate_json.h"
#include "gate_rule.h"
#include "ingest_sources.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/segment/model.h"
#include "sonotwin/segment/seen.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;
using segment::Estimate;

std::string signedText(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.4f", value);
  return text;
}

std::string number(std::size_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

/// Differences of two networks on the cases and labels that both apply to.
struct Gains {
  std::vector<double> values;
  std::vector<std::string> groups, cases;
};

Gains gainsOf(const segment::Evaluation& mine, const segment::Evaluation& other) {
  std::map<std::pair<std::string, std::string>, double> theirs;
  for (const auto& item : other.cases) {
    if (item.agreement.dice) theirs[{item.name, item.label}] = *item.agreement.dice;
  }
  Gains gains;
  for (const auto& item : mine.cases) {
    const auto found = theirs.find({item.name, item.label});
    if (!item.agreement.dice || found == theirs.end()) continue;
    gains.values.push_back(*item.agreement.dice - found->second);
    gains.groups.push_back(item.group);
    gains.cases.push_back(item.name);
  }
  return gains;
}

std::optional<Estimate> meanDice(const segment::Evaluation& evaluation) {
  std::vector<double> values;
  std::vector<std::string> groups;
  for (const auto& item : evaluation.cases) {
    if (!item.agreement.dice) continue;
    values.push_back(*item.agreement.dice);
    groups.push_back(item.group);
  }
  if (values.empty()) return std::nullopt;
  return segment::bootstrapMean(values, groups);
}

std::vector<GateStratum> labelStrata(const segment::Evaluation& mine,
                                     const segment::Evaluation& other, double margin) {
  std::vector<GateStratum> strata;
  for (const auto& item : segment::comparePaired(mine, other)) {
    if (item.metric != "dice") continue;
    const bool worse = item.difference.mean < margin || item.difference.ci95[1] < 0.0;
    strata.push_back({"label", item.label, 0, item.difference, worse});
  }
  for (GateStratum& stratum : strata) {
    stratum.cases = static_cast<int>(std::ranges::count_if(mine.cases, [&](const auto& item) {
      return item.label == stratum.name && item.agreement.dice;
    }));
  }
  return strata;
}

/// Names that a data set gives may tell who somebody is; pseudonyms do not.
std::string harmless(const std::string& source, const std::string& group) {
  const bool pseudonym = group.starts_with("P-") && group.size() == 11;
  return pseudonym ? group : segment::groupHash(source, group).substr(0, 8);
}

/// Of one patient every case counts for itself: nothing is said of other patients.
std::vector<GateStratum> groupStrata(const Gains& gains, const std::string& source) {
  std::map<std::string, Gains> by_group;
  for (std::size_t i = 0; i < gains.values.size(); ++i) {
    Gains& own = by_group[gains.groups[i]];
    own.values.push_back(gains.values[i]);
    own.cases.push_back(gains.cases[i]);
  }
  std::vector<GateStratum> strata;
  for (const auto& [group, own] : by_group) {
    const std::set<std::string> cases(own.cases.begin(), own.cases.end());
    if (cases.size() < static_cast<std::size_t>(kLeastStratumCases)) continue;
    const Estimate gain = segment::bootstrapMean(own.values, own.cases);
    strata.push_back({"group", harmless(source, group), static_cast<int>(cases.size()), gain,
                      gain.ci95[1] < 0.0});
  }
  return strata;
}

/// What of the frozen set a network was trained on, in words; empty: nothing.
std::string leakOf(const segment::Dataset& dataset, const segment::SeenData& seen,
                   const std::set<std::string>& known_datasets) {
  std::set<std::string> pictures, groups;
  for (const segment::Case& item : dataset.cases) {
    if (item.split != segment::Split::kTest) continue;
    if (seen.pictures.contains(segment::pictureHash(item))) pictures.insert(item.name);
    if (seen.groups.contains(segment::groupHash(dataset.source, item.group))) {
      groups.insert(item.group);
    }
  }
  if (!pictures.empty() || !groups.empty()) {
    return "it was trained on " + number(pictures.size(), "picture", "pictures") + " and " +
           number(groups.size(), "patient", "patients") + " of the frozen set";
  }
  // A set that is the frozen one's own file keeps its test split out of the training.
  for (const std::string& sha256 : seen.unlisted_datasets) {
    if (known_datasets.contains(sha256)) continue;
    return "its card does not list the pictures it was trained on (data set " +
           sha256.substr(0, 12) + "), so nobody can tell whether the frozen set was among them";
  }
  return {};
}

std::set<std::string> datasetsOf(const std::vector<GateReport>& before, const GateReport& report) {
  std::set<std::string> known = {report.dataset_sha256};
  for (const GateReport& gate : before) {
    if (gate.frozen_sha256 == report.frozen_sha256) known.insert(gate.dataset_sha256);
  }
  return known;
}

void judge(GateReport& report, const segment::Evaluation& mine, const segment::Evaluation& other,
           const std::string& source) {
  const Gains gains = gainsOf(mine, other);
  if (gains.values.empty()) return;
  report.gain = segment::bootstrapMean(gains.values, gains.groups);
  report.strata = labelStrata(mine, other, report.margin);
  std::ranges::copy(groupStrata(gains, source), std::back_inserter(report.strata));
  if (report.gain->mean < 0.0) {
    report.objections.push_back("its mean Dice is lower (" + signedText(report.gain->mean) + ")");
  }
  if (report.gain->ci95[0] < report.margin) {
    report.objections.push_back("the gain may be as low as " + signedText(report.gain->ci95[0]) +
                                ", below the margin of " + signedText(report.margin));
  }
  for (const GateStratum& stratum : report.strata) {
    if (!stratum.worse) continue;
    report.objections.push_back(
        stratum.kind + " " + stratum.name + " gets worse, by " + signedText(stratum.gain.mean) +
        " [" + signedText(stratum.gain.ci95[0]) + ", " + signedText(stratum.gain.ci95[1]) + "]");
  }
}

segment::Evaluation evaluated(const FoundModel& model, const segment::Dataset& dataset,
                              const std::string& device, const Progress& progress) {
  return segment::evaluate(segment::Model::load(model.model.folder, device), dataset,
                           segment::Split::kTest, progress);
}

FoundModel keptCandidate(store::Store& store, const std::string& name, const std::string& author,
                         const Progress& progress) {
  FoundModel candidate = findModel(store, name);
  if (candidate.kept) return candidate;
  return findModel(store, keepModel(store, candidate.model.folder, {}, author, progress));
}

std::optional<FoundModel> opponent(const store::Store& store, const GateOptions& options,
                                   const FoundModel& candidate) {
  auto other = options.against.empty() ? rivalOf(store, *candidate.kept)
                                       : std::optional(findModel(store, options.against));
  if (other && other->kept && other->kept->id == candidate.kept->id) {
    throw Error(ErrorKind::kConflict,
                candidate.kept->name + " is in force itself: there is nothing to judge it by.");
  }
  return other;
}

void countFrozen(GateReport& report, const segment::Dataset& dataset) {
  std::set<std::string> groups;
  bool labelled = false;
  for (const segment::Case& item : dataset.cases) {
    if (item.split != segment::Split::kTest) continue;
    ++report.cases;
    groups.insert(item.group);
    labelled = labelled || std::ranges::any_of(item.truth, [](auto value) { return value != 0; });
  }
  report.patients = static_cast<int>(groups.size());
  if (report.cases == 0) throwBadInput("The data set has no test split to judge a network by.");
  if (!labelled) report.objections.push_back("no case of the frozen set shows a label");
  if (report.patients < kLeastGatePatients) {
    report.objections.push_back("the frozen set has " +
                                number(groups.size(), "patient", "patients") + ", too few to tell");
  }
}

GateReport startReport(const FoundModel& candidate, const std::optional<FoundModel>& other,
                       const GateOptions& options) {
  GateReport report;
  report.model_id = candidate.kept->id;
  report.model = candidate.kept->name;
  report.weights_sha256 = candidate.kept->weights_sha256;
  report.purpose = candidate.kept->purpose.text;
  report.margin = options.margin;
  if (other) {
    report.against = other->kept ? other->kept->name : other->model.name;
    report.against_weights_sha256 = weightsOf(*other);
  }
  return report;
}

void keepReport(store::Store& store, GateReport& report, const std::optional<FoundModel>& other) {
  std::vector<std::string> parents = {report.model_id};
  if (other && other->kept && other->kept->id != report.model_id) {
    parents.push_back(other->kept->id);
  }
  report.id =
      store.addRecord("measurement", kGateRecord, gateJson(report),
                      {.made_from = parents, .recipe_json = R"({"operation":"gate","version":1})"});
}
}  // namespace

void countEmptyAgreement(segment::Evaluation& one, segment::Evaluation& other) {
  std::map<std::pair<std::string, std::string>, segment::CaseResult*> by_name;
  for (segment::CaseResult& item : other.cases) by_name[{item.name, item.label}] = &item;
  for (segment::CaseResult& item : one.cases) {
    const auto found = by_name.find({item.name, item.label});
    if (found == by_name.end()) continue;
    auto& mine = item.agreement.dice;
    auto& theirs = found->second->agreement.dice;
    if (mine && !theirs) theirs = 1.0;
    if (!mine && theirs) mine = 1.0;
  }
}

// The frozen set of a purpose is that of its newest gate, a patient's own networks included.
void requireFrozenSet(const store::Store& store, const std::string& purpose,
                      const segment::Dataset& dataset, bool new_frozen_set) {
  const std::vector<GateReport> before = gateReports(store);
  const auto last = std::find_if(before.rbegin(), before.rend(), [&](const GateReport& gate) {
    return forEverybody(gate.purpose) == forEverybody(purpose);
  });
  const std::string frozen = segment::splitSha256(dataset, segment::Split::kTest);
  if (last == before.rend() || last->frozen_sha256 == frozen || new_frozen_set) return;
  throw Error(ErrorKind::kConflict,
              "Networks for '" + purpose + "' are judged by a frozen test split of " +
                  std::to_string(last->cases) + " cases (" + last->frozen_sha256.substr(0, 12) +
                  "), and this data set has another (" + frozen.substr(0, 12) +
                  "). Give the data set whose test split it is, or say that judging begins anew "
                  "with this one (--new-frozen-set).");
}

GateReport gateModel(store::Store& store, const std::string& candidate_name,
                     const fs::path& dataset_file, const GateOptions& options,
                     const std::string& author, const Progress& progress) {
  const segment::Dataset dataset = segment::readDataset(dataset_file);
  const std::vector<GateReport> before = gateReports(store);
  const FoundModel candidate = keptCandidate(store, candidate_name, author, progress);
  requireFrozenSet(store, candidate.kept->purpose.text, dataset, options.new_frozen_set);
  const auto other = opponent(store, options, candidate);
  GateReport report = startReport(candidate, other, options);
  report.dataset_sha256 = fileSha256(dataset_file, progress);
  report.frozen_sha256 = segment::splitSha256(dataset, segment::Split::kTest);
  countFrozen(report, dataset);
  const std::string leak =
      leakOf(dataset, segment::seenBy(candidate.model.card_json, candidate.model.name),
             datasetsOf(before, report));
  if (!leak.empty()) report.objections.push_back(leak);
  auto mine = evaluated(candidate, dataset, options.device, progress.part(0.0, 0.5, "judging"));
  report.dice = meanDice(mine).value_or(Estimate{});
  if (other) {
    auto theirs = evaluated(*other, dataset, options.device, progress.part(0.5, 1.0, "judging"));
    countEmptyAgreement(mine, theirs);
    judge(report, mine, theirs, dataset.source);
  }
  keepReport(store, report, other);
  progress.report(1.0, "judged");
  return report;
}

}  // namespace sonotwin::pipeline
