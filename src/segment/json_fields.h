// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "sonotwin/media/mask.h"

namespace sonotwin::segment {

/// Fields of a JSON document from outside; what is missing or of the wrong kind is named together
/// with `where` (the file) in an Error(kBadInput).
[[nodiscard]] nlohmann::json parseJson(const std::string& text, const std::string& where);
[[nodiscard]] const nlohmann::json& requireField(const nlohmann::json& object, const char* key,
                                                 const std::string& where);
[[nodiscard]] std::string requireText(const nlohmann::json& object, const char* key,
                                      const std::string& where);
[[nodiscard]] std::uint64_t requireUnsigned(const nlohmann::json& object, const char* key,
                                            const std::string& where);
[[nodiscard]] bool requireBool(const nlohmann::json& object, const char* key,
                               const std::string& where);
/// A whole number in [low, high].
[[nodiscard]] int requireInt(const nlohmann::json& object, const char* key, int low, int high,
                             const std::string& where);
/// Checks `format` and `version`; a newer version is named as such.
void requireFormat(const nlohmann::json& object, const std::string& format, int version,
                   const std::string& where);

[[nodiscard]] nlohmann::json labelsToJson(const std::vector<media::Label>& labels);
/// At least one label, values in [1, 255] and different, names not empty.
[[nodiscard]] std::vector<media::Label> labelsFromJson(const nlohmann::json& list,
                                                       const std::string& where);

}  // namespace sonotwin::segment
