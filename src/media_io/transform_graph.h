// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonotwin::media {

/// The frames a transform joins, as PLUS names them: "ProbeToTracker" takes Probe to Tracker.
struct TransformName {
  std::string from, to;
  [[nodiscard]] std::string text() const { return from + "To" + to; }
  bool operator==(const TransformName&) const = default;
};

/// Parses "ProbeToTracker" or "ProbeToTrackerTransform"; none if it names no two frames.
[[nodiscard]] std::optional<TransformName> parseTransformName(std::string_view text);

/// A frame's name where it says a role only ("Tracker", "StylusTip2"), else "Other": files name
/// their tools as people like, after themselves too.
[[nodiscard]] std::string roleOf(std::string_view frame);

/// 16 finite numbers, row by row, the last row 0 0 0 1; none for anything else.
[[nodiscard]] std::optional<Eigen::Matrix4d> parseMatrix(std::string_view text);
/// The shortest text that reads back as the same numbers.
[[nodiscard]] std::string matrixText(const Eigen::Matrix4d& matrix);

/// One transform on the way between two frames, backwards where `inverted`.
struct PathStep {
  std::size_t index = 0;
  bool inverted = false;
};

/// The shortest way from one frame to another over the named transforms; none if there is none.
[[nodiscard]] std::optional<std::vector<PathStep>> findPath(std::span<const TransformName> names,
                                                            std::string_view from,
                                                            std::string_view to);

/// The product along a path, `to_from_from`. `matrix_of` gives the matrix of a name's index; none
/// is returned if it gives none, or if one that must be inverted flattens space.
[[nodiscard]] std::optional<Eigen::Matrix4d> composePath(
    std::span<const PathStep> path,
    const std::function<std::optional<Eigen::Matrix4d>(std::size_t index)>& matrix_of);

}  // namespace sonotwin::media
