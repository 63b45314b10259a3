// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "card.h"
#include "json_fields.h"
#include "new_folder.h"
#include "safetensors.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/base/version.h"
#include "sonotwin/segment/model_files.h"

namespace sonotwin::segment {
namespace {
namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct Part {
  CardFields fields;
  ordered_json card;
  std::string card_sha256;
};

Part copyMember(const fs::path& from, const fs::path& to) {
  const std::string text = readTextFile(from / kCardFile);
  Part part{parseCard(text, (from / kCardFile).string()), ordered_json::parse(text),
            sha256Hex(text)};
  if (part.fields.kind == ModelKind::kEnsemble) {
    throwBadInput("The model '" + part.fields.name +
                  "' is an ensemble itself: give the networks that it is made of.");
  }
  makeFolder(to);
  writeFileAtomically(to / kCardFile, text);
  const char* const weights = weightsFile(part.fields.kind);
  writeFileAtomically(to / weights, readFile(from / weights));
  if (fileSha256(to / weights) != part.fields.weights_sha256) {
    throwBadInput((from / weights).string() +
                  " is not the file its card describes (SHA-256 differs). Get the model again.");
  }
  return part;
}

/// What every member names under `key`.
ordered_json commonTo(const std::vector<Part>& parts, const char* key) {
  const auto names = [key](const Part& part, const ordered_json& word) {
    const auto list = part.card.find(key);
    return list != part.card.end() && std::ranges::find(*list, word) != list->end();
  };
  ordered_json common = ordered_json::array();
  for (const ordered_json& word : parts.front().card.value(key, ordered_json::array())) {
    if (std::ranges::all_of(parts, [&](const Part& part) { return names(part, word); })) {
      common.push_back(word);
    }
  }
  return common;
}

std::vector<int> commonEllipses(const std::vector<Part>& parts) {
  std::vector<int> common = parts.front().fields.inference.ellipses;
  std::erase_if(common, [&](int label) {
    return !std::ranges::all_of(parts, [label](const Part& part) {
      const std::vector<int>& own = part.fields.inference.ellipses;
      return std::ranges::find(own, label) != own.end();
    });
  });
  return common;
}

/// The mean margin where every member looks a second time, else 0.
double commonSecondLook(const std::vector<Part>& parts) {
  double sum = 0.0;
  for (const Part& part : parts) {
    if (part.fields.inference.second_look <= 0.0) return 0.0;
    sum += part.fields.inference.second_look;
  }
  return sum / static_cast<double>(parts.size());
}

std::string ensembleCard(const std::vector<Part>& parts, const std::string& name) {
  ordered_json card = {
      {"format", kCardFormat}, {"version", kCardVersion}, {"kind", kEnsembleKind}, {"name", name}};
  card["synthetic"] = std::ranges::any_of(
      parts, [](const Part& part) { return part.card.value("synthetic", false); });
  card["classes"] = labelsToJson(parts.front().fields.labels);
  card["body_regions"] = commonTo(parts, "body_regions");
  std::vector<EnsembleMember> members;
  ordered_json data, training;
  for (const Part& part : parts) {
    const std::size_t index = members.size();
    const EnsembleMember& member = members.emplace_back(
        EnsembleMember{part.fields.name, part.fields.weights_sha256, part.card_sha256});
    card["members"].push_back({{"folder", memberFolder({}, index).generic_string()},
                               {"name", member.name},
                               {"weights_sha256", member.weights_sha256},
                               {"card_sha256", member.card_sha256}});
    data["members"].push_back(part.card.value("data", ordered_json::object()));
    training["members"].push_back(part.card.value("training", ordered_json::object()));
  }
  card["inference"] = {{"combination", "mean of the members' calibrated chances"},
                       {"flip_averaging", false},
                       {"second_look", commonSecondLook(parts)},
                       {"ellipses", commonEllipses(parts)}};
  card["data"] = std::move(data);
  training["program_version"] = std::string(programVersion());
  card["training"] = std::move(training);
  card["scores"] = ordered_json::object();
  card["weights"] = {{"sha256", ensembleSha256(members)}};
  return card.dump(2) + "\n";
}
}  // namespace

void makeEnsemble(const std::vector<fs::path>& members, const fs::path& folder,
                  const std::string& name) {
  if (members.size() < 2) throwBadInput("An ensemble needs at least two networks.");
  NewFolder made(folder);
  std::vector<Part> parts;
  for (const fs::path& member : members) {
    parts.push_back(copyMember(member, memberFolder(made.path(), parts.size())));
    const CardFields& first = parts.front().fields;
    const CardFields& last = parts.back().fields;
    if (last.labels != first.labels) {
      throwBadInput("The models '" + first.name + "' and '" + last.name +
                    "' do not give the same labels.");
    }
  }
  writeFileAtomically(made.path() / kCardFile,
                      ensembleCard(parts, name.empty() ? made.name() : name));
  made.commit();
}

}  // namespace sonotwin::segment
