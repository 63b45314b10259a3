// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "diffusion_field.h"
#include "envelope.h"
#include "local_statistics.h"
#include "sonotwin/base/parallel.h"
#include "speckle.h"

namespace sonotwin::enhance {
namespace {
constexpr float kLeastVariation = 1e-8F;

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

/// The terms of q² at one pixel: q² = over / under.
struct Variation {
  float over, under;
};
inline Variation instantaneousVariation(const float* above, const float* here, const float* below,
                                        int col) {
  const float level = here[col];
  const float up = above[col] - level, down = below[col] - level;
  const float left = here[col - 1] - level, right = here[col + 1] - level;
  const float laplacian = up + down + left + right;
  const float squares = up * up + down * down + left * left + right * right;
  const float base = level + 0.25F * laplacian;
  return {0.5F * squares - 0.0625F * laplacian * laplacian, base * base};
}

/// c = 1 / (1 + (q² - q0²) / (q0² (1 + q0²))), with one division a pixel.
void sradCoefficients(const BorderedField& image, float q0_squared, BorderedField& coefficient) {
  const float gain = 1.0F / (q0_squared * (1.0F + q0_squared));
  const float offset = q0_squared / (1.0F + q0_squared);
  forRows(image.rows(), [&](int row) {
    const float* const above = image.row(row - 1);
    const float* const here = image.row(row);
    const float* const below = image.row(row + 1);
    float* const out = coefficient.row(row);
    for (int col = 0; col < image.cols(); ++col) {
      const Variation q = instantaneousVariation(above, here, below, col);
      out[col] = std::min(q.under / (offset * q.under + gain * q.over), 1.0F);
    }
  });
  coefficient.replicateBorder();
}

float speckleScale(const BorderedField& image, const Patch& patch) {
  std::vector<float> squared(patch.levels.size());
  forRows(image.rows(), [&](int row) {
    float* const out = squared.data() + static_cast<std::ptrdiff_t>(row) * image.cols();
    for (int col = 0; col < image.cols(); ++col) {
      const Variation q =
          instantaneousVariation(image.row(row - 1), image.row(row), image.row(row + 1), col);
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
      const float level = here[col];
      const float flow = c[col] * (above[col] + here[col - 1] - 2.0F * level) +
                         c_below[col] * (below[col] - level) + c[col + 1] * (here[col + 1] - level);
      out[col] = level + quarter * flow;
    }
  });
  result.replicateBorder();
}

void srad(Patch& patch, const SpeckleDiffusion& diffusion) {
  fillOutside(patch);
  expandToAmplitude(patch, diffusion.dynamic_range_db);
  BorderedField image = fieldOf(patch), coefficient = image, next = image;
  const float start = speckleScale(image, patch);
  for (int i = 0; i < diffusion.iterations && start > kLeastVariation; ++i) {
    const double time = i * diffusion.time_step;
    const auto shrunk = static_cast<float>(std::exp(-2.0 * diffusion.decay * time));
    sradCoefficients(image, std::max(start * shrunk, kLeastVariation), coefficient);
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
