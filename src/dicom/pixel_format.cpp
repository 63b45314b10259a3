// SPDX-License-Identifier: Apache-2.0
#include "pixel_format.h"

#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

#include "attributes.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
constexpr std::size_t kMostPixels = 1U << 28;  // a frame; the limit of picture files too

struct Term {
  std::string_view name;
  Photometric photometric;
  int samples;
};

constexpr auto kTerms = std::to_array<Term>({
    {"MONOCHROME1", Photometric::kMonochrome1, 1},
    {"MONOCHROME2", Photometric::kMonochrome2, 1},
    {"PALETTE COLOR", Photometric::kPalette, 1},
    {"RGB", Photometric::kRgb, 3},
    {"YBR_FULL", Photometric::kYbrFull, 3},
    {"YBR_FULL_422", Photometric::kYbrFull422, 3},
    {"YBR_PARTIAL_422", Photometric::kYbrPartial422, 3},
    {"YBR_PARTIAL_420", Photometric::kYbrPartial420, 3},
    {"YBR_RCT", Photometric::kYbrRct, 3},
    {"YBR_ICT", Photometric::kYbrIct, 3},
});

int require(DcmItem& dataset, const DcmTagKey& key, std::string_view name) {
  const auto value = integerOf(dataset, key);
  if (!value || *value < 1 || *value > 65535) {
    throwBadInput("its attribute " + std::string(name) + " is missing or absurd");
  }
  return *value;
}

void readSides(DcmItem& dataset, PixelFormat& format) {
  format.rows = require(dataset, DCM_Rows, "Rows");
  format.cols = require(dataset, DCM_Columns, "Columns");
  if (format.pixelCount() > kMostPixels) {
    throwBadInput("it claims frames of " + std::to_string(format.cols) + " x " +
                  std::to_string(format.rows) + " pixels, more than a picture can have");
  }
  const auto frames = integerOf(dataset, DCM_NumberOfFrames);
  if (!frames && hasValue(dataset, DCM_NumberOfFrames)) {
    throwBadInput("its attribute Number of Frames is no number");
  }
  if (frames.value_or(1) < 1) throwBadInput("its attribute Number of Frames is below one");
  format.frames = frames.value_or(1);
}

/// Only terms DICOM defines may be repeated in a message: a damaged file has anything here.
bool isPlainTerm(std::string_view text) {
  return !text.empty() && text.size() <= 16 && std::ranges::all_of(text, [](unsigned char c) {
    return std::isupper(c) != 0 || std::isdigit(c) != 0 || c == '_' || c == ' ';
  });
}

void readPhotometric(DcmItem& dataset, PixelFormat& format) {
  const std::string name = textOf(dataset, DCM_PhotometricInterpretation);
  const auto samples = integerOf(dataset, DCM_SamplesPerPixel);
  if (name.empty()) {
    format.samples = samples.value_or(1);
    format.photometric = format.samples == 3 ? Photometric::kRgb : Photometric::kMonochrome2;
    format.notes.emplace_back("The file does not name its photometric interpretation; " +
                              std::string(format.samples == 3 ? "RGB" : "grey") + " was assumed.");
  } else {
    const auto term = std::ranges::find(kTerms, name, &Term::name);
    if (term == kTerms.end()) {
      throwBadInput("its photometric interpretation " +
                    (isPlainTerm(name) ? name : std::string("is damaged")) + " is not supported");
    }
    format.photometric = term->photometric;
    format.samples = term->samples;
  }
  if ((format.samples != 1 && format.samples != 3) ||
      samples.value_or(format.samples) != format.samples) {
    throwBadInput("it has " + std::to_string(samples.value_or(0)) +
                  " samples a pixel, which contradicts its photometric interpretation");
  }
}

void readBits(DcmItem& dataset, PixelFormat& format) {
  format.bits_allocated = integerOf(dataset, DCM_BitsAllocated).value_or(0);
  if (format.bits_allocated != 8 && format.bits_allocated != 16) {
    throwBadInput("it has " + std::to_string(format.bits_allocated) +
                  " bits a sample (Bits Allocated); 8 and 16 are supported");
  }
  const int stored = integerOf(dataset, DCM_BitsStored).value_or(0);
  format.bits_stored = stored;
  if (stored < 1 || stored > format.bits_allocated) {
    format.bits_stored = format.bits_allocated;
    format.notes.emplace_back("Bits Stored is missing or absurd; all allocated bits were used.");
  }
  const int high_bit = integerOf(dataset, DCM_HighBit).value_or(format.bits_stored - 1);
  const bool possible = high_bit >= format.bits_stored - 1 && high_bit < format.bits_allocated;
  format.high_bit = possible ? high_bit : format.bits_stored - 1;
  if (!possible) {
    format.notes.emplace_back("High Bit is absurd; the lowest bits of each sample were used.");
  }
  format.is_signed = integerOf(dataset, DCM_PixelRepresentation).value_or(0) == 1;
}

void noteRescale(DcmItem& dataset, PixelFormat& format) {
  const double slope = numberOf(dataset, DCM_RescaleSlope).value_or(1.0);
  const double intercept = numberOf(dataset, DCM_RescaleIntercept).value_or(0.0);
  if (slope == 1.0 && intercept == 0.0) return;
  format.notes.emplace_back("Rescale Slope and Intercept were not applied: levels are as stored.");
}
}  // namespace

PixelFormat readPixelFormat(DcmItem& dataset) {
  PixelFormat format;
  readSides(dataset, format);
  readPhotometric(dataset, format);
  readBits(dataset, format);
  format.by_plane =
      format.samples == 3 && integerOf(dataset, DCM_PlanarConfiguration).value_or(0) == 1;
  noteRescale(dataset, format);
  return format;
}

}  // namespace sonotwin::dicom
