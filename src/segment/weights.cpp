// SPDX-License-Identifier: Apache-2.0
#include "weights.h"

#include <algorithm>

namespace sonotwin::segment {
namespace {
at::ScalarType scalarType(Dtype dtype) {
  return dtype == Dtype::kU8 ? at::kByte : dtype == Dtype::kF16 ? at::kHalf : at::kFloat;
}

std::string shapeText(at::IntArrayRef shape) {
  std::string text = "[";
  for (const std::int64_t side : shape) {
    if (text.size() > 1) text += ' ';
    text += std::to_string(side);
  }
  return text + "]";
}

std::span<std::byte> bytesOf(const at::Tensor& tensor) {
  return {static_cast<std::byte*>(tensor.data_ptr()), tensor.nbytes()};
}
}  // namespace

std::string writeTensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors,
                         Dtype dtype, const std::map<std::string, std::string>& metadata) {
  std::vector<at::Tensor> plain;
  std::vector<TensorView> views;
  for (const NamedTensor& item : tensors) {
    plain.push_back(item.tensor.detach().to(at::kCPU, scalarType(dtype)).contiguous());
    views.push_back({item.name, dtype, plain.back().sizes().vec(), bytesOf(plain.back())});
  }
  return writeSafetensors(path, std::move(views), metadata);
}

std::map<std::string, std::string> readTensorsInto(const std::filesystem::path& path,
                                                   const std::vector<NamedTensor>& targets,
                                                   Others others) {
  SafetensorsReader file(path);
  if (others == Others::kRefused && file.tensors().size() != targets.size()) {
    throwBadInput(path.string() + " holds " + std::to_string(file.tensors().size()) +
                  " tensors where the network has " + std::to_string(targets.size()) + ".");
  }
  const at::NoGradGuard no_grad;
  for (const NamedTensor& target : targets) {
    const TensorEntry& entry = file.find(target.name);
    if (!std::ranges::equal(entry.shape, target.tensor.sizes())) {
      throwBadInput(path.string() + ": tensor '" + target.name + "' is " + shapeText(entry.shape) +
                    " where the network has " + shapeText(target.tensor.sizes()) + ".");
    }
    const at::Tensor read = at::empty(entry.shape, scalarType(entry.dtype));
    file.readInto(entry, bytesOf(read));
    at::Tensor destination = target.tensor;
    destination.copy_(read);
  }
  return file.metadata();
}

}  // namespace sonotwin::segment
