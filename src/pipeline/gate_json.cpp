// SPDX-License-Identifier: Apache-2.0
#include "gate_json.h"

#include <nlohmann/json.hpp>

#include "sonotwin/base/error.h"

namespace sonotwin::pipeline {
namespace {
using nlohmann::json;
using nlohmann::ordered_json;

ordered_json describe(const segment::Estimate& estimate) {
  return {{"mean", estimate.mean}, {"ci95", estimate.ci95}};
}

segment::Estimate estimateOf(const json& value) {
  return {value.at("mean").get<double>(), value.at("ci95").get<std::array<double, 2>>()};
}

std::string textOrNone(const json& value) {
  return value.is_null() ? std::string() : value.get<std::string>();
}

ordered_json orNull(const std::string& text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}

GateStratum stratumOf(const json& value) {
  return {.kind = value.at("kind"),
          .name = value.at("name"),
          .cases = value.at("cases"),
          .gain = estimateOf(value.at("dice_gain")),
          .worse = value.at("worse")};
}
}  // namespace

std::string gateJson(const GateReport& report) {
  ordered_json strata = ordered_json::array();
  for (const GateStratum& stratum : report.strata) {
    strata.push_back({{"kind", stratum.kind},
                      {"name", stratum.name},
                      {"cases", stratum.cases},
                      {"dice_gain", describe(stratum.gain)},
                      {"worse", stratum.worse}});
  }
  const ordered_json document = {
      {"passed", report.passed()},
      {"objections", report.objections},
      {"purpose", report.purpose},
      {"model",
       {{"id", report.model_id},
        {"name", report.model},
        {"weights_sha256", report.weights_sha256}}},
      {"against",
       {{"name", orNull(report.against)},
        {"weights_sha256", orNull(report.against_weights_sha256)}}},
      {"dataset_sha256", report.dataset_sha256},
      {"frozen_sha256", report.frozen_sha256},
      {"cases", report.cases},
      {"patients", report.patients},
      {"margin", report.margin},
      {"dice", describe(report.dice)},
      {"dice_gain", report.gain ? describe(*report.gain) : ordered_json()},
      {"strata", strata}};
  return document.dump();
}

GateReport parseGate(const std::string& text) {
  try {
    const json value = json::parse(text);
    GateReport report;
    report.objections = value.at("objections").get<std::vector<std::string>>();
    report.purpose = value.at("purpose");
    report.model_id = value.at("model").at("id");
    report.model = value.at("model").at("name");
    report.weights_sha256 = value.at("model").at("weights_sha256");
    report.against = textOrNone(value.at("against").at("name"));
    report.against_weights_sha256 = textOrNone(value.at("against").at("weights_sha256"));
    report.dataset_sha256 = value.at("dataset_sha256");
    report.frozen_sha256 = value.at("frozen_sha256");
    report.cases = value.at("cases");
    report.patients = value.at("patients");
    report.margin = value.at("margin");
    report.dice = estimateOf(value.at("dice"));
    if (!value.at("dice_gain").is_null()) report.gain = estimateOf(value.at("dice_gain"));
    for (const json& stratum : value.at("strata")) report.strata.push_back(stratumOf(stratum));
    return report;
  } catch (const json::exception&) {
    throw Error(ErrorKind::kDamaged,
                "A gate's report in the store cannot be read. Run `sonotwin verify`.");
  }
}

std::vector<GateReport> gateReports(const store::Store& store, const std::string& model_id) {
  std::vector<GateReport> reports;
  for (const store::RecordRow& row : store.records("measurement")) {
    if (row.name != kGateRecord) continue;
    GateReport report = parseGate(row.json);
    report.id = row.id;
    report.created_utc = row.created_utc;
    if (model_id.empty() || report.model_id == model_id) reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace sonotwin::pipeline
