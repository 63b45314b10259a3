// SPDX-License-Identifier: Apache-2.0
#include "regions.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "attributes.h"

namespace sonotwin::dicom {
namespace {
constexpr unsigned long kMostRegions = 256;
constexpr int kTwoDimensional = 1;
constexpr int kLargestSide = 65535;
constexpr double kSameScale = 1e-4;  // relative; makers round the same scale differently

/// A corner as the file gives it; out of any picture where it is missing or absurd.
int corner(DcmItem& item, const DcmTagKey& key) {
  const int value = integerOf(item, key).value_or(-1);
  return value < 0 || value > kLargestSide ? -1 : value;
}

media::UltrasoundRegion regionOf(DcmItem& item) {
  media::UltrasoundRegion region;
  region.rectangle = {.x0 = corner(item, DCM_RegionLocationMinX0),
                      .y0 = corner(item, DCM_RegionLocationMinY0),
                      .x1 = corner(item, DCM_RegionLocationMaxX1) + 1,
                      .y1 = corner(item, DCM_RegionLocationMaxY1) + 1};
  region.spatial_format = integerOf(item, DCM_RegionSpatialFormat).value_or(0);
  region.data_type = integerOf(item, DCM_RegionDataType).value_or(0);
  region.units_x = integerOf(item, DCM_PhysicalUnitsXDirection).value_or(0);
  region.units_y = integerOf(item, DCM_PhysicalUnitsYDirection).value_or(0);
  region.delta_x = numberOf(item, DCM_PhysicalDeltaX).value_or(0.0);
  region.delta_y = numberOf(item, DCM_PhysicalDeltaY).value_or(0.0);
  return region;
}

bool isCalibrated(const media::UltrasoundRegion& region) {
  return region.spatial_format == kTwoDimensional && region.spacing_mm().has_value();
}

bool sameScale(const media::UltrasoundRegion& a, const media::UltrasoundRegion& b) {
  const auto first = *a.spacing_mm();
  const auto second = *b.spacing_mm();
  return std::abs(first[0] - second[0]) <= kSameScale * first[0] &&
         std::abs(first[1] - second[1]) <= kSameScale * first[1];
}

bool liesInside(const media::PixelRectangle& r, const media::ClipInfo& info) {
  return r.x0 >= 0 && r.y0 >= 0 && r.x0 < r.x1 && r.y0 < r.y1 && r.x1 <= info.cols &&
         r.y1 <= info.rows;
}

/// Some makers give the corner beyond the last pixel rather than the last one.
media::PixelRectangle withoutPixelBeyond(media::PixelRectangle r, const media::ClipInfo& info) {
  if (r.x1 == info.cols + 1) r.x1 = info.cols;
  if (r.y1 == info.rows + 1) r.y1 = info.rows;
  return r;
}

std::string nameOf(std::size_t index, const media::ClipInfo& info) {
  return "ultrasound region " + std::to_string(index + 1) + " of " +
         std::to_string(info.regions.size());
}

/// Seen in the field: cut at one side, where the scale still holds; and halved, where it does not.
std::string whatDoesNotFit(const media::PixelRectangle& r, const media::ClipInfo& info) {
  const bool both_ways = r.x1 > info.cols && r.y1 > info.rows;
  return "The pixel spacing is that of " + info.spacing_source +
         ", which does not fit into the image: " +
         (both_ways ? "the image was probably scaled since, and lengths are wrong by that factor. "
                    : "the image was probably cropped since. ") +
         "Check a known distance before measuring.";
}

void useRegion(std::size_t index, media::ClipInfo& info) {
  const media::UltrasoundRegion& region = info.regions[index];
  info.spacing_mm = region.spacing_mm();
  info.spacing_source = nameOf(index, info);
  const media::PixelRectangle rectangle = withoutPixelBeyond(region.rectangle, info);
  if (liesInside(rectangle, info)) {
    info.sector.rectangle = rectangle;
  } else {
    info.assumptions.push_back(whatDoesNotFit(rectangle, info));
  }
  const auto differs = std::ranges::count_if(info.regions, [&](const auto& other) {
    return isCalibrated(other) && !sameScale(region, other);
  });
  if (differs > 0) {
    info.assumptions.push_back(
        "Regions of this image have different scales; the pixel spacing is "
        "that of " +
        info.spacing_source + ".");
  }
}

void noteUnusedSpacing(DcmItem& dataset, media::ClipInfo& info) {
  for (const auto& [key, name] :
       {std::pair(DCM_PixelSpacing, "Pixel Spacing"),
        std::pair(DCM_ImagerPixelSpacing, "Imager Pixel Spacing"),
        std::pair(DCM_NominalScannedPixelSpacing, "Nominal Scanned Pixel Spacing")}) {
    if (!hasValue(dataset, key)) continue;
    info.assumptions.push_back(std::string(name) +
                               " was not used: only ultrasound regions calibrate ultrasound.");
  }
}

std::string whyNoSpacing(const media::ClipInfo& info) {
  if (info.regions.empty()) return "uncalibrated: the file has no ultrasound regions";
  const bool any_flat = std::ranges::any_of(
      info.regions, [](const auto& region) { return region.spatial_format == kTwoDimensional; });
  if (!any_flat) return "uncalibrated: no ultrasound region is a 2D picture";
  return "uncalibrated: no 2D ultrasound region is scaled in centimetres";
}
}  // namespace

void readRegions(DcmItem& dataset, media::ClipInfo& info) {
  DcmSequenceOfItems* sequence = nullptr;
  dataset.findAndGetSequence(DCM_SequenceOfUltrasoundRegions, sequence);
  const unsigned long count = sequence == nullptr ? 0 : std::min(sequence->card(), kMostRegions);
  for (unsigned long i = 0; i < count; ++i) {
    DcmItem* item = sequence->getItem(i);
    if (item == nullptr) continue;
    info.regions.push_back(regionOf(*item));
    const auto frequency_khz = numberOf(*item, DCM_TransducerFrequency);
    if (!info.frequency_mhz && frequency_khz && *frequency_khz > 0.0) {
      info.frequency_mhz = *frequency_khz / 1000.0;
    }
  }
  const auto calibrated = std::ranges::find_if(info.regions, isCalibrated);
  if (calibrated == info.regions.end()) {
    info.spacing_source = whyNoSpacing(info);
  } else {
    useRegion(static_cast<std::size_t>(calibrated - info.regions.begin()), info);
  }
  noteUnusedSpacing(dataset, info);
}

}  // namespace sonotwin::dicom
