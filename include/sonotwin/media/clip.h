// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/geometry/transform.h"
#include "sonotwin/media/image.h"

namespace sonotwin::media {

using ProbeFromImage = geometry::Transform<geometry::Probe, geometry::Image>;
using WorldFromProbe = geometry::Transform<geometry::World, geometry::Probe>;
using WorldFromImage = geometry::Transform<geometry::World, geometry::Image>;

/// Rectangle of pixels: columns [x0, x1), rows [y0, y1).
struct PixelRectangle {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
  bool operator==(const PixelRectangle&) const = default;
};

/// Fan of a curved or phased array in an image, in pixels and radians: the points whose distance
/// from the apex lies in [start, end] and whose angle from straight down lies in [left, right].
struct Fan {
  double apex_x_px = 0.0, apex_y_px = 0.0;
  double start_radius_px = 0.0, end_radius_px = 0.0;
  double left_rad = 0.0, right_rad = 0.0;  ///< left < right; negative towards smaller columns
  double rows_per_col = 1.0;               ///< pixel height / width where pixels are not square
  bool operator==(const Fan&) const = default;
};

/// The part of the image that is ultrasound. Nothing set: all of it.
struct ScanSector {
  std::optional<PixelRectangle> rectangle;
  std::optional<Fan> fan;
  [[nodiscard]] bool contains(double col, double row) const;
  bool operator==(const ScanSector&) const = default;
};

/// One item of DICOM's Sequence of Ultrasound Regions (PS3.3 C.8.5.5).
struct UltrasoundRegion {
  PixelRectangle rectangle;
  int spatial_format = 0;  ///< 1: 2D tissue or flow, 2: M-mode, 3: spectral, ...
  int data_type = 0;       ///< 1: tissue, 2: colour flow, ...
  int units_x = 0;         ///< 3: cm, 4: seconds, ...
  int units_y = 0;
  double delta_x = 0.0;    ///< physical units a pixel, may be negative
  double delta_y = 0.0;
  /// Pixel size (x, y) where both units are centimetres.
  [[nodiscard]] std::optional<std::array<double, 2>> spacing_mm() const;
  bool operator==(const UltrasoundRegion&) const = default;
};

enum class PoseStatus : std::uint8_t { kMissing, kValid, kInvalid };

/// What is known of one frame beside its pixels.
struct FrameInfo {
  double time_s = 0.0;  ///< since the first frame
  PoseStatus pose_status = PoseStatus::kMissing;
  WorldFromProbe world_from_probe;  ///< meaningful only where the status is kValid
};

/// What is known of a clip as a whole. Holds nothing that identifies a patient.
struct ClipInfo {
  int frame_count = 0;
  int rows = 0;
  int cols = 0;
  int channels = 1;
  PixelType type = PixelType::kUint8;
  std::optional<std::array<double, 2>> spacing_mm;  ///< pixel size (x, y); none: uncalibrated
  std::string spacing_source;   ///< where spacing_mm came from, or why there is none
  std::vector<UltrasoundRegion> regions;
  ScanSector sector;
  bool tracked = false;         ///< at least one frame has a valid pose
  std::string world;            ///< where tracked: "Reference", "Tracker" or the file's own
  std::optional<ProbeFromImage> probe_from_image;   ///< from the calibration
  std::string orientation;      ///< of the source file, e.g. "MFA"; pixels here are always MF
  bool times_known = false;     ///< false: times are counted at a nominal rate of 30 Hz
  std::string modality = "US";
  std::string body_region;      ///< as the file says, else empty
  std::string probe_name;
  std::string device_model;
  std::optional<double> depth_mm;
  std::optional<double> frequency_mhz;
  std::string source_format;    ///< "DICOM", "MetaImage sequence", "NRRD sequence", "PNG", ...
  std::string transfer_syntax;  ///< DICOM only: its UID
  std::vector<std::string> assumptions;  ///< what the reader had to assume, in words
};

/// Gives the frames of one clip, each readable without the rest. Safe to call from any thread.
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  /// @throws Error(kBadInput | kDamaged) with the frame's number if it cannot be decoded.
  [[nodiscard]] virtual Image frame(int index) const = 0;
};

/// Frames held in memory.
class MemoryFrames final : public FrameSource {
 public:
  explicit MemoryFrames(std::vector<Image> frames) : frames_(std::move(frames)) {}
  [[nodiscard]] Image frame(int index) const override;

 private:
  std::vector<Image> frames_;
};

/// Frames with their times, poses and scan parameters.
struct Clip {
  ClipInfo info;
  std::vector<FrameInfo> frames;  ///< info.frame_count of them
  std::shared_ptr<const FrameSource> pixels;

  /// Pose of a frame's pixels where both pose and calibration are there.
  [[nodiscard]] std::optional<WorldFromImage> worldFromImage(int index) const;
  /// Frames that can go into a reconstruction.
  [[nodiscard]] int placedFrameCount() const;
};

}  // namespace sonotwin::media
