// SPDX-License-Identifier: Apache-2.0
#include "script_network.h"

#include <torch/script.h>

#include "augment.h"
#include "script_archive.h"

namespace sonotwin::segment {
namespace {
constexpr std::size_t kLongestReason = 300;
constexpr double kLeastChance = 1e-7;

/// The first line of what LibTorch says; the rest is its own call stack.
std::string reasonOf(const std::exception& failure) {
  const auto* known = dynamic_cast<const c10::Error*>(&failure);
  const std::string text = known != nullptr ? known->what_without_backtrace() : failure.what();
  const std::string line = text.substr(0, text.find('\n'));
  return line.size() > kLongestReason ? line.substr(0, kLongestReason) + "…" : line;
}

torch::jit::Module loadModule(const std::filesystem::path& file, const Runtime& runtime) {
  checkScriptArchive(file);
  try {
    torch::jit::Module module = torch::jit::load(file.string(), runtime.device);
    module.eval();
    return module;
  } catch (const std::exception& failure) {
    throwBadInput(file.string() +
                  " is not TorchScript that this LibTorch can load: " + reasonOf(failure));
  }
}

/// The tensor, or the first of a list, a tuple or a dictionary under "out".
at::Tensor firstTensor(const c10::IValue& value) {
  if (value.isTensor()) return value.toTensor();
  if (value.isTuple() && !value.toTupleRef().elements().empty()) {
    return firstTensor(value.toTupleRef().elements()[0]);
  }
  if (value.isTensorList() && value.toTensorList().size() > 0) return value.toTensorList().get(0);
  if (value.isGenericDict()) {
    const auto dictionary = value.toGenericDict();
    if (dictionary.contains("out")) return firstTensor(dictionary.at("out"));
  }
  throwBadInput("The imported network gives no tensor but something of the kind " +
                value.tagKind() + ".");
}

std::string shapeText(at::IntArrayRef shape) {
  std::string text;
  for (const std::int64_t side : shape) text += (text.empty() ? "" : " x ") + std::to_string(side);
  return "[" + text + "]";
}
}  // namespace

struct ScriptNetwork::Module {
  torch::jit::Module module;
};

ScriptNetwork::ScriptNetwork(const std::filesystem::path& file, const CardFields& fields,
                             const Runtime& runtime)
    : fields_(*fields.script),
      classes_(fields.plan.classes),
      module_(std::make_shared<Module>(Module{loadModule(file, runtime)})) {}

at::Tensor ScriptNetwork::prepare(const at::Tensor& gray) const {
  if (fields_.mean.empty()) return normalize(gray).expand({-1, fields_.channels, -1, -1});
  const auto perChannel = [&](const std::vector<double>& values) {
    return at::tensor(values, gray.options()).view({1, -1, 1, 1});
  };
  return (gray / 255.0 - perChannel(fields_.mean)) / perChannel(fields_.sd);
}

at::Tensor ScriptNetwork::run(const at::Tensor& image) const {
  at::Tensor out;
  try {
    out = firstTensor(module_->module.forward({image.contiguous()}));
  } catch (const Error&) {
    throw;
  } catch (const std::exception& failure) {
    throwBadInput("The imported network failed: " + reasonOf(failure));
  }
  const std::int64_t channels =
      fields_.output == ScriptOutput::kIndependent ? classes_ - 1 : classes_;
  const std::vector<std::int64_t> expected = {image.size(0), channels, image.size(2),
                                              image.size(3)};
  if (out.sizes() != expected || !at::isFloatingType(out.scalar_type())) {
    throwBadInput("The imported network gives " + shapeText(out.sizes()) + " where " +
                  shapeText(expected) +
                  " is expected: pictures, classes, rows and columns, in floating point. Check "
                  "labels, grid and output.");
  }
  return out.to(image.device(), at::kFloat);
}

at::Tensor ScriptNetwork::logits(const at::Tensor& image) const {
  at::Tensor out;
  if (fields_.batches || image.size(0) == 1) {
    out = run(image);
  } else {
    std::vector<at::Tensor> single;
    for (std::int64_t i = 0; i < image.size(0); ++i) single.push_back(run(image.narrow(0, i, 1)));
    out = at::cat(single);
  }
  if (fields_.output == ScriptOutput::kProbabilities) return out.clamp_min(kLeastChance).log();
  if (fields_.output == ScriptOutput::kLogits) return out;
  // The chance of a label alone is a softmax of its logit and 0.
  return at::constant_pad_nd(out, {0, 0, 0, 0, 1, 0}, 0.0);
}

bool tryScript(const std::filesystem::path& file, const CardFields& fields) {
  const at::NoGradGuard no_grad;
  const Runtime runtime = openDevice("cpu");
  runtime.useThreads();
  CardFields batched = fields;
  batched.script->batches = true;
  const ScriptNetwork network(file, batched, runtime);
  const auto runs = [&](std::int64_t pictures) {
    const at::Tensor gray =
        at::full({pictures, 1, fields.plan.grid_rows, fields.plan.grid_cols}, 128.0, at::kFloat);
    std::ignore = network.logits(network.prepare(gray));
  };
  runs(1);
  try {
    runs(2);
  } catch (const Error&) {
    return false;
  }
  return true;
}

}  // namespace sonotwin::segment
