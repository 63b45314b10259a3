// SPDX-License-Identifier: Apache-2.0
#include "json_fields.h"

#include <nlohmann/json.hpp>
#include <set>

#include "sonotwin/base/error.h"

namespace sonotwin::segment {
using nlohmann::json;

json parseJson(const std::string& text, const std::string& where) {
  json document = json::parse(text, nullptr, false);
  if (document.is_discarded()) throwBadInput(where + ": its description is not JSON.");
  return document;
}

const json& requireField(const json& object, const char* key, const std::string& where) {
  if (!object.is_object() || !object.contains(key)) {
    throwBadInput(where + ": the field '" + key + "' is missing.");
  }
  return object.at(key);
}

std::string requireText(const json& object, const char* key, const std::string& where) {
  const json& field = requireField(object, key, where);
  if (!field.is_string()) throwBadInput(where + ": the field '" + key + "' is not text.");
  return field.get<std::string>();
}

std::uint64_t requireUnsigned(const json& object, const char* key, const std::string& where) {
  const json& field = requireField(object, key, where);
  if (!field.is_number_unsigned()) {
    throwBadInput(where + ": the field '" + key + "' is not a whole number.");
  }
  return field.get<std::uint64_t>();
}

bool requireBool(const json& object, const char* key, const std::string& where) {
  const json& field = requireField(object, key, where);
  if (!field.is_boolean()) {
    throwBadInput(where + ": the field '" + key + "' is neither true nor false.");
  }
  return field.get<bool>();
}

int requireInt(const json& object, const char* key, int low, int high, const std::string& where) {
  const json& field = requireField(object, key, where);
  const auto value = field.is_number_integer() ? field.get<std::int64_t>() : low - 1LL;
  if (value < low || value > high) {
    throwBadInput(where + ": the field '" + key + "' is not a whole number from " +
                  std::to_string(low) + " to " + std::to_string(high) + ".");
  }
  return static_cast<int>(value);
}

void requireFormat(const json& object, const std::string& format, int version,
                   const std::string& where) {
  if (requireText(object, "format", where) != format) {
    throwBadInput(where + " is not of the format " + format + ".");
  }
  if (requireUnsigned(object, "version", where) != static_cast<std::uint64_t>(version)) {
    throwBadInput(where + " is of another version of " + format + " than this program reads (" +
                  std::to_string(version) + ").");
  }
}

json labelsToJson(const std::vector<media::Label>& labels) {
  json list = json::array();
  for (const media::Label& label : labels) {
    list.push_back({{"value", label.value}, {"name", label.name}});
  }
  return list;
}

std::vector<media::Label> labelsFromJson(const json& list, const std::string& where) {
  std::vector<media::Label> labels;
  std::set<int> values;
  if (!list.is_array() || list.empty()) throwBadInput(where + ": it names no label.");
  for (const json& item : list) {
    const int value = requireInt(item, "value", 1, 255, where);
    const std::string name = requireText(item, "name", where);
    if (name.empty() || !values.insert(value).second) {
      throwBadInput(where + ": label " + std::to_string(value) + " has no name or occurs twice.");
    }
    labels.push_back({value, name});
  }
  return labels;
}

}  // namespace sonotwin::segment
