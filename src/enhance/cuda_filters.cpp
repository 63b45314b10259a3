// SPDX-License-Identifier: Apache-2.0
#include "envelope.h"
#include "filters_cuda.h"
#include "gpu_filters.h"
#include "local_statistics.h"
#include "sonotwin/base/error.h"

namespace sonotwin::enhance {
namespace {
class CudaFilters final : public GpuFilters {
 public:
  explicit CudaFilters(int index) : pictures_(index) {}

  void srad(Patch& patch, const SpeckleDiffusion& diffusion) override {
    fillOutside(patch);
    const double rate = amplitudeRate(diffusion.dynamic_range_db);
    translated([&] {
      pictures_.upload(patch.levels.data(), patch.rows(), patch.cols());
      pictures_.expand(static_cast<float>(rate));
      std::vector<float> squared(patch.levels.size());
      pictures_.variations(squared.data());
      const float start = speckleVariation(patch, squared);
      for (int i = 0; i < diffusion.iterations && start > kLeastVariation; ++i) {
        pictures_.diffuse(sradScale(speckleScaleAt(diffusion, start, i)),
                          static_cast<float>(diffusion.time_step) / 4.0F);
      }
      pictures_.compress(static_cast<float>(1.0 / rate));
      pictures_.download(patch.levels.data());
    });
  }

  void obnlm(Patch& patch, const NonLocal& settings) override {
    fillOutside(patch);
    for (float& level : patch.levels) level = greater(level, 0.0F);
    translated([&] {
      pictures_.upload(patch.levels.data(), patch.rows(), patch.cols());
      pictures_.restore(settings.search_px, settings.patch_px, falloffOf(settings));
      pictures_.download(patch.levels.data());
    });
  }

  void clahe(Patch& patch, const LocalContrast& settings) override {
    const TileGrid grid = tileGrid(patch.rows(), patch.cols(), settings.tiles);
    std::vector<std::uint32_t> counts(static_cast<std::size_t>(grid.count * grid.count * kBins));
    translated([&] {
      pictures_.upload(patch.levels.data(), patch.rows(), patch.cols());
      pictures_.count(grid, patch.map->inside.data(), counts.data());
      pictures_.equalize(grid, equalizingCurves(counts, grid, settings.clip_limit),
                         static_cast<float>(settings.strength));
      pictures_.download(patch.levels.data());
    });
  }

 private:
  template <class Work>
  static void translated(const Work& work) {
    try {
      work();
    } catch (const CudaFailure& failure) {
      throw Error(ErrorKind::kDevice,
                  "The GPU failed while enhancing: " + std::string(failure.what()) +
                      ". Try again, or choose the device cpu.");
    }
  }

  CudaPictures pictures_;
};
}  // namespace

std::string gpuName(int index) {
  try {
    return cudaDeviceName(index);
  } catch (const CudaFailure& failure) {
    throw CudaUnavailable(failure.what());
  }
}

std::unique_ptr<GpuFilters> makeGpuFilters(int index) {
  try {
    return std::make_unique<CudaFilters>(index);
  } catch (const CudaFailure& failure) {
    throw CudaUnavailable(failure.what());
  }
}

}  // namespace sonotwin::enhance
