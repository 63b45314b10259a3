// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "database.h"
#include "frame_table.h"
#include "sonotwin/media/clip.h"

namespace sonotwin::store {

[[nodiscard]] const char* nameOf(media::PixelType type) noexcept;
/// @throws Error(kDamaged) for another name
[[nodiscard]] media::PixelType pixelTypeOf(const std::string& name);

/// Rows 0 to 2 of a transform as twelve values, and back from twelve columns.
void addMatrix(Statement& statement, const Eigen::Matrix4d& matrix);
[[nodiscard]] Eigen::Matrix4d matrixAt(const Statement& row, int first_column);

[[nodiscard]] std::uint64_t frameBytes(const media::ClipInfo& info) noexcept;

/// A clip's row, frames, regions and revision 0, for an artifact that is there.
/// @param encoding  places and recipe of an object that does not hold raw frames; else empty
void insertClip(Database& database, std::int64_t artifact, std::int64_t series, std::int64_t object,
                const media::Clip& clip, const std::string& author, FrameTable encoding);

/// What a revision holds beside `ClipInfo`.
struct Revision {
  int number = 0;
  std::string view_label = {};
  std::optional<std::string> orientation = {};  ///< none: as the file says
  std::string author;
};
/// Adds a revision and puts it in force.
void insertRevision(Database& database, std::int64_t artifact, const Revision& revision,
                    const media::ClipInfo& info);

/// Everything known of a clip, in the revision in force.
[[nodiscard]] media::ClipInfo readInfo(const Database& database, std::int64_t artifact);
[[nodiscard]] int revisionInForce(const Database& database, std::int64_t artifact);
/// The revision to come after the one in force, with what a person said in that one.
[[nodiscard]] Revision nextRevision(const Database& database, std::int64_t artifact,
                                    const std::string& author);
[[nodiscard]] std::vector<media::FrameInfo> readFrames(const Database& database,
                                                       std::int64_t artifact);
}  // namespace sonotwin::store
