// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "context.h"
#include "sonotwin/store/store.h"

namespace sonotwin::cli {

/// Pixel size (x, y), null or "uncalibrated" where there is none.
[[nodiscard]] nlohmann::json spacingJson(const std::optional<std::array<double, 2>>& spacing_mm);
[[nodiscard]] std::string spacingText(const std::optional<std::array<double, 2>>& spacing_mm);

/// Day of an exam since the patient's first, null or "unknown" where the file gave no date.
[[nodiscard]] nlohmann::json dayJson(bool known, int day);
[[nodiscard]] std::string dayText(bool known, int day);

/// Every field of a clip's row, as `list` and `show` give it.
[[nodiscard]] nlohmann::json clipJson(const store::ClipRow& row);
/// Rows for people and for programs.
struct Listing {
  Table table;
  nlohmann::json document;
};
[[nodiscard]] Listing clipListing(const std::vector<store::ClipRow>& rows);
/// [left, top, right, bottom]
[[nodiscard]] nlohmann::json boxJson(const media::PixelRectangle& box);
/// {"1": "nerve", ...}
[[nodiscard]] nlohmann::json labelsJson(const std::vector<media::Label>& labels);

}  // namespace sonotwin::cli
