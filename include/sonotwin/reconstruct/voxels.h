// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/clip.h"
#include "sonotwin/media/volume.h"

namespace sonotwin::reconstruct {

/// Forward, pixels look for their voxels; backward, voxels look for their frames.
enum class Interpolation : std::uint8_t {
  kNearest,       ///< forward: a pixel goes to the voxel it lies in
  kLinear,        ///< forward: a pixel is shared among the 8 voxels around it
  kNearestFrame,  ///< backward: the pixel of the frame whose plane is nearest
  kByDistance,    ///< backward: all frames within reach, by one over the squared distance
  kProbePath      ///< backward: the two frames between which the probe passed the voxel, at the
                  ///< point of the picture where the plane on its way (slerp, straight) met it
};
/// What a voxel keeps of several frames, which come in the order given. With linear interpolation
/// latest, first and maximum choose among the frames' weighted means at the voxel; with nearest
/// among pixels, those of one frame in raster order. The last two are means too: of frames weighted
/// by their confidence, and of pixels weighted by how thin the beam is at their depth.
enum class Compounding : std::uint8_t { kLatest, kFirst, kMaximum, kMean, kConfidence, kBeam };
enum class Fill : std::uint8_t { kNone, kNormalizedConvolution };

/// Which way a grid that is not given lies: along the world's axes, or along the sweep, its axes
/// the picture's mean axes and the way between them, so that slanted sweeps need fewer voxels.
enum class GridAxes : std::uint8_t { kWorld, kSweep };

/// A box in the world, along its axes.
struct Region {
  Eigen::Vector3d low_mm = Eigen::Vector3d::Zero();
  Eigen::Vector3d high_mm = Eigen::Vector3d::Zero();
};

struct Grid {
  std::array<int, 3> dims = {0, 0, 0};
  media::WorldFromVoxel world_from_voxel;
};

/// How thick the imaged slice is at each depth: thinnest at the focus, √2 times that half a focal
/// zone from it, and on as a Gaussian beam goes.
struct BeamShape {
  double focus_mm = 0.0;        ///< depth below the probe; 0: half the picture's depth
  double focal_zone_mm = 20.0;  ///< length of the zone
};

struct VoxelOptions {
  double spacing_mm = 0.5;
  Interpolation interpolation = Interpolation::kLinear;
  Compounding compounding = Compounding::kMean;
  Fill fill = Fill::kNormalizedConvolution;
  double fill_radius_mm = 3.0;  ///< farthest a filled voxel may lie from data; backward methods
                                ///< look as far for frames
  /// Takes out of linear means most of what their weights blur (see reconstructVoxels).
  bool sharpen = true;
  bool uncertainty = false;     ///< works out VoxelResult::uncertainty; of means only
  BeamShape beam;               ///< for Compounding::kBeam
  int threads = 0;              ///< 0: all
  std::string device = "auto";  ///< "auto", "cpu", "cuda", "cuda:1"
  std::optional<Grid> grid;     ///< default: covers the placed frames' sectors
  GridAxes axes = GridAxes::kWorld;
  std::optional<Region> region;  ///< only what lies in it; along the world's axes
  /// In place of the clip's own; with `find_sector` what media::sectorOf finds in the pictures.
  std::optional<media::ScanSector> sector;
  bool find_sector = false;
  /// [rows x cols], 0 where a pixel is left out; none: all of the sector goes in.
  std::shared_ptr<const media::Image> pixel_mask;
  int smooth_frames = 0;  ///< half width of the window that poses are smoothed over (smoothedPath)
};

/// One 8-bit frame placed in the world.
struct PlacedFrame {
  media::WorldFromImage world_from_image;
  int index = 0;            ///< of the frame in its clip
  double confidence = 1.0;  ///< in [0, 1], for Compounding::kConfidence
};

struct VoxelResult {
  media::Volume volume;                   ///< 8-bit, 0 where nothing is known
  std::vector<std::uint8_t> state;        ///< per voxel: 0 empty, 1 observed, 2 interpolated
  std::vector<std::uint8_t> distance;     ///< to data, in tenths of a millimetre: 0 observed, up to
                                          ///< 254 interpolated, 255 empty
  std::vector<std::uint8_t> uncertainty;  ///< deviation in half grey levels, 0 where empty; none
                                          ///< unless asked for
  double observed_fraction = 0.0;         ///< observed / (observed + interpolated)
  int frames_used = 0;
  int frames_skipped = 0;  ///< no valid pose
  std::string
      device_used;  ///< "cpu, 2 threads" (and why, where a GPU was wanted), or the GPU's name
};

/// The smallest axis-aligned grid that holds the sectors of all placed frames.
/// @throws Error(kBadInput) if there is none, or if it would be too large (says what to do).
[[nodiscard]] Grid gridAround(const std::vector<PlacedFrame>& frames, int rows, int cols,
                              const media::ScanSector& sector, double spacing_mm);

/// The grid that `options` ask for. @throws Error(kBadInput) as gridAround, and for a region that
/// no frame comes near or that is asked for along the sweep
[[nodiscard]] Grid gridFor(const std::vector<PlacedFrame>& frames, int rows, int cols,
                           const media::ScanSector& sector, const VoxelOptions& options);

/// Puts frames into voxels: every sector pixel adds its grey level, nearest or with trilinear
/// weights over 8 voxels (of 8 fraction bits), in integer fixed point, so the result has the same
/// bytes for any number of threads and on a GPU. Means are exact and rounded once; no count
/// saturates.
///
/// The backward methods keep means, on the CPU: a voxel is observed where a frame's plane passes
/// within half its diagonal, at its nearest pixel or between four; farther off, up to
/// `fill_radius_mm`, they interpolate, within the same bounds as filling. A probe's path leads over
/// frames that follow each other and lie no farther apart than twice that.
///
/// Trilinear weights blur: their variance along each axis is a sixth of a voxel squared, which
/// adds a twelfth of the second difference to what is smooth. `sharpen` takes that away again
/// (f − δ²f/12 on each axis), where neighbours were seen about as much.
///
/// Holes are filled by normalized convolution, only where a ball of `fill_radius_mm` that holds no
/// observed voxel cannot reach: between frames up to twice that far apart, never outward.
///
/// @p sector is clipped further by the options' pixel mask; the options' own sector and
/// `smooth_frames` are for whole clips (reconstructBmode and below) and not looked at here.
///
/// Uncertainty is the deviation of the grey levels that make a voxel up, as if one more pixel of
/// the volume's typical variance had been seen; of a filled voxel, of the mixture that fills it.
///
/// Memory: 8 bytes a voxel while placing (16 for linear latest, first and maximum, for weighted
/// means and for uncertainty, 20 for backward methods), then 10 where holes are filled, and 3 for
/// the result (4 with uncertainty); at most 2^29 voxels.
///
/// @param pixels  gives frame `index` as 8-bit grey [rows x cols]; called once per frame, in order
/// @throws Error(kBadInput) naming the frame or the option, or where a GPU is asked for by name and
///         there is none; Error(kCancelled), Error(kDevice) where a GPU fails
/// Source: Knutsson & Westin 1993 (normalized convolution); Coupé et al. 2005 (probe trajectory).
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
/// the clip's brightest is white, the same for every frame. @throws Error(kBadInput) for
/// Compounding::kConfidence too: only masks have a confidence.
[[nodiscard]] VoxelResult reconstructBmode(const media::Clip& clip, const VoxelOptions& options,
                                           const Progress& progress);

/// Occupancy of one label in [0, 255] (255 = certainly inside), from the masks of a tracked clip;
/// its 127.5 level is the label's boundary. Each mask goes in as the signed distance to its
/// outline, cut off two voxels away (at least two pixels). Frames without a mask are left out;
/// a frame's confidence is its mask's.
[[nodiscard]] VoxelResult reconstructOccupancy(const media::Clip& clip, const media::ClipMask& mask,
                                               int label, const VoxelOptions& options,
                                               const Progress& progress);

/// Label volume of a tracked clip: where the occupancy of all labels together passes one half, the
/// label of the greatest, so that no gap opens where labels touch.
[[nodiscard]] VoxelResult reconstructLabels(const media::Clip& clip, const media::ClipMask& mask,
                                            const VoxelOptions& options, const Progress& progress);

}  // namespace sonotwin::reconstruct
