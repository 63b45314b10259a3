// SPDX-License-Identifier: Apache-2.0
#include "presenters/pipeline_jobs.h"

#include <algorithm>
#include <utility>

#include "presenters/words.h"
#include "sonotwin/base/error.h"
#include "sonotwin/pipeline/quarantine.h"

namespace sonotwin::workstation {
namespace {
using pipeline::StageLine;

QString join(const QStringList& parts) {
  return parts.join(QStringLiteral(" · "));
}

/// What the last stages made, in one line; where nothing was made, the first reason.
JobResult resultOf(const std::vector<StageLine>& lines, const std::string& clip_id) {
  JobResult result;
  QStringList surfaces, others, reasons;
  for (const StageLine& line : lines) {
    const QString words = words::from(line.result);
    result.details << words::from(line.stage) + QStringLiteral(": ") + words;
    if (line.skipped) {
      reasons << words;
    } else {
      (line.stage == "surface" ? surfaces : others) << words;
    }
  }
  result.partly = !reasons.isEmpty();
  result.clip_id = words::from(clip_id);
  if (!surfaces.isEmpty()) {
    result.summary = join(surfaces);
    result.place = Place::kModel;
  } else if (!others.isEmpty()) {
    result.summary = join(others);
    result.place = Place::kReview;
  } else {
    result.summary = reasons.isEmpty() ? QStringLiteral("nothing to do") : QString();
  }
  if (!reasons.isEmpty()) {
    result.summary +=
        (result.summary.isEmpty() ? QString() : QStringLiteral(" · ")) + reasons.front();
  }
  return result;
}

JobResult resultOf(const pipeline::IngestReport& report) {
  JobResult result;
  QStringList parts;
  parts << words::count(std::ssize(report.added), QStringLiteral("clip added"),
                        QStringLiteral("clips added"));
  if (!report.known.empty()) parts << QStringLiteral("%1 known").arg(report.known.size());
  if (!report.quarantined.empty()) {
    parts << words::count(std::ssize(report.quarantined), QStringLiteral("waits in the quarantine"),
                          QStringLiteral("wait in the quarantine"));
  }
  if (!report.refused.empty()) parts << QStringLiteral("%1 refused").arg(report.refused.size());
  result.summary = join(parts);
  const auto line = [](const std::filesystem::path& path, const std::string& said) {
    const std::string name = path.filename().string();
    const QString text = words::from(said);
    return said.find(name) != std::string::npos ? text
                                                : words::from(name) + QStringLiteral(": ") + text;
  };
  for (const auto& file : report.quarantined) {
    result.details << line(file.path, "waits in the quarantine: " + file.reason);
  }
  for (const auto& file : report.refused) {
    result.details << line(file.path, file.reason);
  }
  for (const auto& file : report.added) {
    for (const std::string& note : file.notes) {
      result.details << line(file.path, note);
    }
  }
  result.waits = !report.quarantined.empty();
  result.partly = !report.refused.empty() || result.waits;
  const auto& shown = report.added.empty() ? report.known : report.added;
  if (!shown.empty()) {
    result.place = Place::kLibrary;
    result.clip_id = words::from(shown.front().clip.id);
  } else if (result.waits) {
    result.place = Place::kQuarantine;
  }
  return result;
}

JobResult import(store::Store& store, const ImportRequest& request, const Progress& progress) {
  if (!request.build) {
    return resultOf(pipeline::ingest(store, request.paths, request.options, progress));
  }
  pipeline::MainJobOptions options;
  options.ingest = request.options;
  pipeline::IngestReport report;
  const auto lines = pipeline::runMainJob(store, request.paths, options, report, {}, progress);
  JobResult result = resultOf(report);
  for (const StageLine& line : lines) {
    if (line.stage == "ingest") continue;
    result.details << words::from(line.stage) + QStringLiteral(": ") + words::from(line.result);
    if (line.stage == "surface" && !line.skipped) {
      result.place = Place::kModel;
      result.clip_id = words::from(line.clip_id);
    }
  }
  return result;
}

std::vector<StageLine> rebuild(store::Store& store, const store::ClipRow& clip,
                               RebuildSource source, const reconstruct::VoxelOptions& options,
                               const Progress& progress) {
  std::vector<StageLine> lines;
  const auto reconstruct = [&](pipeline::VolumeSource from, const Progress& part) {
    const std::string id = pipeline::reconstructClip(store, clip.id, from, {}, options, part);
    const QString name = from == pipeline::VolumeSource::kBmode ? QStringLiteral("B-mode volume")
                                                                : QStringLiteral("label volume");
    lines.push_back(
        {"reconstruct",
         clip.id,
         QStringLiteral("%1 of %2 mm").arg(name).arg(options.spacing_mm, 0, 'f', 2).toStdString(),
         {id}});
    return id;
  };
  const bool both = source == RebuildSource::kMaskAndBmode;
  if (source != RebuildSource::kMask) {
    reconstruct(pipeline::VolumeSource::kBmode, progress.part(0.0, both ? 0.4 : 1.0, "B-mode"));
  }
  if (source == RebuildSource::kBmode) return lines;
  const std::string labels =
      reconstruct(pipeline::VolumeSource::kMask, progress.part(both ? 0.4 : 0.0, 0.9, "masks"));
  const auto ids =
      pipeline::extractSurfaces(store, labels, {}, {}, progress.part(0.9, 1.0, "making surfaces"));
  for (const auto& row : store.surfaces(clip.id)) {
    if (std::ranges::find(ids, row.id) == ids.end()) continue;
    lines.push_back({"surface",
                     clip.id,
                     words::label(row.label).toStdString() + " " +
                         words::millilitres(row.volume_ml).toStdString(),
                     {row.id}});
  }
  return lines;
}
}  // namespace

Job importJob(const StorePlace& place, const ImportRequest& request) {
  return {QStringLiteral("Import"),
          words::count(std::ssize(request.paths), QStringLiteral("item"), QStringLiteral("items")),
          [place, request](const Progress& progress) {
            auto store = place.open();
            return import(store, request, progress);
          }};
}

QString buildName(const store::ClipRow& clip) {
  return clip.tracked && clip.calibrated ? QStringLiteral("Build 3D model")
                                         : QStringLiteral("Make masks");
}

Job buildJob(const StorePlace& place, const store::ClipRow& clip, const QString& object,
             const std::string& model) {
  return {buildName(clip), object, [place, clip_id = clip.id, model](const Progress& progress) {
            auto store = place.open();
            pipeline::MainJobOptions options;
            options.model = model;
            return resultOf(pipeline::runStages(store, {clip_id}, options, {}, progress), clip_id);
          }};
}

Job rebuildJob(const StorePlace& place, const store::ClipRow& clip, const QString& object,
               RebuildSource source, const reconstruct::VoxelOptions& options) {
  return {QStringLiteral("Rebuild at %1 mm").arg(options.spacing_mm, 0, 'f', 2), object,
          [place, clip, source, options](const Progress& progress) {
            auto store = place.open();
            JobResult result = resultOf(rebuild(store, clip, source, options, progress), clip.id);
            result.place = Place::kModel;
            return result;
          }};
}

Job enhanceJob(const StorePlace& place, const store::ClipRow& clip, const QString& object,
               const enhance::Recipe& recipe) {
  return {QStringLiteral("Enhance"), object,
          [place, clip_id = clip.id, recipe](const Progress& progress) {
            auto store = place.open();
            const std::string id = pipeline::enhanceClip(store, clip_id, recipe, progress);
            JobResult result;
            result.summary = QStringLiteral("a new clip in the same exam, by “%1” version %2")
                                 .arg(words::from(recipe.name))
                                 .arg(recipe.version);
            result.place = Place::kReview;
            result.clip_id = words::from(id);
            return result;
          }};
}

Job exportJob(const StorePlace& place, const std::string& id, const QString& object,
              const std::filesystem::path& out) {
  return {QStringLiteral("Export"), object, [place, id, object, out](const Progress& progress) {
            const auto store = place.open();
            progress.report(0.1, "writing");
            pipeline::exportObject(store, id, out);
            JobResult result;
            result.summary =
                object + QStringLiteral(" written to ") + words::from(out.filename().string());
            result.details << words::from(out.string());
            return result;
          }};
}

Job releaseJob(const StorePlace& place, const store::QuarantineRow& row,
               const std::vector<media::PixelRectangle>& boxes) {
  return {kReleaseJob, words::from(row.patient_id),
          [place, id = row.id, boxes](const Progress& progress) {
            auto store = place.open();
            const auto added = pipeline::releaseFromQuarantine(store, id, boxes, progress);
            const QString blanked = words::count(std::ssize(boxes), QStringLiteral("box blanked"),
                                                 QStringLiteral("boxes blanked"));
            JobResult result;
            result.summary = added.added ? QStringLiteral("in the store, ") + blanked
                                         : QStringLiteral("was in the store already");
            result.place = Place::kReview;
            result.clip_id = words::from(added.id);
            return result;
          }};
}

Job rejectJob(const StorePlace& place, const store::QuarantineRow& row, const QString& reason) {
  return {kRejectJob, words::from(row.patient_id),
          [place, id = row.id, reason](const Progress& progress) {
            auto store = place.open();
            progress.report(0.1, "removing");
            store.quarantineReject(id, reason.toStdString());
            JobResult result;
            result.summary = QStringLiteral("removed from the quarantine");
            return result;
          }};
}

Job verifyJob(const StorePlace& place) {
  return {QStringLiteral("Verify store"), {}, [place](const Progress& progress) {
            const auto store = place.open();
            const auto damage = store.verify(store::VerifyDepth::kBytes, progress);
            JobResult result;
            result.partly = !damage.empty();
            result.summary = damage.empty()
                                 ? QStringLiteral("every row and object is whole")
                                 : words::count(std::ssize(damage), QStringLiteral("problem"),
                                                QStringLiteral("problems"));
            for (const auto& found : damage) {
              result.details << words::from(found.object + ": " + found.problem);
            }
            return result;
          }};
}

Job saveMaskJob(const StorePlace& place, const std::string& clip_id, const QString& object,
                std::shared_ptr<const media::ClipMask> mask, std::shared_ptr<std::string> version,
                int strokes) {
  return {kSaveMaskJob, object,
          [place, clip_id, mask = std::move(mask), version = std::move(version),
           strokes](const Progress& progress) {
            auto store = place.open();
            progress.report(0.1, "writing");
            *version = store.addAnnotation(clip_id, *mask, place.author, *version);
            const auto rows = store.annotations(clip_id);
            const auto row = std::ranges::find(rows, *version, &store::AnnotationRow::id);
            JobResult result;
            result.summary = words::count(strokes, QStringLiteral("stroke saved as version %1"),
                                          QStringLiteral("strokes saved as version %1"))
                                 .arg(row->version) +
                             QStringLiteral(" by ") + words::from(row->author);
            result.place = Place::kReview;
            result.clip_id = words::from(clip_id);
            return result;
          },
          true};
}

}  // namespace sonotwin::workstation
