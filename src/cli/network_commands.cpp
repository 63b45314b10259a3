// SPDX-License-Identifier: Apache-2.0
#include "network_commands.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "sonotwin/pipeline/dataset_build.h"
#include "sonotwin/pipeline/models.h"
#include "sonotwin/segment/model_files.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

struct EnsembleArguments {
  std::vector<std::string> members;
  std::string out, name;
};

void makeEnsemble(Context& context, const EnsembleArguments& arguments) {
  std::vector<std::filesystem::path> folders;
  for (const std::string& member : arguments.members) {
    folders.push_back(pipeline::findModel(member).folder);
  }
  segment::makeEnsemble(folders, arguments.out, arguments.name);
  const json card = json::parse(pipeline::findModel(arguments.out).card_json);
  context.print("Wrote " + arguments.out + ": " + card["name"].get<std::string>() + ", " +
                    std::to_string(card["members"].size()) + " networks.",
                {{"out", arguments.out}, {"card", card}});
}

struct ImportArguments {
  std::string file, out, labels;
  std::vector<int> grid;
  segment::ImportOptions options;
};

void importNetwork(Context& context, ImportArguments& arguments) {
  segment::ImportOptions& options = arguments.options;
  options.labels = pipeline::parseLabels(arguments.labels);
  options.grid_rows = arguments.grid[0];
  options.grid_cols = arguments.grid[1];
  segment::importTorchScript(arguments.file, arguments.out, options);
  const json card = json::parse(pipeline::findModel(arguments.out).card_json);
  context.print("Wrote " + arguments.out +
                    ". Using it runs the code in it; that was agreed to for "
                    "this very file (SHA-256 " +
                    card["weights"]["sha256"].get<std::string>() + ").",
                {{"out", arguments.out}, {"card", card}});
}

void addImport(CLI::App& models, Context& context) {
  const auto given = std::make_shared<ImportArguments>();
  segment::ImportOptions& options = given->options;
  CLI::App* import = models.add_subcommand(
      "import", "Make a model of a TorchScript file made elsewhere, which holds code");
  import->add_option("file", given->file, "TorchScript file (.pt)")->required();
  import->add_option("--out", given->out, "Folder of the new model")->required();
  import->add_option("--labels", given->labels, "VALUE=NAME,... in the order of its channels")
      ->required();
  import->add_option("--grid", given->grid, "Rows and columns of the pictures it takes")
      ->required()
      ->expected(2)
      ->check(CLI::PositiveNumber);
  import->add_option("--name", options.name, "Of the new model (default: the folder's)");
  import->add_option("--fit", options.fit, "How pictures are brought to the grid")
      ->check(CLI::IsMember({"letterbox", "stretch", "sector"}))
      ->capture_default_str();
  import->add_option("--channels", options.channels, "3: the grey levels three times")
      ->check(CLI::IsMember({1, 3}))
      ->capture_default_str();
  import->add_option("--mean", options.mean,
                     "Taken from levels in [0, 1], one a channel (default: z-score of what is not "
                     "black)");
  import->add_option("--sd", options.sd, "That levels are divided by, one a channel");
  import
      ->add_option("--output", options.output,
                   "logits or probabilities with background first, or independent logits of each "
                   "label without background")
      ->check(CLI::IsMember({"logits", "probabilities", "independent"}))
      ->capture_default_str();
  import->add_option("--source", options.source, "Origin and licence, for the card");
  import->add_option("--body-region", options.body_regions, "What it is for; repeatable");
  import->add_flag("--trust-code", options.trust_code,
                   "I trust where the file comes from: its code may run with my rights");
  import->callback([&context, given] { importNetwork(context, *given);
});
}  // namespace

void addTrust(CLI::App& models, Context& context) {
  const auto model = std::make_shared<std::string>();
  const auto agreed = std::make_shared<bool>(false);
  CLI::App* trust = models.add_subcommand(
      "trust", "Agree that the code of a model made elsewhere runs on this machine");
  trust->add_option("model", *model, "Name or folder")->required();
  trust->add_flag("--trust-code", *agreed, "I trust where it comes from")->required();
  trust->callback([&context, model] {
    segment::trustModel(pipeline::findModel(*model).folder);
    context.print("The code of " + *model + " may run on this machine.", {{"trusted", *model}});
  });
}
}  // namespace sonotwin::cli

void addNetworkCommands(CLI::App& models, Context& context) {
  const auto given = std::make_shared<EnsembleArguments>();
  CLI::App* ensemble =
      models.add_subcommand("ensemble", "Make one model of several networks with the same labels");
  ensemble->add_option("models", given->members, "Names or folders, two or more")->required();
  ensemble->add_option("--out", given->out, "Folder of the new model")->required();
  ensemble->add_option("--name", given->name, "Of the new model (default: the folder's)");
  ensemble->callback([&context, given] { makeEnsemble(context, *given); });
  addImport(models, context);
  addTrust(models, context);
}

}  // namespace sonotwin::cli
