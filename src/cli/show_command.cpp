// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "context.h"
#include "numbers.h"
#include "rows.h"
#include "sonotwin/base/error.h"
#include "sonotwin/pipeline/volume_frames.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;
using Ids = std::vector<std::string> store::LineageNode::*;

// ---- lineage ------------------------------------------------------------------------------------

struct Relative {
  store::LineageNode node;
  int distance = 0;  ///< steps away
};

/// All that lies in one direction, nearest first, each object once.
std::vector<Relative> relatives(const store::Store& store, const store::LineageNode& from,
                                Ids next) {
  std::vector<Relative> found = {{from, 0}};
  std::set<std::string> seen = {from.id};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::vector<std::string> ids = found[i].node.*next;
    for (const std::string& id : ids) {
      if (seen.insert(id).second) found.push_back({store.lineage(id), found[i].distance + 1});
    }
  }
  found.erase(found.begin());
  return found;
}

json nodeJson(const store::LineageNode& node) {
  return {{"id", node.id},
          {"kind", node.kind},
          {"program_version", node.program_version},
          {"author", node.author},
          {"created", node.created_utc},
          {"recipe", node.recipe_json.empty() ? json(nullptr)
                                              : json::parse(node.recipe_json, nullptr, false)},
          {"made_from", node.made_from},
          {"used_for", node.used_for}};
}

std::string operationOf(const store::LineageNode& node) {
  const json recipe = json::parse(node.recipe_json, nullptr, false);
  if (!recipe.is_object()) return {};
  for (const char* field : {"operation", "name"}) {
    const auto at = recipe.find(field);
    if (at != recipe.end() && at->is_string()) return ", " + at->get<std::string>();
  }
  return {};
}

Words describe(const std::vector<Relative>& relatives, const std::string& heading) {
  Words words{"", json::array()};
  for (const Relative& relative : relatives) {
    const store::LineageNode& node = relative.node;
    words.text += "    " + std::string(2 * static_cast<std::size_t>(relative.distance - 1), ' ') +
                  node.kind + " " + node.id + operationOf(node) + ", " + node.author + ", " +
                  node.created_utc + "\n";
    json item = nodeJson(node);
    item["distance"] = relative.distance;
    words.document.push_back(std::move(item));
  }
  if (!words.text.empty()) words.text = "  " + heading + "\n" + words.text;
  return words;
}

void showObject(Context& context, const store::Store& store, const std::string& id) {
  const store::LineageNode node = store.lineage(id);
  const Words numbers = numbersOf(store, node.kind, id);
  const Words up =
      describe(relatives(store, node, &store::LineageNode::made_from), "made from, nearest first");
  const Words down =
      describe(relatives(store, node, &store::LineageNode::used_for), "used for, nearest first");
  json document = nodeJson(node);
  document[node.kind] = numbers.document;
  document["ancestors"] = up.document;
  document["descendants"] = down.document;
  std::string text = node.kind + " " + node.id + "\n  made " + node.created_utc + " by " +
                     node.author + ", sonotwin " + node.program_version + "\n" + numbers.text;
  if (!node.recipe_json.empty()) text += "  recipe " + node.recipe_json + "\n";
  context.print(text + up.text + down.text, document);
}

// ---- patients and studies -----------------------------------------------------------------------

std::vector<store::ClipRow> clipsOf(const store::Store& store, const store::StudyRow& study) {
  store::ClipFilter filter;
  filter.study_id = study.id;
  filter.limit = std::numeric_limits<int>::max();
  return store.clips(filter);
}

Words examWords(const store::Store& store, const store::StudyRow& study,
                const std::optional<int>& days_since_previous) {
  Words words;
  words.document = {
      {"study", study.id},
      {"number", study.number},
      {"day", dayJson(study.day_known, study.day)},
      {"days_since_previous", days_since_previous ? json(*days_since_previous) : json(nullptr)},
      {"protocol", study.protocol ? json(*study.protocol) : json(nullptr)},
      {"clips", json::array()}};
  words.text = "  exam " + std::to_string(study.number) + "  " + study.id + "  day " +
               dayText(study.day_known, study.day);
  if (days_since_previous) {
    words.text += ", " + std::to_string(*days_since_previous) + " days after the one before";
  }
  if (study.protocol && !study.protocol->empty()) words.text += ", protocol " + *study.protocol;
  words.text += "\n";
  for (const store::ClipRow& clip : clipsOf(store, study)) {
    words.document["clips"].push_back(clipJson(clip));
    words.text += "    " + clip.id + "  " + std::to_string(clip.frames) + " x " +
                  std::to_string(clip.cols) + " x " + std::to_string(clip.rows) + "  " +
                  spacingText(clip.spacing_mm) + (clip.tracked ? "  tracked" : "") +
                  (clip.body_region.empty() ? "" : "  " + clip.body_region) + "\n";
  }
  return words;
}

/// All exams of a patient in order, with the days between them; `only` one where it is named.
Words timeLine(const store::Store& store, const std::string& patient_id, const std::string& only) {
  Words words{"", json::array()};
  std::optional<int> previous_day;
  for (const store::StudyRow& study : store.studies(patient_id)) {
    std::optional<int> since;
    if (study.day_known && previous_day) since = study.day - *previous_day;
    if (study.day_known) previous_day = study.day;
    if (!only.empty() && study.id != only) continue;
    Words exam = examWords(store, study, since);
    words.text += exam.text;
    words.document.push_back(std::move(exam.document));
  }
  return words;
}

void showPatient(Context& context, const store::Store& store, const store::PatientRow& patient) {
  const Words exams = timeLine(store, patient.id, {});
  const std::string also =
      patient.merged.empty() ? "" : "  also " + CLI::detail::join(patient.merged, ", ") + "\n";
  context.print("patient " + patient.id + "\n" + also + "  " + std::to_string(patient.exam_count) +
                    (patient.exam_count == 1 ? " exam, " : " exams, ") +
                    std::to_string(patient.clip_count) + " clips, " +
                    std::to_string(patient.surface_count) + " surfaces\n" + exams.text,
                {{"id", patient.id},
                 {"kind", "patient"},
                 {"merged", patient.merged},
                 {"region", patient.body_region},
                 {"clips", patient.clip_count},
                 {"surfaces", patient.surface_count},
                 {"exams", exams.document}});
}

/// @returns false where `id` is neither a patient nor a study.
bool showPerson(Context& context, const store::Store& store, const std::string& id) {
  const std::string kind = store.kindOf(id);
  if (kind == "patient") {
    showPatient(context, store, store.patient(id).patient);
    return true;
  }
  if (kind == "quarantine") throwNotFound(id + " is not in the store: see `quarantine show`.");
  if (kind != "study") return false;
  const std::string patient_id = store.study(id).study.patient_id;
  const Words exam = timeLine(store, patient_id, id);
  json document = exam.document.at(0);
  document["id"] = id;
  document["kind"] = "study";
  document["patient"] = patient_id;
  context.print("study " + id + "\n  patient " + patient_id + "\n" + exam.text, document);
  return true;
}

/// Which frames a place of a volume came from.
void showPlace(Context& context, const std::string& id, const std::vector<double>& at_mm) {
  const store::Store store = context.openStore();
  const auto found = pipeline::framesOf(store, id, Eigen::Vector3d(at_mm[0], at_mm[1], at_mm[2]));
  json document = {{"id", id}, {"at_mm", at_mm}, {"frames", json::array()}};
  std::string text = found.empty() ? "No frame shows this place.\n" : "";
  for (const reconstruct::FrameAt& frame : found) {
    document["frames"].push_back({{"index", frame.index},
                                  {"col", frame.col},
                                  {"row", frame.row},
                                  {"distance_mm", frame.distance_mm}});
    text += "frame " + std::to_string(frame.index) + "  column " + decimal(frame.col, 1) +
            ", row " + decimal(frame.row, 1) + "  " + decimal(frame.distance_mm, 2) +
            " mm out of plane\n";
  }
  context.print(text, document);
}

void show(Context& context, const std::string& id, const std::vector<double>& at_mm) {
  if (!at_mm.empty()) return showPlace(context, id, at_mm);
  const store::Store store = context.openStore();
  if (!showPerson(context, store, id)) showObject(context, store, id);
}
}  // namespace

void addShow(CLI::App& app, Context& context) {
  const auto id = std::make_shared<std::string>();
  CLI::App* one = app.add_subcommand(
      "show", "Show a patient, a study, or an object with its numbers and its lineage");
  one->add_option("id", *id, "As `list` gives it")->required();
  const auto at_mm = std::make_shared<std::vector<double>>();
  one->add_option("--at", *at_mm, "x,y,z in mm: the frames that this place of a volume came from")
      ->delimiter(',')
      ->expected(3);
  one->callback([&context, id, at_mm] { show(context, *id, *at_mm); });
}

}  // namespace sonotwin::cli
