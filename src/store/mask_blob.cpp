// SPDX-License-Identifier: Apache-2.0
#include "mask_blob.h"

#include <zlib.h>

#include "sonotwin/base/error.h"

namespace sonotwin::store {

std::vector<std::byte> packLabels(std::span<const std::uint8_t> labels) {
  uLongf size = ::compressBound(labels.size());
  std::vector<std::byte> packed(size);
  const int code = ::compress2(reinterpret_cast<Bytef*>(packed.data()), &size, labels.data(),
                               labels.size(), Z_DEFAULT_COMPRESSION);
  if (code != Z_OK) throw Error(ErrorKind::kDevice, "There is no memory left to store a mask.");
  packed.resize(size);
  return packed;
}

std::vector<std::uint8_t> unpackLabels(std::span<const std::byte> packed, std::size_t count) {
  const auto damaged = [] {
    return Error(ErrorKind::kDamaged,
                 "A frame of the mask is damaged in the store. Run `sonotwin verify`.");
  };
  // A deflate stream cannot hold more, so a damaged count is found before memory is asked for.
  constexpr std::size_t kMostPerByte = 1032;
  if (count > packed.size() * kMostPerByte) throw damaged();
  std::vector<std::uint8_t> labels(count);
  uLongf size = count;
  const int code = ::uncompress(labels.data(), &size, reinterpret_cast<const Bytef*>(packed.data()),
                                packed.size());
  if (code != Z_OK || size != count) throw damaged();
  return labels;
}

}  // namespace sonotwin::store
