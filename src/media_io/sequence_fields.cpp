// SPDX-License-Identifier: Apache-2.0
#include "sequence_fields.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "header_lines.h"
#include "transform_graph.h"

namespace sonotwin::media {
namespace {
constexpr double kNominalRateHz = 30.0;
// Poses are written with six digits, and trackers drift a little from rigid.
constexpr double kRigidTolerance = 0.02;

/// One named transform as the file gives it: by frame, or once for all.
struct TransformTrack {
  TransformName name;
  bool per_frame = false;
  std::vector<std::optional<Eigen::Matrix4d>> matrices;  ///< none: absent, or no such matrix
  std::vector<PoseStatus> statuses;

  [[nodiscard]] std::size_t slot(std::size_t time) const { return per_frame ? time : 0; }
};

class Tracks {
 public:
  Tracks(const RasterHeader& header, std::size_t times) : times_(times) {
    for (const auto& [name, value] : header.fields) add(name, value, std::nullopt);
    for (const FrameField& field : header.frame_fields) {
      if (field.frame < times_) add(field.name, field.value, field.frame);
    }
  }

  [[nodiscard]] const std::vector<TransformTrack>& all() const { return tracks_; }
  [[nodiscard]] std::vector<TransformName> names() const {
    std::vector<TransformName> result;
    for (const TransformTrack& track : tracks_) result.push_back(track.name);
    return result;
  }

 private:
  void add(std::string_view name, const std::string& value, std::optional<std::size_t> time) {
    constexpr std::string_view kStatus = "Status";
    const bool is_status = name.ends_with("TransformStatus");
    if (is_status) name.remove_suffix(kStatus.size());
    if (!name.ends_with("Transform")) return;
    const auto parsed = parseTransformName(name);
    if (!parsed) return;
    TransformTrack& track = trackOf(*parsed, time.has_value());
    const std::size_t slot = time.value_or(0);
    if (!is_status) {
      track.matrices[slot] = parseMatrix(value);
      if (!track.matrices[slot]) track.statuses[slot] = PoseStatus::kInvalid;
    } else if (value != "OK") {
      track.statuses[slot] = value == "MISSING" ? PoseStatus::kMissing : PoseStatus::kInvalid;
    }
  }

  // A frame's own line outranks one for the whole file.
  TransformTrack& trackOf(const TransformName& name, bool per_frame) {
    auto at = std::ranges::find(tracks_, name, &TransformTrack::name);
    if (at == tracks_.end() || (per_frame && !at->per_frame)) {
      if (at == tracks_.end()) at = tracks_.insert(at, TransformTrack{name, per_frame, {}, {}});
      at->per_frame = per_frame;
      at->matrices.assign(per_frame ? times_ : 1, std::nullopt);
      at->statuses.assign(per_frame ? times_ : 1, PoseStatus::kValid);
    }
    return *at;
  }

  std::size_t times_;
  std::vector<TransformTrack> tracks_;
};

struct PoseWay {
  std::string world;
  std::vector<PathStep> steps;
};

std::optional<PoseWay> wayToWorld(const Tracks& tracks, std::vector<std::string>& assumptions) {
  const std::vector<TransformName> names = tracks.names();
  for (const char* world : {"Reference", "Tracker"}) {
    if (auto steps = findPath(names, "Probe", world)) return PoseWay{world, std::move(*steps)};
  }
  std::set<std::string> ends, others;
  for (const TransformTrack& track : tracks.all()) {
    if (!track.per_frame) continue;
    if (track.name.from == "Probe" && track.name.to != "Image")
      ends.insert(track.name.to);
    else
      others.insert(track.name.text());
  }
  if (ends.size() == 1) {
    assumptions.push_back("The probe's pose is given relative to \"" + *ends.begin() +
                          "\": that frame is the sweep's world.");
    return PoseWay{*ends.begin(), *findPath(names, "Probe", *ends.begin())};
  }
  for (const std::string& other : ends) others.insert("ProbeTo" + other);
  std::string listed;
  for (const std::string& other : others) listed += (listed.empty() ? "" : ", ") + other;
  if (!listed.empty()) {
    assumptions.push_back(
        "No ProbeToTracker or ProbeToReference transform: the frames have no "
        "pose. The file's transforms " +
        listed + " are not used.");
  }
  return std::nullopt;
}

PoseStatus statusAlong(const Tracks& tracks, const PoseWay& way, std::size_t time) {
  PoseStatus status = PoseStatus::kValid;
  for (const PathStep& step : way.steps) {
    const TransformTrack& track = tracks.all()[step.index];
    const std::size_t slot = track.slot(time);
    if (track.statuses[slot] == PoseStatus::kInvalid) return PoseStatus::kInvalid;
    if (track.statuses[slot] == PoseStatus::kMissing || !track.matrices[slot]) {
      status = PoseStatus::kMissing;
    }
  }
  return status;
}

std::optional<WorldFromProbe> poseAlong(const Tracks& tracks, const PoseWay& way,
                                        std::size_t time) {
  const auto matrix = composePath(way.steps, [&](std::size_t index) {
    const TransformTrack& track = tracks.all()[index];
    return track.matrices[track.slot(time)];
  });
  if (!matrix) return std::nullopt;
  const WorldFromProbe pose(*matrix);
  if (!pose.isRigid(kRigidTolerance)) return std::nullopt;
  return pose;
}

/// Image to Probe where the file carries it, and the same for every frame.
std::optional<ProbeFromImage> calibrationIn(const Tracks& tracks,
                                            std::vector<std::string>& assumptions) {
  const auto steps = findPath(tracks.names(), "Image", "Probe");
  if (!steps) return std::nullopt;
  std::size_t times = 1;
  for (const PathStep& step : *steps) {
    times = std::max(times, tracks.all()[step.index].matrices.size());
  }
  const auto at = [&](std::size_t time) {
    return composePath(*steps, [&](std::size_t index) {
      const TransformTrack& track = tracks.all()[index];
      return track.matrices[track.slot(time)];
    });
  };
  const auto first = at(0);
  bool constant = first.has_value();
  for (std::size_t time = 1; constant && time < times; ++time) {
    const auto other = at(time);
    constant = other && (*other - *first).cwiseAbs().maxCoeff() < 1e-6;
  }
  // An identity is what recorders write that have no calibration: 1 mm a pixel is no ultrasound.
  if (constant && !first->isIdentity(1e-9)) return ProbeFromImage(*first);
  assumptions.push_back(std::string("The file's ImageToProbe transform is ") +
                        (constant ? "a placeholder (identity)" : "not the same in every frame") +
                        ": it is not used as a calibration.");
  return std::nullopt;
}

std::set<std::size_t> invalidPictures(const RasterHeader& header) {
  std::set<std::size_t> times;
  for (const FrameField& field : header.frame_fields) {
    const bool is_status = field.name == "ImageStatus" || field.name == "Status";
    if (is_status && field.value != "OK") times.insert(field.frame);
  }
  return times;
}

void notePoses(std::size_t broken, std::size_t blank, Clip& clip) {
  if (broken > 0) {
    clip.info.assumptions.push_back(std::to_string(broken) +
                                    " poses marked valid are no rigid motion: those frames count "
                                    "as having no valid pose.");
  }
  if (blank > 0) {
    clip.info.assumptions.push_back(std::to_string(blank) +
                                    " pictures are marked invalid by the recorder: they take no "
                                    "part in a reconstruction.");
  }
}

void setPoses(const Tracks& tracks, const PoseWay& way, Clip& clip) {
  std::size_t broken = 0;
  for (std::size_t time = 0; time < clip.frames.size(); ++time) {
    FrameInfo& frame = clip.frames[time];
    frame.pose_status = statusAlong(tracks, way, time);
    if (frame.pose_status != PoseStatus::kValid) continue;
    if (const auto pose = poseAlong(tracks, way, time)) {
      frame.world_from_probe = *pose;
    } else {
      frame.pose_status = PoseStatus::kInvalid;
      ++broken;
    }
  }
  notePoses(broken, 0, clip);
}
}  // namespace

void readTimes(const RasterHeader& header, int slices, Clip& clip) {
  const std::size_t times = clip.frames.size() / static_cast<std::size_t>(slices);
  std::vector<std::optional<double>> stamps(times);
  for (const FrameField& field : header.frame_fields) {
    if (field.name != "Timestamp" || field.frame >= times) continue;
    const auto values = numbers(field.value);
    if (values && values->size() == 1) stamps[field.frame] = values->front();
  }
  clip.info.times_known =
      std::ranges::all_of(stamps, [](const auto& stamp) { return stamp.has_value(); });
  for (std::size_t i = 0; i < clip.frames.size(); ++i) {
    const std::size_t time = i / static_cast<std::size_t>(slices);
    clip.frames[i].time_s = clip.info.times_known ? *stamps[time] - *stamps.front()
                                                  : static_cast<double>(time) / kNominalRateHz;
  }
  if (!clip.info.times_known && times > 1) {
    clip.info.assumptions.push_back(
        "The file gives no timestamps: times are counted at 30 frames a second.");
  }
}

void readPoses(const RasterHeader& header, int slices, Clip& clip) {
  if (slices > 1) {
    clip.info.assumptions.push_back(
        "Each moment is a block of " + std::to_string(slices) +
        " pictures (3D ultrasound): every picture is a frame, and none has a pose of its own.");
    return;
  }
  const Tracks tracks(header, clip.frames.size());
  clip.info.probe_from_image = calibrationIn(tracks, clip.info.assumptions);
  const auto way = wayToWorld(tracks, clip.info.assumptions);
  if (way) setPoses(tracks, *way, clip);
  std::size_t blank = 0;
  for (const std::size_t time : invalidPictures(header)) {
    if (time >= clip.frames.size()) continue;
    ++blank;
    if (clip.frames[time].pose_status == PoseStatus::kValid) {
      clip.frames[time].pose_status = PoseStatus::kInvalid;
    }
  }
  notePoses(0, blank, clip);
  clip.info.tracked = std::ranges::any_of(
      clip.frames, [](const FrameInfo& frame) { return frame.pose_status == PoseStatus::kValid; });
  if (clip.info.tracked) clip.info.world = way->world;
}

}  // namespace sonotwin::media
