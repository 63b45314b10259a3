// SPDX-License-Identifier: Apache-2.0
#include "object_kind.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcelem.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "attributes.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
struct Kind {
  std::string_view key;
  std::string_view words;
};

constexpr std::string_view kStorageRoot = "1.2.840.10008.5.1.4.1.1.";
constexpr std::string_view kEnhancedVolume = "1.2.840.10008.5.1.4.1.1.6.2";

// Storage classes without pictures of ultrasound, by what follows the root; the longest that fits
// counts. Source: PS3.4 table B.5-1.
constexpr auto kOtherClasses = std::to_array<Kind>({
    {"104.1", "an encapsulated PDF document"},
    {"104.2", "an encapsulated CDA document"},
    {"104.3", "an encapsulated STL model"},
    {"104.4", "an encapsulated OBJ model"},
    {"104.5", "an encapsulated MTL model"},
    {"11", "a presentation state"},
    {"4.2", "MR spectroscopy"},
    {"481", "a radiotherapy object"},
    {"66", "raw data of a private form"},
    {"66.1", "a spatial registration"},
    {"66.2", "spatial fiducials"},
    {"66.3", "a deformable registration"},
    {"66.4", "a segmentation"},
    {"66.5", "a surface segmentation"},
    {"66.6", "a tractography result"},
    {"67", "a real-world value mapping"},
    {"68", "a surface scan"},
    {"88", "a structured report"},
    {"9", "a waveform"},
});

// Source: PS3.3 C.7.3.1.1.1.
constexpr auto kOtherModalities = std::to_array<Kind>({
    {"BI", "biomagnetic imaging"},
    {"BMD", "bone densitometry"},
    {"CR", "computed radiography"},
    {"CT", "computed tomography"},
    {"DX", "digital radiography"},
    {"ECG", "electrocardiography"},
    {"GM", "general microscopy"},
    {"IO", "intra-oral radiography"},
    {"MG", "mammography"},
    {"MR", "magnetic resonance"},
    {"NM", "nuclear medicine"},
    {"OCT", "optical coherence tomography"},
    {"OP", "ophthalmic photography"},
    {"OPT", "ophthalmic tomography"},
    {"PT", "positron emission tomography"},
    {"PX", "panoramic radiography"},
    {"RF", "radio fluoroscopy"},
    {"RG", "conventional radiography"},
    {"RTIMAGE", "radiotherapy imaging"},
    {"SM", "slide microscopy"},
    {"TG", "thermography"},
    {"XA", "X-ray angiography"},
    {"XC", "photography"},
});

void refuseOtherClass(std::string_view sop_class) {
  if (sop_class == "1.2.840.10008.1.3.10") {
    throwBadInput("it is a DICOMDIR, an index of other files. Add the folder it lies in");
  }
  if (!sop_class.starts_with(kStorageRoot)) return;
  const std::string_view suffix = sop_class.substr(kStorageRoot.size());
  const Kind* best = nullptr;
  for (const Kind& kind : kOtherClasses) {
    const bool fits = suffix == kind.key || (suffix.starts_with(kind.key) &&
                                             suffix.substr(kind.key.size()).starts_with('.'));
    if (fits && (best == nullptr || kind.key.size() > best->key.size())) best = &kind;
  }
  if (best != nullptr) throwBadInput("it is " + std::string(best->words) + ", not a picture");
}

void refuseOtherModality(std::string_view modality) {
  const auto found = std::ranges::find(kOtherModalities, modality, &Kind::key);
  if (found == kOtherModalities.end()) return;
  throwBadInput("its modality is " + std::string(modality) + " (" + std::string(found->words) +
                "), not ultrasound");
}

bool hasPrivatePictures(DcmItem& dataset) {
  for (DcmObject* o = dataset.nextInContainer(nullptr); o != nullptr;
       o = dataset.nextInContainer(o)) {
    const Uint16 group = o->getGTag();
    if (group == 0x7FE1 || group == 0x200D) return true;  // GE movie groups, Philips volumes
  }
  return false;
}

void requirePixelData(DcmItem& dataset) {
  if (dataset.tagExists(DCM_PixelData)) return;
  if (dataset.tagExists(DCM_FloatPixelData) || dataset.tagExists(DCM_DoubleFloatPixelData)) {
    throwBadInput("its pixels are floating-point numbers, which ultrasound pictures never are");
  }
  if (hasPrivatePictures(dataset)) {
    throwBadInput(
        "it has no pixel data: the maker's own form keeps them in private elements. "
        "Export the exam from the scanner as standard DICOM pictures");
  }
  throwBadInput("it has no pixel data, hence no picture");
}
}  // namespace

bool isUltrasoundClass(std::string_view sop_class) {
  static constexpr auto kClasses = std::to_array<std::string_view>({"3", "3.1", "6", "6.1", "6.2"});
  return sop_class.starts_with(kStorageRoot) &&
         std::ranges::find(kClasses, sop_class.substr(kStorageRoot.size())) != kClasses.end();
}

std::vector<std::string> requireUltrasoundPicture(DcmItem& dataset) {
  const std::string sop_class = textOf(dataset, DCM_SOPClassUID);
  const std::string modality = textOf(dataset, DCM_Modality);
  refuseOtherClass(sop_class);
  requirePixelData(dataset);
  refuseOtherModality(modality);
  std::vector<std::string> notes;
  if (sop_class == kEnhancedVolume) {
    notes.emplace_back("An Enhanced US Volume: its planes are taken as frames of a clip.");
  } else if (modality != "US" && modality != "IVUS" && !isUltrasoundClass(sop_class)) {
    notes.emplace_back("The file does not say that it is ultrasound; it was taken for it.");
  }
  return notes;
}

}  // namespace sonotwin::dicom
