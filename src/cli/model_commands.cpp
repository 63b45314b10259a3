// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "context.h"
#include "sonotwin/pipeline/models.h"

namespace sonotwin::cli {
namespace {
using nlohmann::json;

void models(Context& context) {
  json document = json::array();
  std::string text;
  for (const auto& model : pipeline::installedModels(context.store_folder)) {
    document.push_back({{"model", model.name},
                        {"folder", model.folder.string()},
                        {"card", json::parse(model.card_json)}});
    text += model.name + "  " + model.folder.string() + "\n";
  }
  context.print(text.empty() ? "No models are installed.\n" : text, document);
}

void showModel(Context& context, const std::string& name) {
  const auto model = pipeline::findModel(name, context.store_folder);
  const json card = json::parse(model.card_json);
  context.print(card.dump(2), card);
}
}  // namespace

void addModelCommands(CLI::App& app, Context& context) {
  const auto name = std::make_shared<std::string>();
  CLI::App* registry = app.add_subcommand("models", "The networks on this machine");
  registry->require_subcommand(1);
  registry->add_subcommand("list", "List them")->callback([&context] { models(context); });
  CLI::App* one = registry->add_subcommand("show", "Show a model's card");
  one->add_option("name", *name, "Of a network, as `models list` gives it")->required();
  one->callback([&context, name] { showModel(context, *name); });
}

}  // namespace sonotwin::cli
