// SPDX-License-Identifier: Apache-2.0
#include "rle_encoder.h"

#include <algorithm>

namespace sonotwin::dicom {
namespace {
constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kLongestRun = 128;

void putNumber(std::vector<std::byte>& out, std::size_t at, std::size_t value) {
  for (std::size_t i = 0; i < 4; ++i) out[at + i] = static_cast<std::byte>(value >> 8 * i);
}

std::size_t runAt(Bytes row, std::size_t at) {
  std::size_t end = at + 1;
  while (end < row.size() && end - at < kLongestRun && row[end] == row[at]) ++end;
  return end - at;
}

/// Source: PS3.5 G.3.1; runs of two are not worth leaving a literal for.
void packRow(Bytes row, std::vector<std::byte>& out) {
  constexpr std::size_t kWorthwhile = 3;
  for (std::size_t at = 0; at < row.size();) {
    const std::size_t run = runAt(row, at);
    if (run >= kWorthwhile) {
      out.push_back(static_cast<std::byte>(257 - run));
      out.push_back(row[at]);
      at += run;
      continue;
    }
    std::size_t end = at + 1;
    while (end < row.size() && end - at < kLongestRun && runAt(row, end) < kWorthwhile) ++end;
    out.push_back(static_cast<std::byte>(end - at - 1));
    out.insert(out.end(), row.begin() + static_cast<std::ptrdiff_t>(at),
               row.begin() + static_cast<std::ptrdiff_t>(end));
    at = end;
  }
}
}  // namespace

std::vector<std::byte> encodeRle(const Samples& samples) {
  const std::size_t width = samples.precision > 8 ? 2 : 1;
  const auto components = static_cast<std::size_t>(samples.components);
  const auto cols = static_cast<std::size_t>(samples.cols);
  const std::size_t stride = components * width;
  std::vector<std::byte> out(kHeaderBytes);
  putNumber(out, 0, stride);
  std::vector<std::byte> row(cols);
  for (std::size_t segment = 0; segment < stride; ++segment) {
    putNumber(out, 4 + 4 * segment, out.size());
    // A sample's most significant byte comes first; ours last.
    const std::size_t offset = segment / width * width + (width - 1 - segment % width);
    for (int r = 0; r < samples.rows; ++r) {
      const std::size_t begin = static_cast<std::size_t>(r) * cols * stride + offset;
      for (std::size_t c = 0; c < cols; ++c) row[c] = samples.data[begin + c * stride];
      packRow(row, out);
    }
    if (out.size() % 2 != 0) out.push_back(std::byte{0});
  }
  return out;
}

std::size_t longestRle(std::size_t raw_bytes, int rows, int segments) {
  const auto row_ends = static_cast<std::size_t>(rows) * static_cast<std::size_t>(segments);
  return kHeaderBytes + raw_bytes + raw_bytes / kLongestRun + 2 * row_ends + 16;
}

}  // namespace sonotwin::dicom
