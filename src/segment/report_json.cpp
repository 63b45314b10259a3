// SPDX-License-Identifier: Apache-2.0
#include "report_json.h"

#include <nlohmann/json.hpp>

#include "json_fields.h"
#include "sonotwin/base/error.h"
#include "sonotwin/segment/model.h"

namespace sonotwin::segment {
namespace {
using nlohmann::ordered_json;

ordered_json orNull(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

ordered_json describe(const Estimate& estimate) {
  return {{"mean", estimate.mean}, {"ci95", {estimate.ci95[0], estimate.ci95[1]}}};
}
}  // namespace

ordered_json summaryToJson(const Evaluation& evaluation) {
  ordered_json summary = ordered_json::object();
  for (const LabelSummary& label : evaluation.summary) {
    summary[label.label] = {{"n", label.n},
                            {"distance_unit", label.distance_unit},
                            {"dice", describe(label.dice)},
                            {"iou", describe(label.iou)},
                            {"precision", describe(label.precision)},
                            {"recall", describe(label.recall)},
                            {"hd95", describe(label.hd95)},
                            {"assd", describe(label.assd)},
                            {"nsd", describe(label.nsd)},
                            {"nsd_tolerance", kSurfaceTolerance}};
    if (!label.circumference_error_mm) continue;
    summary[label.label]["circumference_error_mm"] = describe(*label.circumference_error_mm);
    summary[label.label]["circumference_bias_mm"] = describe(*label.circumference_bias_mm);
  }
  return summary;
}

std::string evaluationJson(const Evaluation& evaluation) {
  ordered_json cases = ordered_json::array();
  for (const CaseResult& result : evaluation.cases) {
    const Agreement& a = result.agreement;
    cases.push_back({{"name", result.name},
                     {"group", result.group},
                     {"label", result.label},
                     {"dice", orNull(a.dice)},
                     {"iou", orNull(a.iou)},
                     {"precision", orNull(a.precision)},
                     {"recall", orNull(a.recall)},
                     {"hd95", orNull(a.hd95)},
                     {"assd", orNull(a.assd)},
                     {"nsd", orNull(a.nsd)}});
    if (result.circumference_error_mm) {
      cases.back()["circumference_error_mm"] = *result.circumference_error_mm;
    }
  }
  return ordered_json{{"cases", std::move(cases)}, {"summary", summaryToJson(evaluation)}}.dump(2);
}

std::string pairedJson(const std::vector<PairedDifference>& differences) {
  ordered_json all = ordered_json::array();
  for (const PairedDifference& item : differences) {
    all.push_back({{"label", item.label},
                   {"metric", item.metric},
                   {"patients", item.groups},
                   {"difference", describe(item.difference)},
                   {"p", item.p},
                   {"p_holm", item.p_holm}});
  }
  return all.dump(2);
}

std::string epochJson(const EpochReport& report) {
  ordered_json labels = ordered_json::array();
  for (const auto& dice : report.label_dice) labels.push_back(orNull(dice));
  return ordered_json{{"epoch", report.epoch},
                      {"epochs", report.epochs},
                      {"train_loss", report.train_loss},
                      {"val_dice", report.val_dice},
                      {"val_pooled_dice", report.val_pooled_dice},
                      {"best_dice", report.best_dice},
                      {"seconds", report.seconds},
                      {"learning_rate", report.learning_rate},
                      {"images_per_second", report.images_per_second},
                      {"label_dice", std::move(labels)}}
      .dump();
}

EpochReport parseEpoch(const std::string& line, const std::string& where) {
  const nlohmann::json object = parseJson(line, where);
  const auto number = [&](const char* key) {
    const nlohmann::json& value = requireField(object, key, where);
    if (!value.is_number()) throwBadInput(where + ": the field '" + key + "' is not a number.");
    return value.get<double>();
  };
  EpochReport report;
  report.epoch = requireInt(object, "epoch", 1, 100'000, where);
  report.epochs = requireInt(object, "epochs", 1, 100'000, where);
  report.train_loss = number("train_loss");
  report.val_dice = number("val_dice");
  report.val_pooled_dice = number("val_pooled_dice");
  report.best_dice = number("best_dice");
  report.seconds = number("seconds");
  report.learning_rate = number("learning_rate");
  report.images_per_second = number("images_per_second");
  for (const nlohmann::json& dice : requireField(object, "label_dice", where)) {
    report.label_dice.emplace_back();
    if (dice.is_number()) report.label_dice.back() = dice.get<double>();
  }
  return report;
}

}  // namespace sonotwin::segment
