// SPDX-License-Identifier: Apache-2.0
#include "clip_conditions.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "rows.h"
#include "sonotwin/base/error.h"
#include "usage.h"

namespace sonotwin::cli {
using nlohmann::json;

void addConditions(CLI::App& command, store::ClipQuery& query) {
  command.add_option("--patient", query.patient_id, "Pseudonym of a patient");
  command.add_option("--study", query.study_id, "Id of an exam");
  command.add_option("--region", query.body_region, "Body region, as `list clips` names it");
  command.add_option("--view", query.view_label, "View in an acquisition protocol");
  command.add_option("--orientation", query.orientation, "How the plane lies, e.g. TRANSVERSE");
  command.add_option("--device", query.device_model, "Model of the scanner");
  command.add_option("--label", query.label, "Name of a label in one of the masks");
  command.add_option("--text", query.text,
                     "Words in region, view, orientation, device, probe, format or ids, in part");
  CLI::Option* tracked = command.add_flag_callback(
      "--tracked", [&query] { query.tracked = true; }, "With poses");
  command
      .add_flag_callback(
          "--untracked", [&query] { query.tracked = false; }, "Without poses")
      ->excludes(tracked);
  CLI::Option* annotated = command.add_flag_callback(
      "--annotated", [&query] { query.annotated = true; }, "A person drew a mask");
  command
      .add_flag_callback(
          "--unannotated", [&query] { query.annotated = false; }, "Nobody did")
      ->excludes(annotated);
  command.add_option("--from", query.from_day, "Days since the patient's first exam");
  command.add_option("--to", query.to_day, "Days since the patient's first exam");
}

void addPage(CLI::App& command, store::ClipQuery& query, bool& count_only) {
  command.add_option("--limit", query.limit, "At most so many rows")->check(count());
  command.add_option("--offset", query.offset, "Leave out so many before")->check(count());
  command.add_flag("--count", count_only, "Only how many there are, on all pages");
}

json conditionsJson(const store::ClipQuery& query) {
  json document = json::object();
  const std::pair<const char*, const std::string&> texts[] = {
      {"patient", query.patient_id},  {"study", query.study_id},
      {"region", query.body_region},  {"view", query.view_label},
      {"device", query.device_model}, {"label", query.label},
      {"text", query.text},           {"orientation", query.orientation}};
  for (const auto& [name, value] : texts) {
    if (!value.empty()) document[name] = value;
  }
  if (query.tracked) document["tracked"] = *query.tracked;
  if (query.annotated) document["annotated"] = *query.annotated;
  if (query.from_day) document["from"] = *query.from_day;
  if (query.to_day) document["to"] = *query.to_day;
  return document;
}

std::string conditionsText(const store::ClipQuery& query) {
  const json conditions = conditionsJson(query);
  std::string text;
  for (const auto& [name, value] : conditions.items()) {
    text += (text.empty() ? "" : ", ") + name + "=" +
            (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text.empty() ? "all clips" : text;
}

void requireKnown(const store::Store& store, const store::ClipQuery& query) {
  if (!query.patient_id.empty() && store.kindOf(query.patient_id) != "patient") {
    throwNotFound(query.patient_id + " is no patient: see `list patients`.");
  }
  if (!query.study_id.empty() && store.kindOf(query.study_id) != "study") {
    throwNotFound(query.study_id + " is no study: see `list studies`.");
  }
}

void printCount(Context& context, std::size_t count) {
  context.print(std::to_string(count), {{"count", count}});
}

void printClips(Context& context, const store::Store& store, const store::ClipQuery& query,
                bool count_only) {
  if (count_only) return printCount(context, static_cast<std::size_t>(store.count(query)));
  const Listing listing = clipListing(store.clips(query));
  context.print(listing.table.text(), listing.document);
}

}  // namespace sonotwin::cli
