// SPDX-License-Identifier: Apache-2.0
#include "unet.h"

#include <cmath>
#include <numbers>

#include "random.h"

namespace sonotwin::segment {
namespace {
constexpr double kNormEpsilon = 1e-5;

// Kernels are [out x in x rows x cols], but [in x out x 2 x 2] for the transposed ones, whose
// every output pixel sees one kernel position of every input map.
std::int64_t fanIn(const NamedTensor& kernel) {
  if (kernel.name.find(".up.") != std::string::npos) return kernel.tensor.size(0);
  return kernel.tensor.size(1) * kernel.tensor.size(2) * kernel.tensor.size(3);
}

at::Tensor normalTensor(at::IntArrayRef shape, double sd, Random& random) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  float* values = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform()));
    values[i] =
        static_cast<float>(sd * radius * std::cos(2.0 * std::numbers::pi * random.uniform()));
  }
  return tensor;
}
}  // namespace

UNet::UNet(const NetworkPlan& plan, const Runtime& runtime, std::optional<std::uint64_t> seed)
    : plan_(plan), runtime_(runtime) {
  const std::vector<int>& widths = plan_.widths;
  const int pixels = plan_.block * plan_.block;
  for (std::size_t s = 0; s < widths.size(); ++s) {
    encoder_.push_back(addEncoderStage(s, s == 0 ? pixels : widths[s - 1], widths[s]));
  }
  for (std::size_t s = widths.size() - 1; s-- > 0;) {
    const std::string name = "decoder." + std::to_string(s);
    UpStage stage;
    stage.up = add(name + ".up.weight", at::zeros({widths[s + 1], widths[s], 2, 2}));
    stage.block.convolutions.push_back(
        addConvolution(name + ".conv1", 2 * widths[s], widths[s], 3, 1));
    stage.block.convolutions.push_back(addConvolution(name + ".conv2", widths[s], widths[s], 3, 1));
    decoder_.push_back(std::move(stage));
  }
  // The coarsest decoder level would weigh nothing in the loss, so it has no head.
  const std::size_t head_count = std::max<std::size_t>(1, widths.size() - 2);
  for (std::size_t s = 0; s < head_count; ++s) {
    const std::string name = "head." + std::to_string(s);
    heads_.push_back({add(name + ".weight", at::zeros({plan_.classes * pixels, widths[s], 1, 1})),
                      add(name + ".bias", at::zeros({plan_.classes * pixels}))});
  }
  if (seed) initialize(*seed);
}

at::Tensor UNet::add(const std::string& name, at::Tensor tensor) {
  tensor = tensor.to(runtime_.device);
  if (tensor.dim() == 4) tensor = tensor.contiguous(runtime_.memoryFormat());
  parameters_.push_back({name, tensor});
  return tensor;
}

UNet::Convolution UNet::addConvolution(const std::string& name, int in, int out, int size,
                                       int stride) {
  return {add(name + ".weight", at::zeros({out, in, size, size})),
          add(name + ".norm.gain", at::ones({out})), add(name + ".norm.offset", at::zeros({out})),
          stride};
}

std::vector<UNet::Block> UNet::addEncoderStage(std::size_t stage, int in, int out) {
  const std::string name = "encoder." + std::to_string(stage);
  const bool residual = !plan_.encoder_blocks.empty();
  const int count = residual ? plan_.encoder_blocks[stage] : 1;
  std::vector<Block> blocks;
  for (int b = 0; b < count; ++b) {
    const std::string prefix = residual ? name + ".block" + std::to_string(b) : name;
    const int stride = stage > 0 && b == 0 ? 2 : 1;
    Block block;
    block.residual = residual;
    block.convolutions.push_back(addConvolution(prefix + ".conv1", in, out, 3, stride));
    block.convolutions.push_back(addConvolution(prefix + ".conv2", out, out, 3, 1));
    if (residual && (in != out || stride != 1)) {
      block.shortcut = addConvolution(prefix + ".shortcut", in, out, 1, stride);
    }
    blocks.push_back(std::move(block));
    in = out;
  }
  return blocks;
}

void UNet::initialize(std::uint64_t seed) {
  const at::NoGradGuard no_grad;
  Random random(seed);
  for (NamedTensor& parameter : parameters_) {
    if (parameter.tensor.dim() != 4) continue;
    const double gain = 2.0 / (1.0 + plan_.leaky_slope * plan_.leaky_slope);
    const double sd = std::sqrt(gain / static_cast<double>(fanIn(parameter)));
    parameter.tensor.copy_(normalTensor(parameter.tensor.sizes(), sd, random));
  }
}

at::Tensor UNet::normalized(const at::Tensor& x, const Convolution& layer) const {
  return at::group_norm(x, x.size(1), layer.gain, layer.offset, kNormEpsilon);
}

at::Tensor UNet::run(const Block& block, at::Tensor x) const {
  at::Tensor shortcut = x;
  if (block.shortcut) {
    if (block.shortcut->stride == 2) shortcut = at::avg_pool2d(shortcut, {2, 2});
    shortcut = normalized(at::conv2d(shortcut, block.shortcut->weight), *block.shortcut);
  }
  for (std::size_t i = 0; i < block.convolutions.size(); ++i) {
    const Convolution& layer = block.convolutions[i];
    x = normalized(at::conv2d(x, layer.weight, {}, layer.stride, 1), layer);
    if (block.residual && i + 1 == block.convolutions.size()) x = x + shortcut;
    x = at::leaky_relu_(x, plan_.leaky_slope);
  }
  return x;
}

std::vector<at::Tensor> UNet::encode(const at::Tensor& image) const {
  at::Tensor x = (plan_.block > 1 ? at::pixel_unshuffle(image, plan_.block) : image)
                     .contiguous(runtime_.memoryFormat());
  std::vector<at::Tensor> maps;
  for (const std::vector<Block>& stage : encoder_) {
    for (const Block& block : stage) x = run(block, x);
    maps.push_back(x);
  }
  return maps;
}

at::Tensor UNet::coarsestMap(const at::Tensor& image) const {
  return encode(image).back();
}

std::vector<at::Tensor> UNet::forward(at::Tensor image, int heads) const {
  const bool blocks = plan_.block > 1;
  const std::vector<at::Tensor> skips = encode(image);
  at::Tensor x = skips.back();
  std::vector<at::Tensor> logits(static_cast<std::size_t>(heads));
  for (std::size_t d = 0; d < decoder_.size(); ++d) {
    const std::size_t level = decoder_.size() - 1 - d;
    x = at::conv_transpose2d(x, decoder_[d].up, {}, 2);
    x = run(decoder_[d].block, at::cat({x, skips[level]}, 1));
    if (level < logits.size()) {
      const at::Tensor out = at::conv2d(x, heads_[level].weight, heads_[level].bias);
      logits[level] = blocks ? at::pixel_shuffle(out, plan_.block) : out;
    }
  }
  return logits;
}

std::int64_t UNet::parameterCount() const {
  std::int64_t count = 0;
  for (const NamedTensor& parameter : parameters_) count += parameter.tensor.numel();
  return count;
}

void UNet::setTrainable(bool trainable) {
  for (NamedTensor& parameter : parameters_) parameter.tensor.set_requires_grad(trainable);
}

void UNet::copyFrom(const UNet& other) {
  if (other.plan_ != plan_) throw Error(ErrorKind::kInternal, "Networks of two shapes.");
  const at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    parameters_[i].tensor.copy_(other.parameters_[i].tensor);
  }
}

}  // namespace sonotwin::segment
