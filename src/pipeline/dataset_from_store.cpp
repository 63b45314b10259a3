// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "dataset_split.h"
#include "sonotwin/base/error.h"
#include "sonotwin/pipeline/dataset_build.h"
#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {
namespace {
constexpr int kPage = 500;
constexpr double kSquare = 1e-3;  // by which sides of a pixel may differ, of the larger one
constexpr float kByHand = 1.0F;   // confidence of a frame that a person drew on

/// A version that a person drew and that stands as final.
struct Approved {
  std::string mask_id;
  media::ClipMask mask;
};

struct ApprovedClip {
  store::ClipRow row;
  std::vector<Approved> masks;  ///< newest first
};

std::vector<store::ClipRow> annotatedClips(const store::Store& store, store::ClipQuery query) {
  query.annotated = true;
  query.limit = kPage;
  std::vector<store::ClipRow> clips;
  for (query.offset = 0;; query.offset += kPage) {
    const auto page = store.clips(query);
    clips.insert(clips.end(), page.begin(), page.end());
    if (page.size() < static_cast<std::size_t>(kPage)) return clips;
  }
}

std::vector<ApprovedClip> approvedClips(const store::Store& store, const store::ClipQuery& query,
                                        const Progress& progress) {
  const auto rows = annotatedClips(store, query);
  std::vector<ApprovedClip> clips;
  for (const store::ClipRow& row : rows) {
    progress.report(static_cast<double>(&row - rows.data()) / static_cast<double>(rows.size()));
    ApprovedClip clip{row, {}};
    for (const store::AnnotationRow& version : store.annotations(row.id)) {
      if (version.state != "final") continue;
      clip.masks.insert(clip.masks.begin(), {version.id, store.mask(version.id)});
    }
    if (!clip.masks.empty()) clips.push_back(std::move(clip));
  }
  if (clips.empty()) {
    throwNotFound(
        "None of the " + std::to_string(rows.size()) +
        " clips that were drawn on and are asked for has a version that is final: look at "
        "them in Annotate and mark what stands (key F).");
  }
  return clips;
}

/// All labels of the masks by name. Each keeps its value where masks agree on it, else they are
/// numbered in alphabetical order.
std::vector<media::Label> labelsOf(const std::vector<ApprovedClip>& clips) {
  std::map<std::string, std::set<int>> values;
  for (const ApprovedClip& clip : clips) {
    for (const Approved& approved : clip.masks) {
      for (const media::Label& label : approved.mask.labels) values[label.name].insert(label.value);
    }
  }
  std::set<int> taken;
  bool agreed = true;
  for (const auto& [name, of_name] : values) {
    agreed = agreed && of_name.size() == 1 && taken.insert(*of_name.begin()).second;
  }
  std::vector<media::Label> labels;
  for (const auto& [name, of_name] : values) {
    const int number = static_cast<int>(labels.size()) + 1;
    labels.push_back({agreed ? *of_name.begin() : number, name});
  }
  return labels;
}

using Values = std::array<std::uint8_t, 256>;

/// The set's value for each of a mask's; none where the mask lacks one of the labels, for nobody
/// could have drawn it there.
std::optional<Values> translation(const std::vector<media::Label>& from,
                                  const std::vector<media::Label>& to) {
  Values values{};
  for (const media::Label& label : to) {
    const auto found = std::ranges::find(from, label.name, &media::Label::name);
    if (found == from.end()) return std::nullopt;
    values[static_cast<std::size_t>(found->value)] = static_cast<std::uint8_t>(label.value);
  }
  return values;
}

bool isEmpty(const media::FrameMask& frame) {
  return std::ranges::all_of(frame.labels, [](std::uint8_t value) { return value == 0; });
}

/// The pixel's side where it is a square.
std::optional<double> pixelSize_mm(const store::ClipRow& clip) {
  if (!clip.spacing_mm) return std::nullopt;
  const auto [x, y] = *clip.spacing_mm;
  if (std::abs(x - y) > kSquare * std::max(x, y)) return std::nullopt;
  return x;
}

segment::Case caseOf(const store::Store& store, const store::ClipRow& clip,
                     const media::FrameMask& frame, const Values& values) {
  const media::Image gray = media::toGray8(store.frame(clip.id, frame.frame_index));
  if (gray.rows != frame.rows || gray.cols != frame.cols) {
    throwBadInput("The mask of frame " + std::to_string(frame.frame_index) + " of clip " + clip.id +
                  " is of another size than its picture.");
  }
  segment::Case item;
  item.name = clip.id + "-" + std::to_string(frame.frame_index);
  item.group = clip.patient_id;
  item.pixel_size_mm = pixelSize_mm(clip);
  item.rows = gray.rows;
  item.cols = gray.cols;
  const auto levels = gray.samples<std::uint8_t>();
  item.gray.assign(levels.begin(), levels.end());
  std::ranges::transform(frame.labels, std::back_inserter(item.truth),
                         [&](std::uint8_t value) { return values[value]; });
  return item;
}

/// Adds the frames of one clip, each from the newest version in which a person said what it shows.
void addFrames(const store::Store& store, const ApprovedClip& clip, const StoreFrames& frames,
               StoreDataset& built) {
  std::set<int> decided, proposed;
  for (const Approved& approved : clip.masks) {
    const auto values = translation(approved.mask.labels, built.dataset.labels);
    if (!values) {
      ++built.left_out.masks_lacking_a_label;
      continue;
    }
    bool used = false;
    for (const media::FrameMask& frame : approved.mask.frames) {
      if (decided.contains(frame.frame_index)) continue;
      if (frame.confidence < kByHand && !frames.proposed) {
        proposed.insert(frame.frame_index);
        continue;
      }
      decided.insert(frame.frame_index);
      if (isEmpty(frame) && !frames.empty) {
        ++built.left_out.empty_frames;
        continue;
      }
      built.dataset.cases.push_back(caseOf(store, clip.row, frame, *values));
      used = true;
    }
    if (used) built.dataset.made_from.push_back(approved.mask_id);
  }
  std::erase_if(proposed, [&](int frame) { return decided.contains(frame); });
  built.left_out.proposed_frames += static_cast<int>(proposed.size());
}

[[noreturn]] void throwNothingUsable(const StoreDataset& built) {
  throwNotFound("No frame of the final versions can be used: " +
                std::to_string(built.left_out.masks_lacking_a_label) +
                " versions lack one of the labels (--labels names those you want), " +
                std::to_string(built.left_out.proposed_frames) +
                " frames are as a network proposed them (--proposed-frames takes them) and " +
                std::to_string(built.left_out.empty_frames) +
                " hold no label (--empty-frames takes them as background).");
}
}  // namespace

StoreDataset datasetFromStore(const store::Store& store, const store::ClipQuery& query,
                              const StoreFrames& frames, const DatasetOptions& options,
                              const Progress& progress) {
  const auto clips =
      approvedClips(store, query, progress.part(0.0, 0.3, "looking for final versions"));
  StoreDataset built;
  built.dataset = emptyDataset(options);
  if (built.dataset.labels.empty()) built.dataset.labels = labelsOf(clips);
  if (built.dataset.source.empty()) {
    built.dataset.source = "annotations marked final in a store of this program";
  }
  const Progress reading = progress.part(0.3, 0.7, "reading frames");
  for (const ApprovedClip& clip : clips) {
    reading.report(static_cast<double>(&clip - clips.data()) / static_cast<double>(clips.size()));
    addFrames(store, clip, frames, built);
    if (clip.row.spacing_mm && !pixelSize_mm(clip.row)) ++built.clips_of_oblong_pixels;
  }
  if (built.dataset.cases.empty()) throwNothingUsable(built);
  joinAndSplit(built.dataset, options, progress.part(0.7, 1.0, "looking for near-duplicates"));
  return built;
}

}  // namespace sonotwin::pipeline
