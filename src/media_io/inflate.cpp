// SPDX-License-Identifier: Apache-2.0
#include "inflate.h"

#include <zlib.h>

#include <algorithm>
#include <new>
#include <string>

#include "sonotwin/base/error.h"

namespace sonotwin::media {
namespace {
constexpr std::uint64_t kPiece = 1ULL << 22;  // zlib counts in 32 bits
}

struct Inflater::State {
  z_stream stream{};
  ~State() { inflateEnd(&stream); }
};

Inflater::Inflater() : state_(std::make_unique<State>()) {
  if (inflateInit2(&state_->stream, 15 + 32) != Z_OK) {
    throw Error(ErrorKind::kDevice, "No memory is left to decompress data.");
  }
}

Inflater::~Inflater() = default;

bool Inflater::feed(std::span<const std::byte> input, std::span<std::byte> target,
                    std::uint64_t& filled) {
  z_stream& stream = state_->stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(input.data()));
  stream.avail_in = static_cast<uInt>(input.size());
  while (stream.avail_in > 0 && filled < target.size()) {
    const auto room = std::min<std::uint64_t>(target.size() - filled, kPiece);
    stream.next_out = reinterpret_cast<Bytef*>(target.data() + filled);
    stream.avail_out = static_cast<uInt>(room);
    const int state = inflate(&stream, Z_NO_FLUSH);
    filled += room - stream.avail_out;
    if (state != Z_OK) return false;
  }
  return filled < target.size();
}

std::vector<std::byte> zeroedBytes(std::uint64_t count) {
  try {
    return std::vector<std::byte>(count);
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::kDevice, "No memory is left for " + std::to_string(count >> 20) +
                                        " MB of data. Close other programs or use a smaller file.");
  }
}

std::vector<std::byte> inflatedBytes(std::span<const std::byte> stream, std::uint64_t count) {
  Inflater inflater;
  std::vector<std::byte> bytes = zeroedBytes(count);
  std::uint64_t filled = 0;
  bool more = true;
  while (more && !stream.empty()) {
    const auto piece = stream.first(std::min<std::size_t>(stream.size(), kPiece));
    more = inflater.feed(piece, bytes, filled);
    stream = stream.subspan(piece.size());
  }
  bytes.resize(filled);
  return bytes;
}

}  // namespace sonotwin::media
