// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "context.h"
#include "rows.h"
#include "sonotwin/base/error.h"
#include "sonotwin/pipeline/quarantine.h"
#include "usage.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

json boxesJson(const std::vector<media::PixelRectangle>& boxes) {
  json document = json::array();
  for (const auto& box : boxes) document.push_back(boxJson(box));
  return document;
}

std::string boxText(const media::PixelRectangle& box) {
  return std::to_string(box.x0) + "," + std::to_string(box.y0) + "," + std::to_string(box.x1) +
         "," + std::to_string(box.y1);
}

json rowJson(const store::QuarantineRow& row) {
  return {{"id", row.id},
          {"patient", row.patient_id},
          {"study", row.study_id},
          {"state", row.state},
          {"reason", row.reason},
          {"found", boxesJson(row.boxes)},
          {"size_bytes", row.size_bytes},
          {"file_present", row.file_present},
          {"author", row.author},
          {"created", row.created_utc},
          {"decided", row.decided_utc.empty() ? json(nullptr) : json(row.decided_utc)}};
}

// ---- list, show, frames -------------------------------------------------------------------------

void listRows(Context& context, const std::string& state) {
  Listing out{Table({"WAITING", "PATIENT", "STUDY", "FOUND", "STATE", "REASON"}), json::array()};
  const auto rows = context.openStore().quarantined(state == "all" ? "" : state);
  for (const auto& row : rows) {
    const bool lost = row.state == "waiting" && !row.file_present;
    out.table.add({row.id, row.patient_id, row.study_id, std::to_string(row.boxes.size()),
                   lost ? "file gone: ingest it again" : row.state, row.reason});
    out.document.push_back(rowJson(row));
  }
  context.print(rows.empty() ? "Nothing is in quarantine.\n" : out.table.text(), out.document);
}

std::string choices(const store::QuarantineRow& row) {
  std::string text = "  look at it:  sonotwin quarantine frames " + row.id +
                     " --out DIR\n  take it in, if you have looked:\n";
  const std::string release = "    sonotwin quarantine release " + row.id;
  if (!row.boxes.empty()) text += release + " --found           (blanks what was found)\n";
  return text + release + " --box x0,y0,x1,y1 (blanks what you say; may be given again)\n" +
         release + " --nothing         (nothing in it names anybody)\n  leave it out:\n" +
         "    sonotwin quarantine reject " + row.id + " --reason TEXT\n";
}

void show(Context& context, const std::string& id) {
  const store::Store store = context.openStore();
  const store::QuarantineRow row = store.quarantineRow(id);
  json document = rowJson(row);
  std::string text = id + "\n  " + row.patient_id + ", " + row.study_id + "\n  " + row.state +
                     ": " + row.reason + "\n  since " + row.created_utc + "\n";
  if (!row.decided_utc.empty()) text += "  by " + row.author + ", " + row.decided_utc + "\n";
  text += "  looks like text:" + std::string(row.boxes.empty() ? " nothing" : "");
  for (const auto& box : row.boxes) text += " " + boxText(box);
  text += "\n";
  if (row.state == "waiting" && !row.file_present) {
    text += "  its file is gone: ingest it again\n";
  } else if (row.state == "waiting") {
    const media::ClipInfo info = pipeline::quarantinedClip(store, id).info;
    document["frames"] = info.frame_count;
    document["rows"] = info.rows;
    document["cols"] = info.cols;
    text += "  " + std::to_string(info.frame_count) +
            (info.frame_count == 1 ? " frame of " : " frames of ") + std::to_string(info.cols) +
            " x " + std::to_string(info.rows) + "\n" + choices(row);
  }
  context.print(text, document);
}

void frames(Context& context, const std::string& id, const std::string& out) {
  const store::Store store = context.openStore();
  const int count = pipeline::quarantinedClip(store, id).info.frame_count;
  pipeline::exportQuarantinedFrames(store, id, out, 0, count, context.progress());
  context.print("Wrote " + std::to_string(count) + (count == 1 ? " frame" : " frames") +
                    " and frames.json to " + out +
                    ". They may name the patient: remove them when you have looked.",
                {{"id", id}, {"out", out}, {"frames", count}});
}

// ---- release, reject ----------------------------------------------------------------------------

struct ReleaseArguments {
  std::string id;
  std::vector<std::string> boxes;
  bool found = false;
  bool nothing = false;
};

void release(Context& context, const ReleaseArguments& arguments) {
  if (arguments.boxes.empty() && !arguments.found && !arguments.nothing) {
    throwUsage(
        "Say what is to be blanked: --found, --box LEFT,TOP,RIGHT,BOTTOM, or both; or --nothing, "
        "if "
        "you have looked and nothing in the pictures names anybody.");
  }
  store::Store store = context.openStore();
  std::vector<media::PixelRectangle> boxes;
  if (arguments.found) boxes = store.quarantineRow(arguments.id).boxes;
  if (arguments.found && boxes.empty()) {
    throwBadInput("Nothing that looks like text was found in " + arguments.id +
                  ", so --found would blank nothing. Look at it with `quarantine frames`, then "
                  "give --box, or --nothing.");
  }
  for (const std::string& box : arguments.boxes) boxes.push_back(boxOf(box));
  const store::AddedClip added =
      pipeline::releaseFromQuarantine(store, arguments.id, boxes, context.progress());
  const std::string blanked = boxes.empty() ? ", nothing blanked"
                              : boxes.size() == 1
                                  ? ", 1 box blanked"
                                  : ", " + std::to_string(boxes.size()) + " boxes blanked";
  context.print(
      arguments.id + " is clip " + added.id + (added.added ? "" : " (known)") + blanked + ".",
      {{"id", arguments.id},
       {"clip", added.id},
       {"added", added.added},
       {"boxes", boxesJson(boxes)}});
}

void reject(Context& context, const std::string& id, const std::string& reason) {
  store::Store store = context.openStore();
  store.quarantineReject(id, reason);
  context.print(id + " is rejected and its file is gone.",
                {{"id", id}, {"state", "rejected"}, {"reason", reason}});
}

// ---- report -------------------------------------------------------------------------------------

std::string wordOfAction(const std::string& action) {
  static const std::map<std::string, std::string> words = {
      {"X", "removed"},           {"Z", "emptied"},
      {"D", "dummy value"},       {"U", "keyed UID"},
      {"C", "cleaned"},           {"K", "kept"},
      {"shift", "date shifted"},  {"mask", "unused bits cleared"},
      {"blank", "boxes blanked"}, {"recode", "encoded anew"},
      {"add", "added"},           {store::kVouchedFor, "vouched for by a person, not searched"}};
  const auto found = words.find(action);
  return found == words.end() ? action : found->second;
}

void report(Context& context, const std::string& clip_id) {
  const store::Store store = context.openStore();
  std::ignore = store.clipRow(clip_id);
  const auto reports = store.ingestReports(clip_id);
  json document = {{"clip", clip_id}, {"reports", json::array()}};
  std::string text;
  for (const auto& one : reports) {
    Table table({"ATTRIBUTE", "TAG", "DONE", "TIMES"});
    json actions = json::array();
    for (const auto& act : one.actions) {
      table.add({act.keyword, act.path, wordOfAction(act.action), std::to_string(act.count)});
      actions.push_back({{"path", act.path},
                         {"keyword", act.keyword},
                         {"action", act.action},
                         {"count", act.count}});
    }
    text += one.created_utc + " by " + one.author + ", sonotwin " + one.program_version + "\n" +
            one.method + "\n" + table.text() + "\n";
    document["reports"].push_back({{"method", one.method},
                                   {"program_version", one.program_version},
                                   {"author", one.author},
                                   {"created", one.created_utc},
                                   {"actions", actions}});
  }
  if (reports.empty()) {
    text = clip_id +
           " did not come in as a DICOM object: of its file only pixels, times, poses and "
           "calibration were taken.\n";
  }
  context.print(text, document);
}
}  // namespace

void addQuarantineCommands(CLI::App& app, Context& context) {
  CLI::App* waiting = app.add_subcommand(
      "quarantine", "Objects that wait until a person has looked at their pictures");
  waiting->require_subcommand(1);

  const auto state = std::make_shared<std::string>("waiting");
  CLI::App* rows = waiting->add_subcommand("list", "List them");
  rows->add_option("--state", *state)
      ->check(CLI::IsMember({"waiting", "released", "rejected", "all"}))
      ->capture_default_str();
  rows->callback([&context, state] { listRows(context, *state); });

  const auto id = std::make_shared<std::string>();
  CLI::App* one = waiting->add_subcommand("show", "What was found in one, and what can be done");
  one->add_option("id", *id, "Of an object that waits")->required();
  one->callback([&context, id] { show(context, *id); });

  const auto out = std::make_shared<std::string>();
  CLI::App* pictures = waiting->add_subcommand("frames", "Write its frames as PNG, to look at");
  pictures->add_option("id", *id, "Of an object that waits")->required();
  pictures->add_option("--out", *out, "Folder to write to, outside the store")->required();
  pictures->callback([&context, id, out] { frames(context, *id, *out); });

  const auto given = std::make_shared<ReleaseArguments>();
  CLI::App* take =
      waiting->add_subcommand("release", "Take one into the store, as you have looked");
  take->add_option("id", given->id, "Of an object that waits")->required();
  CLI::Option* boxes =
      addBoxes(*take, "--box", given->boxes, "Box to blank on every frame; may be given again");
  CLI::Option* found = take->add_flag("--found", given->found, "Blank the boxes that were found");
  take->add_flag("--nothing", given->nothing, "Nothing in it names anybody: blank nothing")
      ->excludes(boxes)
      ->excludes(found);
  take->callback([&context, given] { release(context, *given); });

  const auto reason = std::make_shared<std::string>();
  CLI::App* drop = waiting->add_subcommand("reject", "Leave one out and remove its file");
  drop->add_option("id", *id, "Of an object that waits")->required();
  drop->add_option("--reason", *reason, "Why, for those who ask later: name no patient")
      ->required();
  drop->callback([&context, id, reason] { reject(context, *id, *reason); });

  const auto clip = std::make_shared<std::string>();
  CLI::App* done = app.add_subcommand(
      "report", "What de-identification did to which attribute of a clip's file: never a value");
  done->add_option("clip", *clip, "Id of a clip")->required();
  done->callback([&context, clip] { report(context, *clip); });
}

}  // namespace sonotwin::cli
