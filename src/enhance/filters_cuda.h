// SPDX-License-Identifier: Apache-2.0
#pragma once

// Plain C++17 for nvcc. What goes wrong on the device is thrown as CudaFailure and translated to
// sonotwin::Error in cuda_filters.cpp.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "filter_arithmetic.h"

namespace sonotwin::enhance {

class CudaFailure : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// @throws CudaFailure if there is no driver, or no such device.
[[nodiscard]] std::string cudaDeviceName(int index);

/// Parts of the filters in a GPU's memory, which is kept from picture to picture and grows with
/// them. All arrays are [rows x cols]. One thread at a time; each call throws CudaFailure.
class CudaPictures {
 public:
  explicit CudaPictures(int device);
  ~CudaPictures();
  CudaPictures(const CudaPictures&) = delete;
  CudaPictures& operator=(const CudaPictures&) = delete;

  /// Puts a picture there; the calls below work on it.
  void upload(const float* levels, int rows, int cols);
  void download(float* levels) const;

  /// Levels to amplitudes and back: see envelope.h.
  void expand(float rate);
  void compress(float scale);
  /// The squared instantaneous coefficient of variation of each pixel.
  void variations(float* squared) const;
  /// One step of SRAD.
  void diffuse(SradScale scale, float quarter_step);

  /// Non-local means of the picture.
  void restore(int search, int reach, float falloff);

  /// How many pixels inside the sector each bin of each tile has: [tile][kBins].
  /// @param inside  1 inside; kept for `equalize`
  void count(const TileGrid& grid, const std::uint8_t* inside, std::uint32_t* counts);
  /// @param curves  [tile][kCurvePoints]
  void equalize(const TileGrid& grid, const std::vector<float>& curves, float strength);

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

}  // namespace sonotwin::enhance
