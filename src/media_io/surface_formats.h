// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "sonotwin/media/surface.h"

namespace sonotwin::media {

[[nodiscard]] std::vector<std::byte> stlBytes(const Surface& surface);
[[nodiscard]] std::vector<std::byte> plyBytes(const Surface& surface);
[[nodiscard]] std::string objText(const Surface& surface);
[[nodiscard]] std::string vtpText(const Surface& surface);
[[nodiscard]] std::vector<std::byte> glbBytes(const Surface& surface);

/// Readers of a file's bytes; `file` is how errors name it. Triangles may name vertices that are
/// not there: the caller checks. @throws Error(kBadInput)
[[nodiscard]] Surface parseStl(std::span<const std::byte> bytes, const std::string& file);
[[nodiscard]] Surface parsePly(std::span<const std::byte> bytes, const std::string& file);
[[nodiscard]] Surface parseObj(std::span<const std::byte> bytes, const std::string& file);
[[nodiscard]] Surface parseVtp(std::span<const std::byte> bytes, const std::string& file);

/// Marks that PLY and OBJ comments carry, since neither format names a frame.
inline constexpr const char* kWorldComment = "sonotwin_world";
inline constexpr const char* kLabelComment = "sonotwin_label";
/// World of a surface whose file does not name one.
inline constexpr const char* kUnknownWorld = "unknown";

/// Cuts a polygon into triangles around its first corner.
void addPolygon(std::span<const std::uint32_t> corners, Surface& surface);

template <class T>
void appendBytes(std::vector<std::byte>& bytes, const T& value) {
  const auto* first = reinterpret_cast<const std::byte*>(&value);
  bytes.insert(bytes.end(), first, first + sizeof(T));
}

}  // namespace sonotwin::media
