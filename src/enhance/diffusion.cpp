// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "diffusion_field.h"
#include "envelope.h"
#include "filter_arithmetic.h"
#include "local_statistics.h"
#include "sonotwin/base/parallel.h"
#include "speckle.h"

namespace sonotwin::enhance {
namespace {
template <class Body>
void forRows(int rows, const Body& body) {
  parallelFor(static_cast<std::size_t>(rows), 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) body(static_cast<int>(row));
  });
}

BorderedField fieldOf(const Patch& patch) {
  BorderedField field(patch.rows(), patch.cols());
  for (int row = 0; row < patch.rows(); ++row) {
    std::copy_n(patch.levels.begin() + static_cast<std::ptrdiff_t>(row) * patch.cols(),
                patch.cols(), field.row(row));
  }
  field.replicateBorder();
  return field;
}

void copyBack(const BorderedField& field, Patch& patch) {
  for (int row = 0; row < patch.rows(); ++row) {
    std::copy_n(field.row(row), patch.cols(),
                patch.levels.begin() + static_cast<std::ptrdiff_t>(row) * patch.cols());
  }
}

inline Variation variationAt(const float* above, const float* here, const float* below, int col) {
  return instantaneousVariation(here[col], above[col], below[col], here[col - 1], here[col + 1]);
}

void sradCoefficients(const BorderedField& image, float q0_squared, BorderedField& coefficient) {
  const SradScale scale = sradScale(q0_squared);
  forRows(image.rows(), [&](int row) {
    const float* const above = image.row(row - 1);
    const float* const here = image.row(row);
    const float* const below = image.row(row + 1);
    float* const out = coefficient.row(row);
    for (int col = 0; col < image.cols(); ++col) {
      out[col] = sradCoefficient(variationAt(above, here, below, col), scale);
    }
  });
  coefficient.replicateBorder();
}

float speckleScale(const BorderedField& image, const Patch& patch) {
  std::vector<float> squared(patch.levels.size());
  forRows(image.rows(), [&](int row) {
    float* const out = squared.data() + static_cast<std::ptrdiff_t>(row) * image.cols();
    for (int col = 0; col < image.cols(); ++col) {
      const Variation q = variationAt(image.row(row - 1), image.row(row), image.row(row + 1), col);
      out[col] = q.over / q.under;
    }
  });
  return speckleVariation(patch, squared);
}
}  // namespace

BorderedField::BorderedField(int rows, int cols)
    : rows_(rows),
      cols_(cols),
      samples_(static_cast<std::size_t>(rows + 2) * static_cast<std::size_t>(cols + 2)) {}

void BorderedField::replicateBorder() {
  for (int r = 0; r < rows_; ++r) {
    row(r)[-1] = row(r)[0];
    row(r)[cols_] = row(r)[cols_ - 1];
  }
  std::copy_n(row(0) - 1, cols_ + 2, row(-1) - 1);
  std::copy_n(row(rows_ - 1) - 1, cols_ + 2, row(rows_) - 1);
}

void diffuse(const BorderedField& image, const BorderedField& coefficient, float time_step,
             BorderedField& result) {
  const float quarter = time_step / 4.0F;
  forRows(image.rows(), [&](int row) {
    const float* const above = image.row(row - 1);
    const float* const here = image.row(row);
    const float* const below = image.row(row + 1);
    const float* const c = coefficient.row(row);
    const float* const c_below = coefficient.row(row + 1);
    float* const out = result.row(row);
    for (int col = 0; col < image.cols(); ++col) {
      out[col] = diffusedLevel(here[col], above[col], below[col], here[col - 1], here[col + 1],
                               c[col], c_below[col], c[col + 1], quarter);
    }
  });
  result.replicateBorder();
}

float speckleScaleAt(const SpeckleDiffusion& diffusion, float start, int step) {
  const double time = step * diffusion.time_step;
  const auto shrunk = static_cast<float>(std::exp(-2.0 * diffusion.decay * time));
  return std::max(start * shrunk, kLeastVariation);
}

void srad(Patch& patch, const SpeckleDiffusion& diffusion) {
  fillOutside(patch);
  expandToAmplitude(patch, diffusion.dynamic_range_db);
  BorderedField image = fieldOf(patch), coefficient = image, next = image;
  const float start = speckleScale(image, patch);
  for (int i = 0; i < diffusion.iterations && start > kLeastVariation; ++i) {
    sradCoefficients(image, speckleScaleAt(diffusion, start, i), coefficient);
    diffuse(image, coefficient, static_cast<float>(diffusion.time_step), next);
    std::swap(image, next);
  }
  copyBack(image, patch);
  compressToLevels(patch, diffusion.dynamic_range_db);
}

void dpad(Patch& patch, const SpeckleDiffusion& diffusion, int radius_px) {
  fillOutside(patch);
  expandToAmplitude(patch, diffusion.dynamic_range_db);
  BorderedField image = fieldOf(patch), coefficient = image, next = image;
  for (int i = 0; i < diffusion.iterations; ++i) {
    const LocalStatistics local = localStatistics(patch, radius_px);
    const float speckle = speckleVariation(patch, local.squared_variation);
    if (speckle <= kLeastVariation) break;
    const float of_speckle = 1.0F + 1.0F / speckle;
    forRows(image.rows(), [&](int row) {
      const auto first = static_cast<std::size_t>(row) * static_cast<std::size_t>(image.cols());
      for (int col = 0; col < image.cols(); ++col) {
        const float variation =
            std::max(local.squared_variation[first + static_cast<std::size_t>(col)], 1e-12F);
        coefficient.row(row)[col] = std::min((1.0F + 1.0F / variation) / of_speckle, 1.0F);
      }
    });
    coefficient.replicateBorder();
    diffuse(image, coefficient, static_cast<float>(diffusion.time_step), next);
    std::swap(image, next);
    copyBack(image, patch);
  }
  compressToLevels(patch, diffusion.dynamic_range_db);
}

}  // namespace sonotwin::enhance
