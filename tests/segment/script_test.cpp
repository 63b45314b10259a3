// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <torch/script.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "discs.h"
#include "script_network.h"
#include "sonotwin/segment/model_files.h"
#include "temporary_folder.h"

namespace sonotwin::segment {
namespace {
using namespace test_discs;
using nlohmann::json;
using testing::HasSubstr;
namespace fs = std::filesystem;

/// A file made as others make theirs: `forward` in Python's words.
void writeModule(const fs::path& file, const std::string& forward, const at::Tensor& weight = {}) {
  torch::jit::Module module("net");
  if (weight.defined()) module.register_parameter("w", weight, false);
  module.define(forward);
  module.save(file.string());
}

constexpr const char* kBright = R"(
def forward(self, x):
    return torch.cat([torch.zeros_like(x), (x - 0.5) * 40.0], 1)
)";

ImportOptions brightOptions() {
  ImportOptions options;
  options.labels = {{3, "disc"}};
  options.grid_rows = 24;
  options.grid_cols = 32;
  options.mean = {0.0};
  options.sd = {1.0};
  options.source = "made by a test";
  options.trust_code = true;
  return options;
}

class Script : public testing::Test {
 protected:
  void SetUp() override {
    setenv("SONOTWIN_TRUSTED_CODE", (folder_ / "home/trusted").c_str(), 1);
    writeModule(folder_ / "net.pt", kBright);
  }
  void TearDown() override { unsetenv("SONOTWIN_TRUSTED_CODE"); }

  std::string complaint(const ImportOptions& options = brightOptions()) {
    const std::string said =
        messageOf([&] { importTorchScript(folder_ / "net.pt", folder_ / "bad", options); },
                  ErrorKind::kBadInput);
    EXPECT_FALSE(fs::exists(folder_ / "bad"));
    EXPECT_FALSE(fs::exists(folder_ / "bad.part"));
    return said;
  }
  void patch(std::size_t from_mark, const std::string& bytes) {
    std::string text = readTextFile(folder_ / "net.pt");
    const std::size_t entry = text.find("PK\x01\x02");
    text.replace(entry + from_mark, bytes.size(), bytes);
    writeFileAtomically(folder_ / "net.pt", text);
  }

  test::TemporaryFolder folder_;
};

// Oracle: the same convolution, eagerly.
TEST_F(Script, GivesWhatTheNetworkGivesWhereItWasMade) {
  at::manual_seed(1);
  const at::Tensor weight = at::randn({3, 3, 3, 3});
  writeModule(folder_ / "net.pt", R"(
def forward(self, x):
    return {"out": torch.conv2d(x, self.w, None, [1, 1], [1, 1])}
)",
              weight);
  ImportOptions options = brightOptions();
  options.labels = {{1, "a"}, {2, "b"}};
  options.channels = 3;
  options.mean = {0.485, 0.456, 0.406};
  options.sd = {0.229, 0.224, 0.225};
  importTorchScript(folder_ / "net.pt", folder_ / "net", options);
  const CardFields fields = parseCard(readTextFile(folder_ / "net/card.json"), "card");
  const Runtime runtime;
  const ScriptNetwork network(folder_ / "net/module.pt", fields, runtime);
  const at::NoGradGuard no_grad;
  const at::Tensor gray = at::rand({2, 1, 24, 32}) * 255.0;
  std::vector<at::Tensor> channels;
  for (std::size_t c = 0; c < 3; ++c) {
    channels.push_back((gray / 255.0 - options.mean[c]) / options.sd[c]);
  }
  const at::Tensor expected = at::conv2d(at::cat(channels, 1), weight, {}, 1, 1);
  EXPECT_TRUE(at::allclose(network.logits(network.prepare(gray)), expected, 1e-4, 1e-4));
}

TEST_F(Script, SegmentsAndIsEvaluatedLikeAnyModel) {
  importTorchScript(folder_ / "net.pt", folder_ / "bright", brightOptions());
  const Model model = Model::load(folder_ / "bright", "cpu");
  EXPECT_EQ(model.name(), "bright");
  EXPECT_THAT(model.notice(), HasSubstr("made elsewhere"));
  EXPECT_EQ(model.featureCount(), 0);
  EXPECT_THROW(std::ignore = model.features({media::Image(9, 9)}), Error);
  EXPECT_GT(evaluate(model, discs(), Split::kTest, {}).summary.at(0).dice.mean, 0.95);
  const json card = json::parse(model.cardJson());
  EXPECT_EQ(card["kind"], "torchscript");
  EXPECT_EQ(card["code"]["agreed_sha256"], card["weights"]["sha256"]);
  EXPECT_EQ(card["network"]["batches"], true);
}

TEST_F(Script, StretchedPicturesComeBackInTheirShape) {
  ImportOptions options = brightOptions();
  options.fit = "stretch";
  options.grid_rows = options.grid_cols = 64;
  importTorchScript(folder_ / "net.pt", folder_ / "net", options);
  const Case item = discCase(64, 256, {30.0, 70.0, 20.0}, 1);
  const auto answer = Model::load(folder_ / "net", "cpu").segment({imageOf(item)});
  int wrong = 0;
  for (std::size_t i = 0; i < item.truth.size(); ++i) {
    wrong += answer.masks[0].labels[i] != item.truth[i] ? 1 : 0;
  }
  EXPECT_LT(wrong, 300);  // of 1257, along an edge seen at a quarter of the resolution
}

// Oracle: sigmoid of each label alone, and probabilities as they are.
TEST_F(Script, KnowsTheWaysInWhichNetworksAnswer) {
  const media::Image picture(24, 32);
  const auto confidence = [&](const char* forward, const char* output) {
    writeModule(folder_ / "net.pt", forward);
    ImportOptions options = brightOptions();
    options.output = output;
    const fs::path to = folder_ / output;
    importTorchScript(folder_ / "net.pt", to, options);
    return Model::load(to, "cpu").segment({picture}).masks[0].confidence;
  };
  EXPECT_NEAR(
      confidence("def forward(self, x):\n    return torch.zeros_like(x) + 1.5\n", "independent"),
      1.0 / (1.0 + std::exp(-1.5)), 1e-5);
  EXPECT_NEAR(confidence("def forward(self, x):\n"
                         "    p = torch.zeros_like(x)\n"
                         "    return [torch.cat([p + 0.3, p + 0.7], 1)]\n",
                         "probabilities"),
              0.7, 1e-5);
}

TEST_F(Script, OneThatTakesOnePictureAtATimeIsGivenOne) {
  writeModule(folder_ / "net.pt", R"(
def forward(self, x):
    y = x.view([1, 1, 24, 32])
    return torch.cat([torch.zeros_like(y), (y - 0.5) * 40.0], 1)
)");
  importTorchScript(folder_ / "net.pt", folder_ / "net", brightOptions());
  const json card = json::parse(readTextFile(folder_ / "net/card.json"));
  EXPECT_EQ(card["network"]["batches"], false);
  const Model model = Model::load(folder_ / "net", "cpu");
  EXPECT_GT(evaluate(model, discs(), Split::kTest, {}).summary.at(0).dice.mean, 0.95);
}

TEST_F(Script, RunsNothingWithoutConsentOnThisMachine) {
  ImportOptions options = brightOptions();
  options.trust_code = false;
  EXPECT_THAT(complaint(options), HasSubstr("--trust-code"));
  importTorchScript(folder_ / "net.pt", folder_ / "net", brightOptions());
  fs::remove_all(folder_ / "home");  // as on another machine, to which card and file were brought
  const auto load = [&] { std::ignore = Model::load(folder_ / "net", "cpu"); };
  EXPECT_THAT(messageOf(load, ErrorKind::kBadInput), HasSubstr("nobody on this machine"));
  trustModel(folder_ / "net");
  load();
}

TEST_F(Script, AChangedFileIsRefused) {
  importTorchScript(folder_ / "net.pt", folder_ / "net", brightOptions());
  writeModule(folder_ / "net/module.pt",
              "def forward(self, x):\n    return torch.cat([x, x], 1)\n");
  const auto load = [&] { std::ignore = Model::load(folder_ / "net", "cpu"); };
  EXPECT_THAT(messageOf(load, ErrorKind::kBadInput), HasSubstr("SHA-256 differs"));
  EXPECT_THAT(messageOf([&] { trustModel(folder_ / "net"); }, ErrorKind::kBadInput),
              HasSubstr("SHA-256 differs"));
}

TEST_F(Script, WhatDoesNotFitTheCardIsSaid) {
  ImportOptions options = brightOptions();
  options.labels = {{1, "a"}, {2, "b"}};
  EXPECT_THAT(complaint(options), HasSubstr("[1 x 2 x 24 x 32] where [1 x 3 x 24 x 32]"));
  options = brightOptions();
  options.mean = {0.1, 0.2};
  EXPECT_THAT(complaint(options), HasSubstr("one for each channel"));
  options = brightOptions();
  options.output = "magic";
  EXPECT_THAT(complaint(options), HasSubstr("magic"));
  writeModule(folder_ / "net.pt", "def forward(self, x):\n    return 7\n");
  EXPECT_THAT(complaint(), HasSubstr("no tensor"));
  writeModule(folder_ / "net.pt", "def forward(self, x):\n    return x.view([3, 5])\n");
  EXPECT_THAT(complaint(), HasSubstr("failed"));
}

TEST_F(Script, HostileFilesAreRefused) {
  const std::string whole = readTextFile(folder_ / "net.pt");
  for (std::size_t keep : {std::size_t{0}, std::size_t{10}, whole.size() / 2, whole.size() - 1}) {
    writeFileAtomically(folder_ / "net.pt", whole.substr(0, keep));
    EXPECT_THAT(complaint(), HasSubstr("not TorchScript")) << keep;
  }
  writeFileAtomically(folder_ / "net.pt", whole);
  patch(10, std::string("\x0e\x00", 2));  // the first part's method
  EXPECT_THAT(complaint(), HasSubstr("another way"));
  writeFileAtomically(folder_ / "net.pt", whole);
  patch(10, std::string("\x08\x00", 2));
  patch(24, "\xf0\xff\xff\xff");  // compressed, and 4 GB large
  EXPECT_THAT(complaint(), HasSubstr("unpacks to more"));
  writeFileAtomically(folder_ / "net.pt", whole);
  patch(24, "\xf0\xff\xff\xff");  // its size
  EXPECT_THAT(complaint(), HasSubstr("unpacks to more"));
  writeFileAtomically(folder_ / "net.pt", whole);
  patch(0, "PKxx");
  EXPECT_THAT(complaint(), HasSubstr("damaged"));
  std::string broken = whole;  // the code itself
  const std::size_t code = broken.find("code/__torch__");
  ASSERT_NE(code, std::string::npos);
  for (std::size_t i = code + 80; i < code + 160; ++i) broken[i] = static_cast<char>(~broken[i]);
  writeFileAtomically(folder_ / "net.pt", broken);
  EXPECT_THAT(complaint(), HasSubstr("this LibTorch can load"));
  ImportOptions absent = brightOptions();
  EXPECT_THROW(importTorchScript(folder_ / "none.pt", folder_ / "bad", absent), Error);
}
}  // namespace
}  // namespace sonotwin::segment
