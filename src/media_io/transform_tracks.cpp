// SPDX-License-Identifier: Apache-2.0
#include "transform_tracks.h"

#include <algorithm>

namespace sonotwin::media {
namespace {
constexpr std::size_t kMostNames = 256;  // real files have a dozen
}

TransformTracks::TransformTracks(const RasterHeader& header) {
  for (const auto& [name, value] : header.fields) add(name, value, std::nullopt);
  for (const FrameField& field : header.frame_fields) add(field.name, field.value, field.frame);
}

void TransformTracks::add(std::string_view name, const std::string& value,
                          std::optional<std::size_t> time) {
  constexpr std::string_view kStatus = "Status";
  const bool is_status = name.ends_with("TransformStatus");
  if (is_status) name.remove_suffix(kStatus.size());
  if (!name.ends_with("Transform")) return;
  const auto parsed = parseTransformName(name);
  const bool room = names_.size() < kMostNames;
  if (!parsed || (!room && std::ranges::find(names_, *parsed) == names_.end())) return;
  Track& track = trackOf(*parsed, time.has_value());
  if (track.per_frame && !time) return;
  Entry& entry = track.entries[time.value_or(0)];
  if (!is_status) {
    entry.matrix = parseMatrix(value);
    if (!entry.matrix) entry.status = PoseStatus::kInvalid;
  } else if (value != "OK") {
    entry.status = value == "MISSING" ? PoseStatus::kMissing : PoseStatus::kInvalid;
  }
}

// A frame's own line outranks one for the whole file.
TransformTracks::Track& TransformTracks::trackOf(const TransformName& name, bool per_frame) {
  const auto found = std::ranges::find(names_, name);
  const auto index = static_cast<std::size_t>(found - names_.begin());
  if (found == names_.end()) {
    names_.push_back(name);
    tracks_.emplace_back().per_frame = per_frame;
  } else if (per_frame && !tracks_[index].per_frame) {
    tracks_[index] = {true, {}};
  }
  return tracks_[index];
}

const TransformTracks::Entry* TransformTracks::entry(std::size_t index, std::size_t time) const {
  const Track& track = tracks_[index];
  const auto found = track.entries.find(track.per_frame ? time : 0);
  return found == track.entries.end() ? nullptr : &found->second;
}

PoseStatus TransformTracks::status(std::span<const PathStep> path, std::size_t time) const {
  PoseStatus status = PoseStatus::kValid;
  for (const PathStep& step : path) {
    const Entry* here = entry(step.index, time);
    if (here != nullptr && here->status == PoseStatus::kInvalid) return PoseStatus::kInvalid;
    const bool missing = here == nullptr || !here->matrix || here->status == PoseStatus::kMissing;
    if (missing) status = PoseStatus::kMissing;
  }
  return status;
}

std::optional<Eigen::Matrix4d> TransformTracks::matrix(std::span<const PathStep> path,
                                                       std::size_t time) const {
  return composePath(path, [&](std::size_t index) {
    const Entry* here = entry(index, time);
    return here == nullptr ? std::nullopt : here->matrix;
  });
}

bool TransformTracks::changes(std::span<const PathStep> path) const {
  return std::ranges::any_of(path,
                             [&](const PathStep& step) { return tracks_[step.index].per_frame; });
}

std::vector<TransformName> TransformTracks::perFrame() const {
  std::vector<TransformName> result;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (tracks_[i].per_frame) result.push_back(names_[i]);
  }
  return result;
}

}  // namespace sonotwin::media
