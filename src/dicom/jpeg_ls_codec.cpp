// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>

#include <memory>

#include "codestream.h"
#include "dcmtk_setup.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
/// A data set that says what the stream itself says: DCMTK's decoder believes the data set, and
/// one that contradicts the stream has made it write out of bounds.
void describe(DcmDataset& dataset, const Samples& samples) {
  const auto put = [&](const DcmTagKey& key, int value) {
    dataset.putAndInsertUint16(key, static_cast<Uint16>(value));
  };
  put(DCM_Rows, samples.rows);
  put(DCM_Columns, samples.cols);
  put(DCM_SamplesPerPixel, samples.components);
  put(DCM_BitsAllocated, samples.precision > 8 ? 16 : 8);
  put(DCM_BitsStored, samples.precision);
  put(DCM_HighBit, samples.precision - 1);
  put(DCM_PixelRepresentation, 0);
  if (samples.components == 3) put(DCM_PlanarConfiguration, 0);
  dataset.putAndInsertString(DCM_PhotometricInterpretation,
                             samples.components == 3 ? "RGB" : "MONOCHROME2");
  dataset.putAndInsertString(DCM_NumberOfFrames, "1");
}

/// The frame as a pixel sequence of one fragment after an empty offset table.
std::unique_ptr<DcmPixelSequence> sequenceOf(Bytes frame) {
  auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelSequenceTag));
  sequence->insert(new DcmPixelItem(DcmTag(DCM_PixelItemTag)));
  auto fragment = std::make_unique<DcmPixelItem>(DcmTag(DCM_PixelItemTag));
  Uint8* bytes = nullptr;
  const auto even = static_cast<Uint32>(frame.size() + frame.size() % 2);
  if (fragment->createUint8Array(even, bytes).bad()) throwBadInput("a frame does not fit memory");
  std::copy(frame.begin(), frame.end(), reinterpret_cast<std::byte*>(bytes));
  sequence->insert(fragment.release());
  return sequence;
}
}  // namespace

Samples decodeJpegLs(Bytes frame, const Codestream& header) {
  prepareDcmtk();
  if (header.precision < 2 || header.precision > 16) {
    throwBadInput("its JPEG-LS stream has " + std::to_string(header.precision) + " bits a sample");
  }
  Samples samples{header.rows, header.cols, header.components, header.precision, {}};
  const std::size_t sample_bytes = header.precision > 8 ? 2 : 1;
  const std::size_t size = static_cast<std::size_t>(header.rows) *
                           static_cast<std::size_t>(header.cols) *
                           static_cast<std::size_t>(header.components) * sample_bytes;
  samples.data.resize(size + size % 2);  // DCMTK insists on an even buffer
  DcmDataset dataset;
  describe(dataset, samples);
  DcmPixelData pixels(DCM_PixelData);
  // One decoder reads lossless and near-lossless streams alike.
  pixels.putOriginalRepresentation(EXS_JPEGLSLossy, nullptr, sequenceOf(frame).release());
  Uint32 fragment = 0;
  OFString colour_model;
  const OFCondition decoded =
      pixels.getUncompressedFrame(&dataset, 0, fragment, samples.data.data(),
                                  static_cast<Uint32>(samples.data.size()), colour_model);
  if (decoded.bad()) throwBadInput("its JPEG-LS data are damaged or cut short");
  samples.data.resize(size);
  return samples;
}

}  // namespace sonotwin::dicom
