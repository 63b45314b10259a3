// SPDX-License-Identifier: Apache-2.0
#include "clip_info.h"

#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "attributes.h"
#include "body_parts.h"
#include "identity.h"
#include "kept_text.h"
#include "object_kind.h"

namespace sonotwin::dicom {
namespace {
constexpr double kDeepest_mm = 1000.0;

bool hasFormOfModel(std::string_view text) {
  constexpr std::size_t kLongest = 32;
  return !text.empty() && text.size() <= kLongest && std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x80 && (std::isalnum(byte) != 0 ||
                           std::string_view(" .-_/+").find(c) != std::string_view::npos);
  });
}

std::string inCapitals(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string deviceModelOf(DcmItem& dataset) {
  std::string model = textOf(dataset, DCM_ManufacturerModelName);
  if (!hasFormOfModel(model)) return {};
  return holdsOneOf(model, identifyingWords(dataset)) ? std::string() : model;
}

std::string modalityOf(DcmItem& dataset) {
  const std::string modality = textOf(dataset, DCM_Modality);
  if (modality == "US" || modality == "IVUS") return modality;
  return isUltrasoundClass(textOf(dataset, DCM_SOPClassUID)) ? "US" : "OT";
}
}  // namespace

void readScanAttributes(DcmItem& dataset, media::ClipInfo& info) {
  info.modality = modalityOf(dataset);
  const std::string body_part = inCapitals(textOf(dataset, DCM_BodyPartExamined));
  if (isBodyPartTerm(body_part)) info.body_region = body_part;
  const std::string transducer = textOf(dataset, DCM_TransducerType);
  if (isTransducerTerm(transducer)) info.probe_name = transducer;
  info.device_model = deviceModelOf(dataset);
  const auto depth_mm = numberOf(dataset, DCM_DepthOfScanField);
  if (depth_mm && *depth_mm > 0.0 && *depth_mm <= kDeepest_mm) info.depth_mm = depth_mm;
}

}  // namespace sonotwin::dicom
