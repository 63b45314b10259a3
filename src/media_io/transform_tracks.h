// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "raster_header.h"
#include "sonotwin/media/clip.h"
#include "transform_graph.h"

namespace sonotwin::media {

/// The named transforms of a sequence, each given by frame or once for all.
class TransformTracks {
 public:
  explicit TransformTracks(const RasterHeader& header);

  /// The shortest way between two frames of reference; none if the file does not join them.
  [[nodiscard]] std::optional<std::vector<PathStep>> path(std::string_view from,
                                                          std::string_view to) const {
    return findPath(names_, from, to);
  }
  /// Invalid if any transform on the way is, else missing if any is missing.
  [[nodiscard]] PoseStatus status(std::span<const PathStep> path, std::size_t time) const;
  /// The product along the way; none where one is absent or no usable matrix.
  [[nodiscard]] std::optional<Eigen::Matrix4d> matrix(std::span<const PathStep> path,
                                                      std::size_t time) const;
  /// True where something on the way changes from frame to frame.
  [[nodiscard]] bool changes(std::span<const PathStep> path) const;
  /// Names of the transforms given by frame.
  [[nodiscard]] std::vector<TransformName> perFrame() const;

 private:
  struct Entry {
    std::optional<Eigen::Matrix4d> matrix;
    PoseStatus status = PoseStatus::kValid;
  };
  // Only moments that the file mentions take memory, however many it claims to have.
  struct Track {
    bool per_frame = false;
    std::map<std::size_t, Entry> entries;
  };

  void add(std::string_view name, const std::string& value, std::optional<std::size_t> time);
  Track& trackOf(const TransformName& name, bool per_frame);
  [[nodiscard]] const Entry* entry(std::size_t index, std::size_t time) const;

  std::vector<TransformName> names_;
  std::vector<Track> tracks_;
};

}  // namespace sonotwin::media
