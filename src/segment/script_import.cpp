// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "card.h"
#include "engine.h"
#include "json_fields.h"
#include "new_folder.h"
#include "safetensors.h"
#include "script_archive.h"
#include "sonotwin/base/version.h"
#include "sonotwin/segment/model_files.h"
#include "trusted_code.h"

namespace sonotwin::segment {
namespace {
namespace fs = std::filesystem;
using nlohmann::ordered_json;

std::string fitOf(const std::string& name) {
  if (name == "letterbox") return kFit;
  if (name == "stretch") return kFitStretch;
  if (name == "sector") return kFitSector;
  throwBadInput("'" + name + "' is not a fit: give letterbox, stretch or sector.");
}

ordered_json scriptCard(const ImportOptions& options, const std::string& name,
                        const std::string& sha256) {
  ordered_json card = {
      {"format", kCardFormat}, {"version", kCardVersion}, {"kind", kScriptKind}, {"name", name}};
  card["classes"] = labelsToJson(options.labels);
  card["body_regions"] = options.body_regions;
  card["input"] = {{"grid", {options.grid_rows, options.grid_cols}},
                   {"channels", options.channels},
                   {"fit", fitOf(options.fit)}};
  if (options.mean.empty()) {
    card["input"]["normalization"] = kNormalization;
  } else {
    card["input"]["mean"] = options.mean;
    card["input"]["sd"] = options.sd;
  }
  card["network"] = {{"output", options.output},
                     {"classes_with_background", options.labels.size() + 1},
                     {"batches", true}};
  card["inference"] = {{"flip_averaging", false}};
  card["data"] = {{"source", options.source}};
  card["training"] = {{"made", "elsewhere"}, {"imported_by", std::string(programVersion())}};
  card["code"] = {
      {"runs", true},
      {"notice", "This network holds code that was made elsewhere; using it runs that code."},
      {"agreed_sha256", sha256}};
  card["scores"] = ordered_json::object();
  card["weights"] = {{"file", kScriptFile}, {"sha256", sha256}};
  return card;
}
}  // namespace

void importTorchScript(const fs::path& file, const fs::path& folder, const ImportOptions& options) {
  checkScriptArchive(file);
  if (!options.trust_code) {
    throwBadInput(file.string() +
                  " is TorchScript: it holds code, and importing and using it runs that code with "
                  "your rights. If you trust where it comes from, say so with --trust-code.");
  }
  if (options.mean.size() != options.sd.size()) {
    throwBadInput("As many means as standard deviations are needed, one for each channel.");
  }
  NewFolder made(folder);
  const fs::path copy = made.path() / kScriptFile;
  writeFileAtomically(copy, readFile(file));
  const std::string sha256 = fileSha256(copy);
  const std::string name = options.name.empty() ? made.name() : options.name;
  ordered_json card = scriptCard(options, name, sha256);
  const CardFields fields = parseCard(card.dump(), "The card of the imported network");
  card["network"]["batches"] = engine().tryScript(copy, fields);
  writeFileAtomically(made.path() / kCardFile, card.dump(2) + "\n");
  trustCode(sha256, name);
  made.commit();
}

void trustModel(const fs::path& folder) {
  const fs::path path = folder / kCardFile;
  const CardFields fields = parseCard(readTextFile(path), path.string());
  std::vector<fs::path> parts;
  for (std::size_t i = 0; i < fields.members.size(); ++i) {
    parts.push_back(memberFolder(folder, i));
  }
  if (parts.empty()) parts.push_back(folder);
  bool any = false;
  for (const fs::path& part : parts) {
    const CardFields own = parseCard(readTextFile(part / kCardFile), (part / kCardFile).string());
    if (own.kind != ModelKind::kTorchScript) continue;
    if (fileSha256(part / kScriptFile) != own.weights_sha256) {
      throwBadInput((part / kScriptFile).string() +
                    " is not the file its card describes (SHA-256 differs).");
    }
    trustCode(own.weights_sha256, own.name);
    any = true;
  }
  if (!any) {
    throwBadInput("The model '" + fields.name + "' holds no code: there is nothing to agree to.");
  }
}

}  // namespace sonotwin::segment
