// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/dicom/reassign.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include <fstream>
#include <memory>
#include <vector>

#include "attributes.h"
#include "date_shift.h"
#include "element_values.h"
#include "header_cleaner.h"
#include "load_object.h"
#include "part10_writer.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
void moveDates(DcmItem& dataset, int days) {
  DcmStack place;
  while (dataset.nextObject(place, OFTrue).good()) {
    auto* element = dynamic_cast<DcmElement*>(place.top());
    if (element == nullptr || (element->getVR() != EVR_DA && element->getVR() != EVR_DT)) continue;
    const std::string moved = moveShifted(textIn(*element).value_or(""), days);
    if (!moved.empty() && element->putString(moved.c_str()).bad()) {
      throw Error(ErrorKind::kInternal, "a date cannot be written");
    }
  }
}

bool isOfBytes(DcmDataset& dataset) {
  DcmElement* pixels = nullptr;
  dataset.findAndGetElement(DCM_PixelData, pixels);
  return pixels != nullptr && pixels->getVR() == EVR_OB;
}

void copyFrames(const std::filesystem::path& source, std::span<const FrameBytes> frames,
                Part10Writer& writer, const Progress& progress) {
  std::ifstream file(source, std::ios::binary);
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    progress.report(static_cast<double>(i) / static_cast<double>(frames.size()), "writing");
    bytes.resize(frames[i].size);
    file.seekg(static_cast<std::streamoff>(frames[i].offset));
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!file) throwBadInput("frame " + std::to_string(i) + " cannot be read");
    writer.addFrame(bytes);
  }
}
}  // namespace

void reassign(const std::filesystem::path& source, const std::filesystem::path& destination,
              const Assignee& assignee, std::span<const FrameBytes> frames,
              const Progress& progress) {
  const LoadedObject object = loadObject(source);
  DcmDataset& dataset = *object.dataset;
  const bool of_bytes = isOfBytes(dataset);
  dataset.findAndDeleteElement(DCM_PixelData);
  putText(dataset, DCM_PatientID, EVR_LO, assignee.patient_id);
  putText(dataset, DCM_PatientName, EVR_PN, pseudonymAsName(assignee.patient_id));
  if (textOf(dataset, DCM_LongitudinalTemporalInformationModified) == "MODIFIED") {
    moveDates(dataset, assignee.days);
  }
  std::uint64_t total = 0;
  for (const FrameBytes& frame : frames) total += frame.size;
  Part10Writer writer(destination);
  writer.writeHeader(dataset, object.syntax.uid);
  if (object.syntax.codec == Codec::kUncompressed) {
    writer.beginUncompressed(total, !of_bytes);
  } else {
    writer.beginFragments(static_cast<int>(frames.size()), total);
  }
  copyFrames(source, frames, writer, progress);
  static_cast<void>(writer.finish());
}

}  // namespace sonotwin::dicom
