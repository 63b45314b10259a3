// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "context.h"
#include "rows.h"
#include "sonotwin/base/error.h"
#include "sonotwin/pipeline/ingest.h"
#include "sonotwin/pipeline/models.h"
#include "usage.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

// ---- init, ingest -------------------------------------------------------------------------------

void init(Context& context) {
  const store::Store made = store::Store::create(context.store_folder);
  context.print("Made an empty store in " + made.folder().string() +
                    ". Its key for pseudonyms lies beside it; keep a copy in a safe place.",
                {{"store", made.folder().string()}});
}

json ingestedJson(const pipeline::IngestedFile& file) {
  const store::ClipRow& clip = file.clip;
  return {{"clip", clip.id},
          {"path", file.path.string()},
          {"patient", clip.patient_id},
          {"frames", clip.frames},
          {"rows", clip.rows},
          {"cols", clip.cols},
          {"channels", clip.channels},
          {"spacing_mm", spacingJson(clip.spacing_mm)},
          {"tracked", clip.tracked},
          {"image_to_probe", clip.calibrated},
          {"transfer_syntax", clip.transfer_syntax},
          {"notes", file.notes}};
}

json reportJson(const pipeline::IngestReport& report) {
  json document = {{"passed_over", report.passed_over},
                   {"added", json::array()},
                   {"known", json::array()},
                   {"quarantined", json::array()},
                   {"refused", json::array()}};
  for (const auto& file : report.added) document["added"].push_back(ingestedJson(file));
  for (const auto& file : report.known) document["known"].push_back(ingestedJson(file));
  for (const auto& file : report.quarantined) {
    document["quarantined"].push_back({{"path", file.path.string()},
                                       {"id", file.id},
                                       {"reason", file.reason},
                                       {"places", file.found}});
  }
  for (const auto& file : report.refused) {
    document["refused"].push_back({{"path", file.path.string()}, {"reason", file.reason}});
  }
  return document;
}

std::string reportText(const pipeline::IngestReport& report) {
  std::string text;
  const auto line = [&](const char* word, const pipeline::IngestedFile& file) {
    text += std::string(word) + " " + file.clip.id + "  " + file.clip.patient_id + "  " +
            std::to_string(file.clip.frames) + " x " + std::to_string(file.clip.cols) + " x " +
            std::to_string(file.clip.rows) + "  " + spacingText(file.clip.spacing_mm) +
            (file.clip.tracked ? "  tracked" : "") + "  " + file.path.string() + "\n";
    for (const std::string& note : file.notes) text += "      " + note + "\n";
    if (file.clip.tracked && !file.clip.calibrated) {
      text += "      give --calibration FILE to place it in space\n";
    }
  };
  for (const auto& file : report.added) line("added  ", file);
  for (const auto& file : report.known) line("known  ", file);
  for (const auto& file : report.quarantined) {
    text += "waits   " + file.id + "  " + file.path.string() + "\n      " + file.reason + "; " +
            std::to_string(file.found) + (file.found == 1 ? " place" : " places") +
            " found: look with `quarantine show`\n";
  }
  for (const auto& file : report.refused) {
    text += "refused  " + file.path.string() + ": " + file.reason + "\n";
  }
  return text + std::to_string(report.added.size()) + " added, " +
         std::to_string(report.known.size()) + " known, " +
         std::to_string(report.quarantined.size()) + " in quarantine, " +
         std::to_string(report.refused.size()) + " refused.\n";
}

struct IngestArguments {
  std::vector<std::filesystem::path> paths;
  std::string patient, exam_date, calibration;
};

void ingest(Context& context, const IngestArguments& arguments) {
  store::Store store = context.openStore();
  pipeline::IngestOptions options;
  options.patient = arguments.patient;
  if (!arguments.exam_date.empty()) options.exam_date = arguments.exam_date;
  if (!arguments.calibration.empty()) options.calibration = arguments.calibration;
  const auto report = pipeline::ingest(store, arguments.paths, options, context.progress());
  context.print(reportText(report), reportJson(report));
  const bool usable =
      !report.added.empty() || !report.known.empty() || !report.quarantined.empty();
  if (!report.refused.empty()) context.exit_code = usable ? kPartlyDone : 3;
  if (!report.quarantined.empty()) context.exit_code = kPartlyDone;
  if (report.refused.empty() && !usable) {
    throwBadInput("Nothing to ingest: no DICOM, sequence (.mha, .mhd, .nrrd) or picture found.");
  }
}

// ---- list ---------------------------------------------------------------------------------------

struct ListArguments {
  std::string kind;
  std::string patient, study, clip, region;
  std::optional<int> from_day, to_day;
  int limit = 1000;
  int offset = 0;
};

template <class Row>
std::vector<Row> page(std::vector<Row> rows, const ListArguments& arguments) {
  const auto begin = std::min(rows.size(), static_cast<std::size_t>(arguments.offset));
  const auto end = std::min(rows.size(), begin + static_cast<std::size_t>(arguments.limit));
  return {std::make_move_iterator(rows.begin() + static_cast<std::ptrdiff_t>(begin)),
          std::make_move_iterator(rows.begin() + static_cast<std::ptrdiff_t>(end))};
}

using Listing = std::pair<Table, json>;

Listing listPatients(const store::Store& store, const ListArguments& arguments) {
  Listing out{Table({"PATIENT", "EXAMS", "CLIPS", "3D", "LAST EXAM", "REGION"}), json::array()};
  for (const auto& row : store.patients(arguments.limit, arguments.offset)) {
    out.first.add({row.id, std::to_string(row.exam_count), std::to_string(row.clip_count),
                   std::to_string(row.surface_count), "day +" + std::to_string(row.last_exam_day),
                   row.body_region});
    out.second.push_back({{"patient", row.id},
                          {"exams", row.exam_count},
                          {"clips", row.clip_count},
                          {"surfaces", row.surface_count},
                          {"last_exam_day", row.last_exam_day},
                          {"region", row.body_region}});
  }
  return out;
}

Listing listStudies(const store::Store& store, const ListArguments& arguments) {
  Listing out{Table({"STUDY", "PATIENT", "EXAM", "DAY", "CLIPS"}), json::array()};
  for (const auto& row : page(store.studies(arguments.patient), arguments)) {
    out.first.add({row.id, row.patient_id, std::to_string(row.number),
                   dayText(row.day_known, row.day), std::to_string(row.clip_count)});
    out.second.push_back({{"study", row.id},
                          {"patient", row.patient_id},
                          {"number", row.number},
                          {"day", dayJson(row.day_known, row.day)},
                          {"clips", row.clip_count}});
  }
  return out;
}

Listing listClips(const store::Store& store, const ListArguments& arguments) {
  Listing out{Table({"CLIP", "PATIENT", "DAY", "FRAMES", "SIZE", "MM A PIXEL", "TRACKED", "REGION",
                     "FORMAT"}),
              json::array()};
  const store::ClipQuery query{.patient_id = arguments.patient,
                               .study_id = arguments.study,
                               .body_region = arguments.region,
                               .from_day = arguments.from_day,
                               .to_day = arguments.to_day,
                               .limit = arguments.limit,
                               .offset = arguments.offset};
  for (const auto& row : store.clips(query)) {
    out.first.add(
        {row.id, row.patient_id, dayText(row.day_known, row.day), std::to_string(row.frames),
         std::to_string(row.cols) + " x " + std::to_string(row.rows), spacingText(row.spacing_mm),
         !row.tracked     ? ""
         : row.calibrated ? "yes"
                          : "no calibration",
         row.body_region, row.source_format});
    out.second.push_back(clipJson(row));
  }
  return out;
}

Listing listMasks(const store::Store& store, const ListArguments& arguments) {
  Listing out{Table({"MASK", "CLIP", "BY", "FRAMES", "CONFIDENCE"}), json::array()};
  for (const auto& row : page(store.masks(arguments.clip), arguments)) {
    out.first.add({row.id, row.clip_id, row.model, std::to_string(row.frames),
                   decimal(row.mean_confidence, 3)});
    out.second.push_back({{"mask", row.id},
                          {"clip", row.clip_id},
                          {"model", row.model},
                          {"labels", labelsJson(row.labels)},
                          {"frames", row.frames},
                          {"mean_confidence", row.mean_confidence},
                          {"created", row.created_utc}});
  }
  return out;
}

Listing listVolumes(const store::Store& store, const ListArguments& arguments) {
  Listing out{Table({"VOLUME", "CLIP", "SOURCE", "VOXELS", "MM", "OBSERVED"}), json::array()};
  for (const auto& row : page(store.volumes(arguments.clip), arguments)) {
    out.first.add({row.id, row.clip_id, row.source,
                   std::to_string(row.dims[0]) + " x " + std::to_string(row.dims[1]) + " x " +
                       std::to_string(row.dims[2]),
                   decimal(row.spacing_mm, 2), decimal(100.0 * row.observed_fraction, 0) + " %"});
    out.second.push_back({{"volume", row.id},
                          {"clip", row.clip_id},
                          {"source", row.source},
                          {"dims", row.dims},
                          {"spacing_mm", row.spacing_mm},
                          {"observed_fraction", row.observed_fraction},
                          {"created", row.created_utc}});
  }
  return out;
}

Listing listSurfaces(const store::Store& store, const ListArguments& arguments) {
  Listing out{Table({"SURFACE", "CLIP", "LABEL", "ML", "CM²"}), json::array()};
  for (const auto& row : page(store.surfaces(arguments.clip), arguments)) {
    out.first.add({row.id, row.clip_id, row.label, decimal(row.volume_ml, 2),
                   decimal(row.area_mm2 / 100.0, 2)});
    out.second.push_back({{"surface", row.id},
                          {"clip", row.clip_id},
                          {"volume", row.volume_id},
                          {"label", row.label},
                          {"volume_ml", row.volume_ml},
                          {"area_mm2", row.area_mm2},
                          {"created", row.created_utc}});
  }
  return out;
}

Listing listModels(const ListArguments& arguments) {
  Listing out{Table({"MODEL", "FOR"}), json::array()};
  for (const auto& model : page(pipeline::installedModels(), arguments)) {
    std::string regions;
    for (const auto& region : model.body_regions) regions += (regions.empty() ? "" : ", ") + region;
    out.first.add({model.name, regions});
    out.second.push_back({{"model", model.name},
                          {"folder", model.folder.string()},
                          {"card", json::parse(model.card_json)}});
  }
  return out;
}

/// A mistyped id must not look like an empty list.
void requireKnown(const store::Store& store, const ListArguments& arguments) {
  const auto patients = store.patients(std::numeric_limits<int>::max());
  if (!arguments.patient.empty() &&
      std::ranges::find(patients, arguments.patient, &store::PatientRow::id) == patients.end()) {
    throwNotFound("There is no patient " + arguments.patient + ": see `list patients`.");
  }
  const auto studies = store.studies();
  if (!arguments.study.empty() &&
      std::ranges::find(studies, arguments.study, &store::StudyRow::id) == studies.end()) {
    throwNotFound("There is no study " + arguments.study + ": see `list studies`.");
  }
  if (!arguments.clip.empty()) std::ignore = store.clipRow(arguments.clip);
}

void list(Context& context, const ListArguments& arguments) {
  if (arguments.kind == "models") {
    const Listing listing = listModels(arguments);
    return context.print(listing.first.text(), listing.second);
  }
  const store::Store store = context.openStore();
  requireKnown(store, arguments);
  const Listing listing = arguments.kind == "patients"  ? listPatients(store, arguments)
                          : arguments.kind == "studies" ? listStudies(store, arguments)
                          : arguments.kind == "clips"   ? listClips(store, arguments)
                          : arguments.kind == "masks"   ? listMasks(store, arguments)
                          : arguments.kind == "volumes" ? listVolumes(store, arguments)
                                                        : listSurfaces(store, arguments);
  context.print(listing.first.text(), listing.second);
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

void verify(Context& context, bool deep) {
  const store::Store store = context.openStore();
  const auto damages = eachOnce(store.verify(
      deep ? store::VerifyDepth::kBytes : store::VerifyDepth::kRows, context.progress()));
  json document = {{"ok", damages.empty()}, {"deep", deep}, {"damages", json::array()}};
  std::string text;
  for (const auto& damage : damages) {
    document["damages"].push_back({{"object", damage.object}, {"problem", damage.problem}});
    text += damage.object + ": " + damage.problem + "\n";
  }
  text += damages.empty()       ? "The store is whole.\n"
          : damages.size() == 1 ? "1 problem found.\n"
                                : std::to_string(damages.size()) + " problems found.\n";
  context.print(text, document);
  if (!damages.empty()) context.exit_code = 4;
}
}  // namespace

void addStoreCommands(CLI::App& app, Context& context) {
  app.add_subcommand("init", "Make an empty store")->callback([&context] { init(context); });

  const auto given = std::make_shared<IngestArguments>();
  CLI::App* take = app.add_subcommand("ingest", "Take files and folders into the store");
  take->add_option("paths", given->paths, "Files, folders, DICOMDIR")->required();
  take->add_option("--patient", given->patient, "Patient, for formats that carry none");
  take->add_option("--exam-date", given->exam_date, "YYYY-MM-DD, for formats that carry none");
  take->add_option("--calibration", given->calibration,
                   "Image-to-probe calibration of tracked sweeps: PLUS XML or our JSON");
  take->callback([&context, given] { ingest(context, *given); });

  const auto wanted = std::make_shared<ListArguments>();
  CLI::App* rows = app.add_subcommand("list", "List what is in the store");
  rows->add_option("kind", wanted->kind)
      ->required()
      ->check(CLI::IsMember(
          {"patients", "studies", "clips", "masks", "volumes", "surfaces", "models"}));
  rows->add_option("--patient", wanted->patient);
  rows->add_option("--study", wanted->study);
  rows->add_option("--clip", wanted->clip);
  rows->add_option("--region", wanted->region);
  rows->add_option("--from", wanted->from_day, "Days since the patient's first exam");
  rows->add_option("--to", wanted->to_day, "Days since the patient's first exam");
  rows->add_option("--limit", wanted->limit)->check(count());
  rows->add_option("--offset", wanted->offset)->check(count());
  rows->callback([&context, wanted] { list(context, *wanted); });

  addShow(app, context);

  const auto deep = std::make_shared<bool>(false);
  CLI::App* check = app.add_subcommand("verify", "Check every row and object");
  check->add_flag("--deep", *deep, "Read every object and compare its hash");
  check->callback([&context, deep] { verify(context, *deep); });
}

}  // namespace sonotwin::cli
