// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/clip.h"
#include "sonotwin/media/volume.h"

namespace sonotwin::reconstruct {

enum class Interpolation : std::uint8_t { kNearest, kLinear };
/// What a voxel keeps of several frames, which come in the order given. With linear interpolation
/// latest, first and maximum choose among the frames' weighted means at the voxel; with nearest
/// among pixels, those of one frame in raster order.
enum class Compounding : std::uint8_t { kLatest, kFirst, kMaximum, kMean };
enum class Fill : std::uint8_t { kNone, kNormalizedConvolution };

/// Grid aligned with the world's axes unless given.
struct Grid {
  std::array<int, 3> dims = {0, 0, 0};
  media::WorldFromVoxel world_from_voxel;
};

struct VoxelOptions {
  double spacing_mm = 0.5;
  Interpolation interpolation = Interpolation::kLinear;
  Compounding compounding = Compounding::kMean;
  Fill fill = Fill::kNormalizedConvolution;
  double fill_radius_mm = 3.0;  ///< farthest a filled voxel may lie from data
  int threads = 0;              ///< 0: all
  std::string device = "auto";  ///< "auto", "cpu", "cuda", "cuda:1"
  std::optional<Grid> grid;     ///< default: covers the placed frames' sectors
};

/// One 8-bit frame placed in the world.
struct PlacedFrame {
  media::WorldFromImage world_from_image;
  int index = 0;  ///< of the frame in its clip
};

struct VoxelResult {
  media::Volume volume;             ///< 8-bit, 0 where nothing is known
  std::vector<std::uint8_t> state;  ///< per voxel: 0 empty, 1 observed, 2 interpolated
  double observed_fraction = 0.0;   ///< observed / (observed + interpolated)
  int frames_used = 0;
  int frames_skipped = 0;  ///< no valid pose
  std::string
      device_used;  ///< "cpu, 2 threads" (and why, where a GPU was wanted), or the GPU's name
};

/// The smallest axis-aligned grid that holds the sectors of all placed frames.
/// @throws Error(kBadInput) if there is none, or if it would be too large (says what to do).
[[nodiscard]] Grid gridAround(const std::vector<PlacedFrame>& frames, int rows, int cols,
                              const media::ScanSector& sector, double spacing_mm);

/// Puts frames into voxels: every sector pixel adds its grey level, nearest or with trilinear
/// weights over 8 voxels (of 8 fraction bits), in integer fixed point, so the result has the same
/// bytes for any number of threads and on a GPU. Means are exact and rounded once; no count
/// saturates.
///
/// Holes are filled by normalized convolution, only where a ball of `fill_radius_mm` that holds no
/// observed voxel cannot reach: between frames up to twice that far apart, never outward.
///
/// Memory: 8 bytes a voxel while placing (16 for linear latest, first and maximum), then 10 where
/// holes are filled, and 2 for the result; at most 2^29 voxels.
///
/// @param pixels  gives frame `index` as 8-bit grey [rows x cols]; called once per frame, in order
/// @throws Error(kBadInput) naming the frame or the option, or where a GPU is asked for by name and
///         there is none; Error(kCancelled), Error(kDevice) where a GPU fails
/// Source: Knutsson & Westin 1993 (normalized convolution).
[[nodiscard]] VoxelResult reconstructVoxels(const std::vector<PlacedFrame>& frames, int rows,
                                            int cols, const media::ScanSector& sector,
                                            const std::function<media::Image(int index)>& pixels,
                                            const VoxelOptions& options, const Progress& progress);

/// What `device` will be, in words, as in `device_used`. To be asked before long work, and before
/// an earlier result is handed out in its place. @param threads  on the CPU; 0: all available
/// @throws Error(kBadInput) unless `device` is auto, cpu or a GPU that is there.
[[nodiscard]] std::string describeDevice(const std::string& device, int threads = 0);

/// The clip's frames with pose and calibration. @throws Error(kBadInput) with the reason if none.
[[nodiscard]] std::vector<PlacedFrame> placedFrames(const media::Clip& clip);

/// B-mode volume of a tracked clip. Colour is taken as luminance; 16-bit levels are scaled so that
/// the clip's brightest is white, the same for every frame.
[[nodiscard]] VoxelResult reconstructBmode(const media::Clip& clip, const VoxelOptions& options,
                                           const Progress& progress);

/// Occupancy of one label in [0, 255] (255 = certainly inside), from the masks of a tracked clip;
/// its 127.5 level is the label's boundary. Each mask goes in as the signed distance to its
/// outline, cut off two voxels away (at least two pixels). Frames without a mask are left out.
[[nodiscard]] VoxelResult reconstructOccupancy(const media::Clip& clip, const media::ClipMask& mask,
                                               int label, const VoxelOptions& options,
                                               const Progress& progress);

/// Label volume of a tracked clip: where the occupancy of all labels together passes one half, the
/// label of the greatest, so that no gap opens where labels touch.
[[nodiscard]] VoxelResult reconstructLabels(const media::Clip& clip, const media::ClipMask& mask,
                                            const VoxelOptions& options, const Progress& progress);

}  // namespace sonotwin::reconstruct
