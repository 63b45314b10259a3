// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/reconstruct/methods.h"

#include <array>

namespace sonotwin::reconstruct {
namespace {
constexpr std::array kInterpolations = {
    Choice<Interpolation>{Interpolation::kLinear, "linear",
                          "The default: each pixel is shared among the 8 voxels around it, for the "
                          "least noise and no holes in a dense sweep."},
    Choice<Interpolation>{Interpolation::kNearest, "nearest",
                          "Each pixel goes to one voxel: three times as fast, and comparable with "
                          "PLUS; coarse where voxels are small."},
    Choice<Interpolation>{Interpolation::kProbePath, "probe-path",
                          "For few frames far apart: what lies between two of them is taken from "
                          "both, along the way of the probe."},
    Choice<Interpolation>{Interpolation::kByDistance, "distance-weighted",
                          "For sweeps that cross at odd angles with gaps between: all frames "
                          "within the fill radius count, the near ones most."},
    Choice<Interpolation>{Interpolation::kNearestFrame, "nearest-frame",
                          "For measuring speckle and texture: every voxel holds one true pixel, "
                          "nothing is averaged."}};

constexpr std::array kCompoundings = {
    Choice<Compounding>{Compounding::kMean, "mean",
                        "The default: all that was seen of a place counts the same, which takes "
                        "speckle and noise away."},
    Choice<Compounding>{Compounding::kBeam, "beam",
                        "A mean where sweeps from several depths cross: pixels near the focus, "
                        "where the slice is thin, count more."},
    Choice<Compounding>{Compounding::kConfidence, "confidence",
                        "A mean of masks: frames of which the network was surer count more."},
    Choice<Compounding>{Compounding::kMaximum, "maximum",
                        "For bright thin things, such as bone, needles and calcifications, that a "
                        "mean would wash out."},
    Choice<Compounding>{Compounding::kLatest, "latest",
                        "For a sweep that passes twice over what moved in between: the newer frame "
                        "covers the older."},
    Choice<Compounding>{Compounding::kFirst, "first",
                        "For a sweep whose end pressed or moved what its beginning saw."}};

constexpr std::array kFills = {
    Choice<Fill>{Fill::kNormalizedConvolution, "normalized-convolution",
                 "The default: gaps between frames get the weighted mean of the voxels around, "
                 "never beyond the swept region, and are marked as interpolated."},
    Choice<Fill>{Fill::kNone, "none",
                 "For seeing what was truly observed, and for filling with tools of one's own."}};
}  // namespace

std::span<const Choice<Interpolation>> interpolations() {
  return kInterpolations;
}

std::span<const Choice<Compounding>> compoundings() {
  return kCompoundings;
}

std::span<const Choice<Fill>> fills() {
  return kFills;
}

}  // namespace sonotwin::reconstruct
