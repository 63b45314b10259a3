// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "sonotwin/media/image.h"

namespace sonotwin::media {

/// .png .jpg .jpeg .bmp .tif .tiff
[[nodiscard]] bool isPlainImageFile(const std::filesystem::path& path);
/// 8/16-bit grey or RGB; alpha is dropped, palettes are resolved (to grey where they hold no
/// colour), of several pages the first is read. The content decides, not the name.
/// @throws Error(kBadInput | kNotFound)
[[nodiscard]] Image readImage(const std::filesystem::path& path);
/// PNG, 8/16-bit grey or RGB. Never half-written. @throws Error(kBadInput | kDevice)
void writePng(const std::filesystem::path& path, const Image& image);

}  // namespace sonotwin::media
