// SPDX-License-Identifier: Apache-2.0
#include "deflate.h"

#include <zlib.h>

#include <algorithm>

#include "sonotwin/base/error.h"

namespace sonotwin::media {

struct Deflater::State {
  z_stream stream{};
  ~State() { deflateEnd(&stream); }
};

Deflater::Deflater(DeflateWrapper wrapper, int level) : state_(std::make_unique<State>()) {
  const int window = 15 + (wrapper == DeflateWrapper::kGzip ? 16 : 0);
  if (deflateInit2(&state_->stream, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw Error(ErrorKind::kDevice, "No memory is left to compress data.");
  }
}

Deflater::~Deflater() = default;

std::vector<std::byte> Deflater::run(std::span<const std::byte> bytes, int flush) {
  constexpr std::size_t kRoom = 1 << 18;
  constexpr std::size_t kPiece = 1 << 30;  // zlib counts in 32 bits
  z_stream& stream = state_->stream;
  std::vector<std::byte> ready;
  do {
    const std::size_t part = std::min(bytes.size(), kPiece);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(part);
    bytes = bytes.subspan(part);
    do {
      const std::size_t filled = ready.size();
      ready.resize(filled + kRoom);
      stream.next_out = reinterpret_cast<Bytef*>(ready.data() + filled);
      stream.avail_out = kRoom;
      deflate(&stream, bytes.empty() ? flush : Z_NO_FLUSH);
      ready.resize(filled + kRoom - stream.avail_out);
    } while (stream.avail_out == 0);
  } while (!bytes.empty());
  return ready;
}

std::vector<std::byte> Deflater::add(std::span<const std::byte> bytes) {
  return run(bytes, Z_NO_FLUSH);
}

std::vector<std::byte> Deflater::finish() {
  return run({}, Z_FINISH);
}

}  // namespace sonotwin::media
