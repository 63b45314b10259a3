// SPDX-License-Identifier: Apache-2.0
#include "sequence_fields.h"

#include <Eigen/LU>
#include <Eigen/QR>
#include <algorithm>
#include <optional>
#include <set>

#include "header_lines.h"
#include "transform_tracks.h"

namespace sonotwin::media {
namespace {
constexpr double kNominalRateHz = 30.0;
// Poses are written with six digits, and trackers drift a little from rigid.
constexpr double kRigidTolerance = 0.02;
constexpr std::array<const char*, 2> kWorlds = {"Reference", "Tracker"};

struct WayToWorld {
  std::string world;
  std::vector<PathStep> steps;
};

std::optional<WayToWorld> wayFrom(const char* frame, const TransformTracks& tracks) {
  for (const char* world : kWorlds) {
    if (auto steps = tracks.path(frame, world)) return WayToWorld{world, std::move(*steps)};
  }
  return std::nullopt;
}

// A frame that is neither Reference nor Tracker but the only one the probe is given in.
std::optional<WayToWorld> wayToOnlyFrame(const TransformTracks& tracks,
                                         std::vector<std::string>& assumptions) {
  std::set<std::string> ends;
  for (const TransformName& name : tracks.perFrame()) {
    if (name.from == "Probe" && name.to != "Image") ends.insert(name.to);
  }
  if (ends.size() != 1) return std::nullopt;
  const std::string world = roleOf(*ends.begin());
  assumptions.push_back("The probe's pose is given relative to " + inQuotes(world) +
                        ": that frame is the sweep's world.");
  return WayToWorld{world, *tracks.path("Probe", *ends.begin())};
}

void noteUnused(const TransformTracks& tracks, std::vector<std::string>& assumptions) {
  constexpr std::size_t kMost = 10;
  std::string listed;
  const std::vector<TransformName> names = tracks.perFrame();
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) {
    listed +=
        (i == 0 ? "" : ", ") + TransformName{roleOf(names[i].from), roleOf(names[i].to)}.text();
  }
  if (listed.empty()) return;
  assumptions.push_back(
      "No ProbeToTracker or ProbeToReference transform: the frames have no pose. The file's "
      "transforms " +
      listed + (names.size() > kMost ? ", ..." : "") + " are not used.");
}

/// Image to Probe where the file carries it, and the same for every frame.
std::optional<ProbeFromImage> calibrationIn(const TransformTracks& tracks, std::size_t times,
                                            std::vector<std::string>& assumptions) {
  const auto path = tracks.path("Image", "Probe");
  // Longer ways lead through the poses of other tools.
  if (!path || path->size() > 3) return std::nullopt;
  const auto first = tracks.matrix(*path, 0);
  bool constant = first.has_value();
  for (std::size_t time = 1; constant && tracks.changes(*path) && time < times; ++time) {
    const auto other = tracks.matrix(*path, time);
    constant = other && (*other - *first).cwiseAbs().maxCoeff() < 1e-6;
  }
  // An identity is what recorders write that have no calibration: 1 mm a pixel is no ultrasound.
  if (constant && !first->isIdentity(1e-9)) return ProbeFromImage(*first);
  assumptions.push_back(std::string("The file's ImageToProbe transform is ") +
                        (constant ? "a placeholder (identity)" : "not the same in every frame") +
                        ": it is not used as a calibration.");
  return std::nullopt;
}

/// Splits world_from_image into a rigid motion and what is left of it, the pixels' size and skew.
struct SplitPose {
  Eigen::Matrix4d world_from_probe = Eigen::Matrix4d::Identity();
  Eigen::Matrix4d probe_from_image = Eigen::Matrix4d::Identity();
};

std::optional<SplitPose> split(Eigen::Matrix4d world_from_image) {
  const Eigen::Vector3d along = world_from_image.block<3, 1>(0, 0);
  const Eigen::Vector3d away = world_from_image.block<3, 1>(0, 1);
  const Eigen::Vector3d across = along.cross(away);
  if (across.norm() < 1e-9) return std::nullopt;
  // The third column is of no use to a flat picture, and often filled with anything.
  world_from_image.block<3, 1>(0, 2) = across.normalized();
  const Eigen::HouseholderQR<Eigen::Matrix3d> factors(
      Eigen::Matrix3d(world_from_image.topLeftCorner<3, 3>()));
  Eigen::Matrix3d rotation = factors.householderQ();
  Eigen::Matrix3d rest = rotation.transpose() * world_from_image.topLeftCorner<3, 3>();
  for (Eigen::Index i = 0; i < 3; ++i) {
    if (rest(i, i) >= 0.0) continue;
    rest.row(i) *= -1.0;
    rotation.col(i) *= -1.0;
  }
  SplitPose pose;
  pose.world_from_probe.topLeftCorner<3, 3>() = rotation;
  pose.world_from_probe.topRightCorner<3, 1>() = world_from_image.topRightCorner<3, 1>();
  pose.probe_from_image.topLeftCorner<3, 3>() = rest;
  return pose;
}

// A file may place the picture itself (ImageToReference): then the probe's frame is put at the
// picture's first pixel, along its sides.
void readImagePoses(const TransformTracks& tracks, const WayToWorld& way, Clip& clip) {
  std::optional<Eigen::Matrix4d> common;
  for (std::size_t time = 0; time < clip.frames.size(); ++time) {
    FrameInfo& frame = clip.frames[time];
    frame.pose_status = tracks.status(way.steps, time);
    if (frame.pose_status != PoseStatus::kValid) continue;
    const auto matrix = tracks.matrix(way.steps, time);
    const auto pose = matrix ? split(*matrix) : std::nullopt;
    if (pose && !common) common = pose->probe_from_image;
    const bool fits = pose && (pose->probe_from_image - *common).cwiseAbs().maxCoeff() <
                                  0.01 * common->topLeftCorner<2, 2>().cwiseAbs().maxCoeff();
    if (fits)
      frame.world_from_probe = WorldFromProbe(pose->world_from_probe);
    else
      frame.pose_status = PoseStatus::kInvalid;
  }
  if (!common) return;
  clip.info.probe_from_image = ProbeFromImage(*common);
  clip.info.assumptions.push_back("The file places the pictures themselves (ImageTo" + way.world +
                                  "), not the probe: the probe's frame is put at their first "
                                  "pixel.");
}

void readProbePoses(const TransformTracks& tracks, const WayToWorld& way, Clip& clip) {
  std::size_t broken = 0;
  for (std::size_t time = 0; time < clip.frames.size(); ++time) {
    FrameInfo& frame = clip.frames[time];
    frame.pose_status = tracks.status(way.steps, time);
    if (frame.pose_status != PoseStatus::kValid) continue;
    const auto matrix = tracks.matrix(way.steps, time);
    if (matrix && WorldFromProbe(*matrix).isRigid(kRigidTolerance)) {
      frame.world_from_probe = WorldFromProbe(*matrix);
    } else {
      frame.pose_status = PoseStatus::kInvalid;
      ++broken;
    }
  }
  if (broken > 0) {
    clip.info.assumptions.push_back(std::to_string(broken) +
                                    " poses marked valid are no rigid motion: those frames count "
                                    "as having no valid pose.");
  }
}

// Frames whose picture the recorder marks as bad are kept, but not placed.
void dropInvalidPictures(const RasterHeader& header, Clip& clip) {
  std::set<std::size_t> times;
  for (const FrameField& field : header.frame_fields) {
    const bool is_status = field.name == "ImageStatus" || field.name == "Status";
    if (is_status && field.value != "OK" && field.frame < clip.frames.size()) {
      times.insert(field.frame);
    }
  }
  for (const std::size_t time : times) {
    FrameInfo& frame = clip.frames[time];
    if (frame.pose_status == PoseStatus::kValid) frame.pose_status = PoseStatus::kInvalid;
  }
  if (times.empty()) return;
  clip.info.assumptions.push_back(std::to_string(times.size()) +
                                  " pictures are marked invalid by the recorder: they take no part "
                                  "in a reconstruction.");
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
  std::vector<std::string>& assumptions = clip.info.assumptions;
  if (slices > 1) {
    assumptions.push_back(
        "Each moment is a block of " + std::to_string(slices) +
        " pictures (3D ultrasound): every picture is a frame, and none has a pose of its own.");
    return;
  }
  const TransformTracks tracks(header);
  auto way = wayFrom("Probe", tracks);
  if (!way) way = wayToOnlyFrame(tracks, assumptions);
  const auto picture_way = way ? std::nullopt : wayFrom("Image", tracks);
  if (way)
    readProbePoses(tracks, *way, clip);
  else if (picture_way)
    readImagePoses(tracks, *picture_way, clip);
  else
    noteUnused(tracks, assumptions);
  if (!picture_way) {
    clip.info.probe_from_image = calibrationIn(tracks, clip.frames.size(), assumptions);
  }
  dropInvalidPictures(header, clip);
  clip.info.tracked = std::ranges::any_of(
      clip.frames, [](const FrameInfo& frame) { return frame.pose_status == PoseStatus::kValid; });
  if (clip.info.tracked) clip.info.world = way ? way->world : picture_way->world;
}

}  // namespace sonotwin::media
