// SPDX-License-Identifier: Apache-2.0
#include "frame_layout.h"

#include <algorithm>
#include <cctype>

#include "header_lines.h"

namespace sonotwin::media {
namespace {
constexpr std::size_t kMaxSide = 65535;
constexpr std::size_t kMaxFrames = 1000000;

struct StridedAxis {
  Axis axis;
  std::int64_t stride = 0;
};

/// What each letter says: along (M, U) the array, away (F, N) from it, across (A, D) the plane.
enum class Direction { kAlong, kAway, kAcross };

std::optional<Direction> directionOf(char letter) {
  switch (letter) {
    case 'M':
    case 'U':
      return Direction::kAlong;
    case 'F':
    case 'N':
      return Direction::kAway;
    case 'A':
    case 'D':
      return Direction::kAcross;
    default:
      return std::nullopt;
  }
}

bool isReversed(char letter) {
  return letter == 'U' || letter == 'N' || letter == 'D';
}

// Upper-case letters, each direction at most once and both of the picture's there; else nothing.
std::optional<std::string> validLetters(std::string_view text) {
  std::string letters;
  std::array<int, 3> seen{};
  for (const char c : text) {
    letters += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const auto direction = directionOf(letters.back());
    if (!direction || ++seen[static_cast<std::size_t>(*direction)] > 1) return std::nullopt;
  }
  if (seen[0] != 1 || seen[1] != 1) return std::nullopt;
  return letters;
}

struct Roles {
  std::vector<StridedAxis> space;
  std::optional<StridedAxis> time, channel;
};

Roles rolesOf(const RasterHeader& header) {
  Roles roles;
  std::int64_t stride = 1;
  for (const Axis& axis : header.axes) {
    const StridedAxis strided{axis, stride};
    stride *= static_cast<std::int64_t>(axis.size);
    if (axis.kind == AxisKind::kSpace) {
      roles.space.push_back(strided);
      continue;
    }
    auto& role = axis.kind == AxisKind::kList ? roles.time : roles.channel;
    if (role) header.refuse("Kinds", "two axes of the same kind. Use domain domain list.");
    role = strided;
  }
  // Without kinds the last of three or four axes is time: that is how recorders write.
  if (!header.kinds_known && !roles.time && roles.space.size() > 2) {
    roles.time = roles.space.back();
    roles.space.pop_back();
  }
  return roles;
}

std::string lettersFor(const RasterHeader& header, const Roles& roles, std::string& orientation,
                       std::vector<std::string>& assumptions) {
  const std::string given(header.field("UltrasoundImageOrientation"));
  auto letters = validLetters(given);
  if (!letters) {
    assumptions.push_back(std::string("The picture's orientation is ") +
                          (given.empty() ? "not given" : "not one that this program knows") +
                          ": it is shown as stored, taken as marked side right and far side down.");
    return "MFA";
  }
  orientation = given;
  if (letters->size() == 2) *letters += 'A';
  if (roles.space.size() == 2 && directionOf(letters->back()) != Direction::kAcross) {
    assumptions.push_back("The orientation " + inQuotes(given) +
                          " names three axes, a frame has two: the elevation letter is left out.");
    std::erase_if(*letters, [](char c) { return directionOf(c) == Direction::kAcross; });
    *letters += 'A';
  }
  return *letters;
}

int sideOf(const RasterHeader& header, const StridedAxis& strided, std::size_t limit) {
  if (strided.axis.size > limit) {
    header.refuse("DimSize", "a side of " + std::to_string(strided.axis.size) +
                                 " is more than a picture can have. The header is damaged.");
  }
  return static_cast<int>(strided.axis.size);
}

std::int64_t place(FrameLayout& layout, const StridedAxis& strided, char letter) {
  if (!isReversed(letter)) return strided.stride;
  layout.origin += strided.stride * (static_cast<std::int64_t>(strided.axis.size) - 1);
  return -strided.stride;
}

void layOutPlane(const RasterHeader& header, const Roles& roles, FrameLayout& layout) {
  const std::string letters = lettersFor(header, roles, layout.orientation, layout.assumptions);
  std::array<double, 2> spacing_mm{};
  for (std::size_t i = 0; i < roles.space.size(); ++i) {
    const StridedAxis& strided = roles.space[i];
    switch (*directionOf(letters[i])) {
      case Direction::kAlong:
        layout.cols = sideOf(header, strided, kMaxSide);
        layout.col_stride = place(layout, strided, letters[i]);
        spacing_mm[0] = strided.axis.step_mm.norm();
        break;
      case Direction::kAway:
        layout.rows = sideOf(header, strided, kMaxSide);
        layout.row_stride = place(layout, strided, letters[i]);
        spacing_mm[1] = strided.axis.step_mm.norm();
        break;
      case Direction::kAcross:
        layout.slices = sideOf(header, strided, kMaxFrames);
        layout.slice_stride = place(layout, strided, letters[i]);
        break;
    }
  }
  // Recorders that do not know the pixel size write 1: it says nothing.
  const bool said = spacing_mm[0] > 0.0 && spacing_mm[1] > 0.0;
  if (said && spacing_mm != std::array{1.0, 1.0}) layout.spacing_mm = spacing_mm;
}
}  // namespace

FrameLayout layOutFrames(const RasterHeader& header) {
  const Roles roles = rolesOf(header);
  FrameLayout layout;
  if (roles.space.size() < 2 || roles.space.size() > 3) {
    header.refuse("Kinds",
                  "a sequence needs two axes of a picture (domain) and one of time "
                  "(list). Save it that way.");
  }
  layOutPlane(header, roles, layout);
  if (roles.channel) {
    layout.channels = sideOf(header, *roles.channel, kMaxSide);
    layout.channel_stride = roles.channel->stride;
  }
  if (layout.channels != 1 && layout.channels != 3) {
    header.refuse("channels", std::to_string(layout.channels) +
                                  " values a pixel are not read. Save grey (1) or RGB (3).");
  }
  if (roles.time) {
    layout.times = sideOf(header, *roles.time, kMaxFrames);
    layout.time_stride = roles.time->stride;
  } else if (layout.slices > 1) {
    header.refuse("Kinds",
                  "this is a volume of " + std::to_string(layout.slices) +
                      " slices, not a sequence of frames in time. Only sequences become clips.");
  }
  if (static_cast<std::int64_t>(layout.slices) * layout.times >
      static_cast<std::int64_t>(kMaxFrames)) {
    header.refuse("DimSize", "more than a million frames. Split the recording.");
  }
  if (!header.kinds_known && roles.time) {
    layout.assumptions.push_back("The file does not name its axes: the last is taken as time.");
  }
  return layout;
}

}  // namespace sonotwin::media
