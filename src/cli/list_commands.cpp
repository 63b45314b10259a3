// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "clip_conditions.h"
#include "context.h"
#include "rows.h"
#include "sonotwin/pipeline/measure.h"
#include "sonotwin/pipeline/models.h"
#include "usage.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

struct ListArguments {
  std::string kind, clip;
  store::ClipQuery query;
  bool count_only = false;
};

Listing patientListing(const std::vector<store::PatientRow>& rows) {
  Listing out{Table({"PATIENT", "EXAMS", "CLIPS", "3D", "LAST EXAM", "REGION", "ALSO KNOWN AS"}),
              json::array()};
  for (const auto& row : rows) {
    out.table.add({row.id, std::to_string(row.exam_count), std::to_string(row.clip_count),
                   std::to_string(row.surface_count),
                   row.last_exam_day ? "day +" + std::to_string(*row.last_exam_day) : "unknown",
                   row.body_region, CLI::detail::join(row.merged, ", ")});
    out.document.push_back(
        {{"patient", row.id},
         {"exams", row.exam_count},
         {"clips", row.clip_count},
         {"surfaces", row.surface_count},
         {"last_exam_day", row.last_exam_day ? json(*row.last_exam_day) : json()},
         {"region", row.body_region},
         {"merged", row.merged}});
  }
  return out;
}

Listing studyListing(const std::vector<store::StudyRow>& rows) {
  Listing out{Table({"STUDY", "PATIENT", "EXAM", "DAY", "CLIPS"}), json::array()};
  for (const auto& row : rows) {
    out.table.add({row.id, row.patient_id, std::to_string(row.number),
                   dayText(row.day_known, row.day), std::to_string(row.clip_count)});
    out.document.push_back({{"study", row.id},
                            {"patient", row.patient_id},
                            {"number", row.number},
                            {"day", dayJson(row.day_known, row.day)},
                            {"clips", row.clip_count},
                            {"protocol", row.protocol ? json(*row.protocol) : json()}});
  }
  return out;
}

Listing maskListing(const std::vector<store::MaskRow>& rows) {
  Listing out{Table({"MASK", "CLIP", "BY", "FRAMES", "CONFIDENCE"}), json::array()};
  for (const auto& row : rows) {
    out.table.add({row.id, row.clip_id, row.model, std::to_string(row.frames),
                   decimal(row.mean_confidence, 3)});
    out.document.push_back({{"mask", row.id},
                            {"clip", row.clip_id},
                            {"model", row.model},
                            {"labels", labelsJson(row.labels)},
                            {"frames", row.frames},
                            {"mean_confidence", row.mean_confidence},
                            {"created", row.created_utc}});
  }
  return out;
}

Listing volumeListing(const std::vector<store::VolumeRow>& rows) {
  Listing out{Table({"VOLUME", "CLIP", "SOURCE", "VOXELS", "MM", "OBSERVED"}), json::array()};
  for (const auto& row : rows) {
    out.table.add({row.id, row.clip_id, row.source,
                   std::to_string(row.dims[0]) + " x " + std::to_string(row.dims[1]) + " x " +
                       std::to_string(row.dims[2]),
                   decimal(row.spacing_mm, 2), decimal(100.0 * row.observed_fraction, 0) + " %"});
    out.document.push_back({{"volume", row.id},
                            {"clip", row.clip_id},
                            {"source", row.source},
                            {"dims", row.dims},
                            {"spacing_mm", row.spacing_mm},
                            {"observed_fraction", row.observed_fraction},
                            {"created", row.created_utc}});
  }
  return out;
}

Listing surfaceListing(const std::vector<store::SurfaceRow>& rows) {
  Listing out{Table({"SURFACE", "CLIP", "LABEL", "ML", "CM²"}), json::array()};
  for (const auto& row : rows) {
    out.table.add({row.id, row.clip_id, row.label, decimal(row.volume_ml, 2),
                   decimal(row.area_mm2 / 100.0, 2)});
    out.document.push_back({{"surface", row.id},
                            {"clip", row.clip_id},
                            {"volume", row.volume_id},
                            {"label", row.label},
                            {"volume_ml", row.volume_ml},
                            {"area_mm2", row.area_mm2},
                            {"created", row.created_utc}});
  }
  return out;
}

std::string sizeText(const std::optional<double>& size, double divisor) {
  return size ? decimal(*size / divisor, 2) : "";
}

std::string extentsText(const pipeline::LabelSize& size) {
  std::string text;
  for (const double side : size.extents_mm) text += (text.empty() ? "" : " x ") + decimal(side, 1);
  return text;
}

Listing measurementListing(const std::vector<store::MeasurementRow>& rows) {
  Listing out{Table({"PATIENT", "DAY", "LABEL", "ML", "CM²", "MM", "OF", "BY", "MEASUREMENT"}),
              json::array()};
  for (const auto& row : rows) {
    for (const pipeline::LabelSize& size : pipeline::labelSizes(row)) {
      out.table.add({row.patient_id, dayText(row.day_known, row.day), size.label,
                     sizeText(size.volume_ml, 1.0), sizeText(size.area_mm2, 100.0),
                     extentsText(size), row.of_id, row.author, row.id});
    }
    out.document.push_back({{"measurement", row.id},
                            {"of", row.of_id},
                            {"kind", row.of_kind},
                            {"clip", row.clip_id},
                            {"study", row.study_id},
                            {"patient", row.patient_id},
                            {"day", dayJson(row.day_known, row.day)},
                            {"name", row.name},
                            {"content", json::parse(row.json, nullptr, false)},
                            {"author", row.author},
                            {"created", row.created_utc}});
  }
  return out;
}

Listing modelListing(const std::vector<pipeline::InstalledModel>& models) {
  Listing out{Table({"MODEL", "FOR"}), json::array()};
  for (const auto& model : models) {
    out.table.add({model.name, CLI::detail::join(model.body_regions, ", ")});
    out.document.push_back({{"model", model.name},
                            {"folder", model.folder.string()},
                            {"card", json::parse(model.card_json)}});
  }
  return out;
}

/// Of all rows those that `wanted` leaves, and of these one page, or how many they are.
template <class Row>
void printPage(Context& context, const ListArguments& arguments, std::vector<Row> rows,
               const std::function<bool(const Row&)>& wanted,
               Listing (*listing)(const std::vector<Row>&)) {
  if (wanted) std::erase_if(rows, [&](const Row& row) { return !wanted(row); });
  if (arguments.count_only) return printCount(context, rows.size());
  const auto begin = std::min(rows.size(), static_cast<std::size_t>(arguments.query.offset));
  const auto end = std::min(rows.size(), begin + static_cast<std::size_t>(arguments.query.limit));
  const Listing page = listing({rows.begin() + static_cast<std::ptrdiff_t>(begin),
                                rows.begin() + static_cast<std::ptrdiff_t>(end)});
  context.print(page.table.text(), page.document);
}

/// Clips that meet all conditions; none: there are no conditions, so nothing is left out.
std::optional<std::vector<store::ClipRow>> clipsThatCount(const store::Store& store,
                                                          const ListArguments& arguments) {
  if (arguments.clip.empty() && conditionsJson(arguments.query).empty()) return std::nullopt;
  store::ClipQuery query = arguments.query;
  query.limit = std::numeric_limits<int>::max();
  query.offset = 0;
  std::vector<store::ClipRow> clips = store.clips(query);
  if (!arguments.clip.empty()) {
    const std::string id = store.clipRow(arguments.clip).id;
    std::erase_if(clips, [&](const store::ClipRow& clip) { return clip.id != id; });
  }
  return clips;
}

/// Whether a row belongs to one of the clips. @param of_clip, of_row  where both name the same
template <class Row>
std::function<bool(const Row&)> belongsTo(const std::optional<std::vector<store::ClipRow>>& clips,
                                          std::string store::ClipRow::*of_clip,
                                          std::string Row::*of_row) {
  if (!clips) return {};
  std::set<std::string> ids;
  for (const store::ClipRow& clip : *clips) ids.insert(clip.*of_clip);
  return [ids = std::move(ids), of_row](const Row& row) { return ids.contains(row.*of_row); };
}

void listModels(Context& context, const ListArguments& arguments) {
  if (!arguments.clip.empty() || !conditionsJson(arguments.query).empty()) {
    throwUsage("Models belong to no clip: list them without conditions.");
  }
  printPage<pipeline::InstalledModel>(
      context, arguments, pipeline::installedModels(context.store_folder), {}, modelListing);
}

void list(Context& context, const ListArguments& arguments) {
  if (arguments.kind == "models") return listModels(context, arguments);
  using store::ClipRow;
  const store::Store store = context.openStore();
  requireKnown(store, arguments.query);
  if (arguments.kind == "clips" && arguments.clip.empty()) {
    return printClips(context, store, arguments.query, arguments.count_only);
  }
  const auto clips = clipsThatCount(store, arguments);
  if (arguments.kind == "patients") {
    printPage(context, arguments, store.patients(std::numeric_limits<int>::max()),
              belongsTo(clips, &ClipRow::patient_id, &store::PatientRow::id), patientListing);
  } else if (arguments.kind == "studies") {
    printPage(context, arguments, store.studies(),
              belongsTo(clips, &ClipRow::study_id, &store::StudyRow::id), studyListing);
  } else if (arguments.kind == "clips") {
    printPage<ClipRow>(context, arguments, *clips, {}, clipListing);
  } else if (arguments.kind == "masks") {
    printPage(context, arguments, store.masks(arguments.clip),
              belongsTo(clips, &ClipRow::id, &store::MaskRow::clip_id), maskListing);
  } else if (arguments.kind == "volumes") {
    printPage(context, arguments, store.volumes(arguments.clip),
              belongsTo(clips, &ClipRow::id, &store::VolumeRow::clip_id), volumeListing);
  } else if (arguments.kind == "measurements") {
    printPage(context, arguments, store.measurements(arguments.clip),
              belongsTo(clips, &ClipRow::id, &store::MeasurementRow::clip_id), measurementListing);
  } else {
    printPage(context, arguments, store.surfaces(arguments.clip),
              belongsTo(clips, &ClipRow::id, &store::SurfaceRow::clip_id), surfaceListing);
  }
}
}  // namespace

void addListCommands(CLI::App& app, Context& context) {
  const auto wanted = std::make_shared<ListArguments>();
  CLI::App* rows = app.add_subcommand(
      "list", "List what is in the store: of all kinds, what belongs to clips that are asked for");
  rows->add_option("kind", wanted->kind, "What to list")
      ->required()
      ->check(CLI::IsMember({"patients", "studies", "clips", "masks", "volumes", "surfaces",
                             "measurements", "models"}));
  rows->add_option("--clip", wanted->clip, "What was made from this clip");
  addConditions(*rows, wanted->query);
  addPage(*rows, wanted->query, wanted->count_only);
  rows->callback([&context, wanted] { list(context, *wanted); });
  addSearch(app, context);
}

}  // namespace sonotwin::cli
