// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <tuple>

#include "sonotwin/base/error.h"
#include "sonotwin/pipeline/registry.h"
#include "sonotwin/pipeline/stages.h"

namespace sonotwin::pipeline {
namespace {
using OnLine = std::function<void(const StageLine&)>;

std::string number(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

/// The main job for clips that are in the store. Remembers the network between clips.
class MainJob {
 public:
  MainJob(store::Store& store, const MainJobOptions& options, const OnLine& on_line)
      : store_(store), options_(options), on_line_(on_line) {}

  void process(const std::string& clip_id, const Progress& progress) {
    const store::ClipRow clip = store_.clipRow(clip_id);
    const std::string mask = segment(clip, progress.part(0.0, 0.6, "segmenting"));
    const std::string volume = reconstruct(clip, mask, progress.part(0.6, 0.9, "reconstructing"));
    surface(clip, volume, progress.part(0.9, 1.0, "making surfaces"));
  }

  [[nodiscard]] std::vector<StageLine> takeLines() { return std::move(lines_); }
  void add(StageLine line) {
    if (on_line_) on_line_(line);
    lines_.push_back(std::move(line));
  }

 private:
  void skip(const std::string& stage, const store::ClipRow& clip, const std::string& reason,
            Remedy remedy = Remedy::kNone) {
    add({stage, clip.id, "skipped: " + reason, {}, true, remedy});
  }

  /// Runs one stage; what concerns this clip alone becomes its line and the rest go on.
  template <class Work>
  std::string attempt(const std::string& stage, const store::ClipRow& clip, const Work& work) {
    try {
      return work();
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kBadInput && error.kind() != ErrorKind::kNotFound) throw;
      skip(stage, clip, error.what());
      return {};
    }
  }

  std::optional<InstalledModel> modelOf(const store::ClipRow& clip) const {
    if (!options_.model.empty()) return findModel(store_, options_.model).model;
    auto chosen = modelFor(store_, clip);
    return chosen ? std::optional(std::move(chosen->model)) : std::nullopt;
  }

  const segment::Model& load(const InstalledModel& model) {
    if (!model_ || model_folder_ != model.folder) {
      model_ =
          std::make_unique<segment::Model>(segment::Model::load(model.folder, options_.device));
      model_folder_ = model.folder;
    }
    return *model_;
  }

  std::string segment(const store::ClipRow& clip, const Progress& progress) {
    const auto installed = modelOf(clip);
    if (!installed) {
      skip("segment", clip,
           clip.body_region.empty() ? "the file names no body region, so no model is chosen"
                                    : "no model for " + clip.body_region,
           Remedy::kModel);
      return {};
    }
    return attempt("segment", clip, [&] {
      const segment::Model& model = load(*installed);
      const std::string id = segmentClip(store_, clip.id, model, progress);
      const auto masks = store_.masks(clip.id);
      const auto row = std::ranges::find(masks, id, &store::MaskRow::id);
      add({"segment",
           clip.id,
           std::to_string(row->frames) + " masks by " + row->model + ", mean confidence " +
               number(row->mean_confidence, 2) +
               (model.notice().empty() ? "" : ", which runs code made elsewhere"),
           {id}});
      return id;
    });
  }

  /// @returns the label volume's id, empty where there is none.
  std::string reconstruct(const store::ClipRow& clip, const std::string& mask,
                          const Progress& progress) {
    if (!clip.tracked || !clip.calibrated) {
      if (clip.tracked) {
        skip("reconstruct", clip, "no image-to-probe calibration", Remedy::kCalibration);
      } else {
        skip("reconstruct", clip, "not tracked");
      }
      return {};
    }
    return attempt("reconstruct", clip, [&] {
      const auto make = [&](VolumeSource source, const Progress& part) {
        reconstruct::VoxelOptions voxels = options_.voxels;
        // Grey levels have no confidence of their own: for them all frames count alike.
        if (source == VolumeSource::kBmode &&
            voxels.compounding == reconstruct::Compounding::kConfidence) {
          voxels.compounding = reconstruct::Compounding::kMean;
        }
        return reconstructClip(store_, clip.id, source, mask, voxels, part);
      };
      const std::string bmode = make(VolumeSource::kBmode, progress.part(0.0, 0.5));
      std::vector<std::string> ids = {bmode};
      if (!mask.empty()) ids.push_back(make(VolumeSource::kMask, progress.part(0.5, 1.0)));
      add({"reconstruct", clip.id, describe(clip.id, bmode), ids});
      return mask.empty() ? std::string() : ids.back();
    });
  }

  std::string describe(const std::string& clip_id, const std::string& volume_id) const {
    const auto volumes = store_.volumes(clip_id);
    const auto row = std::ranges::find(volumes, volume_id, &store::VolumeRow::id);
    return std::to_string(row->dims[0]) + " x " + std::to_string(row->dims[1]) + " x " +
           std::to_string(row->dims[2]) + " voxels of " + number(row->spacing_mm, 2) + " mm, " +
           number(100.0 * row->observed_fraction, 0) + " % observed";
  }

  void surface(const store::ClipRow& clip, const std::string& volume, const Progress& progress) {
    if (volume.empty()) return skip("surface", clip, "no label volume");
    attempt("surface", clip, [&] {
      const auto ids = extractSurfaces(store_, volume, {}, options_.surface, progress);
      if (ids.empty()) skip("surface", clip, "the masks are empty");
      for (const auto& row : store_.surfaces(clip.id)) {
        if (std::ranges::find(ids, row.id) == ids.end()) continue;
        add({"surface",
             clip.id,
             row.label + " " + number(row.volume_ml, 1) + " ml, " +
                 number(row.area_mm2 / 100.0, 1) + " cm²",
             {row.id}});
      }
      return std::string();
    });
  }

  store::Store& store_;
  const MainJobOptions& options_;
  const OnLine& on_line_;
  std::vector<StageLine> lines_;
  std::unique_ptr<segment::Model> model_;
  std::filesystem::path model_folder_;
};

/// Before any work, and though every result may be there already.
void requireDevices(const MainJobOptions& options) {
  const bool names_gpu = options.device != "auto" && options.device != "cpu";
  if (names_gpu) std::ignore = segment::describeDevice(options.device);
  std::ignore = reconstruct::describeDevice(options.voxels.device);
}

void processAll(MainJob& job, const std::vector<std::string>& clip_ids, const Progress& progress) {
  for (std::size_t i = 0; i < clip_ids.size(); ++i) {
    const auto count = static_cast<double>(clip_ids.size());
    job.process(clip_ids[i],
                progress.part(static_cast<double>(i) / count, static_cast<double>(i + 1) / count));
  }
  progress.report(1.0);
}

std::string describe(const IngestedFile& file) {
  const store::ClipRow& clip = file.clip;
  std::string text = std::to_string(clip.frames) + (clip.frames == 1 ? " frame" : " frames") +
                     " of " + std::to_string(clip.cols) + " x " + std::to_string(clip.rows);
  text += clip.tracked ? ", tracked" : "";
  text +=
      clip.spacing_mm ? ", " + number((*clip.spacing_mm)[0], 3) + " mm a pixel" : ", uncalibrated";
  for (const std::string& note : file.notes) text += "; " + note;
  return text;
}
}  // namespace

std::vector<StageLine> runStages(store::Store& store, const std::vector<std::string>& clip_ids,
                                 const MainJobOptions& options, const OnLine& on_line,
                                 const Progress& progress) {
  requireDevices(options);
  MainJob job(store, options, on_line);
  processAll(job, clip_ids, progress);
  return job.takeLines();
}

std::vector<StageLine> runMainJob(store::Store& store,
                                  const std::vector<std::filesystem::path>& paths,
                                  const MainJobOptions& options, IngestReport& report,
                                  const OnLine& on_line, const Progress& progress) {
  if (!options.model.empty())
    std::ignore = findModel(store, options.model);  // say so before the work
  requireDevices(options);
  MainJob job(store, options, on_line);
  report = ingest(store, paths, options.ingest, progress.part(0.0, 0.1, "reading"));
  std::vector<std::string> clip_ids;
  const auto take = [&](const std::vector<IngestedFile>& files, const std::string& word) {
    for (const IngestedFile& file : files) {
      job.add({"ingest", file.clip.id, word + describe(file), {file.clip.id}});
      if (std::ranges::find(clip_ids, file.clip.id) == clip_ids.end()) {
        clip_ids.push_back(file.clip.id);
      }
    }
  };
  take(report.added, "");
  take(report.known, "known: ");
  for (const RefusedFile& file : report.refused) {
    job.add({"ingest", "", "refused: " + file.path.string() + ": " + file.reason, {}, true});
  }
  for (const QuarantinedFile& file : report.quarantined) {
    job.add({"ingest", "", "waits in quarantine as " + file.id + ": " + file.reason, {}, true});
  }
  processAll(job, clip_ids, progress.part(0.1, 1.0));
  return job.takeLines();
}

}  // namespace sonotwin::pipeline
