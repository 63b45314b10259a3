// SPDX-License-Identifier: Apache-2.0
#include "script_card.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "json_fields.h"
#include "sonotwin/base/error.h"

namespace sonotwin::segment {
namespace {
using nlohmann::json;

std::vector<double> numbersFromJson(const json& object, const char* key, int channels,
                                    const std::string& where) {
  const json& list = requireField(object, key, where);
  const auto isNumber = [](const json& item) { return item.is_number(); };
  if (!list.is_array() || list.size() != static_cast<std::size_t>(channels) ||
      !std::ranges::all_of(list, isNumber)) {
    throwBadInput(where + ": the field '" + key + "' is not a number for each channel.");
  }
  return list.get<std::vector<double>>();
}
}  // namespace

ScriptOutput parseScriptOutput(const std::string& name, const std::string& where) {
  if (name == "logits") return ScriptOutput::kLogits;
  if (name == "probabilities") return ScriptOutput::kProbabilities;
  if (name == "independent") return ScriptOutput::kIndependent;
  throwBadInput(where + ": '" + name +
                "' is not an output: give logits, probabilities or independent.");
}

ScriptFields scriptFromCard(const json& card, const std::string& where) {
  const json& input = requireField(card, "input", where);
  const json& network = requireField(card, "network", where);
  ScriptFields fields;
  fields.channels = requireInt(input, "channels", 1, 3, where);
  if (fields.channels == 2) throwBadInput(where + ": the field 'channels' is neither 1 nor 3.");
  if (input.contains("mean")) {
    fields.mean = numbersFromJson(input, "mean", fields.channels, where);
    fields.sd = numbersFromJson(input, "sd", fields.channels, where);
    if (std::ranges::any_of(fields.sd, [](double sd) { return !(sd > 0.0); })) {
      throwBadInput(where + ": the field 'sd' is not above 0.");
    }
  }
  fields.output = parseScriptOutput(requireText(network, "output", where), where);
  fields.batches = requireBool(network, "batches", where);
  return fields;
}

}  // namespace sonotwin::segment
