// SPDX-License-Identifier: Apache-2.0
#include "frame_copier.h"

#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>

#include "attributes.h"
#include "element_values.h"
#include "rle_encoder.h"
#include "scrub.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
constexpr const char* kExplicitLittle = "1.2.840.10008.1.2.1";
constexpr const char* kExplicitBig = "1.2.840.10008.1.2.2";
constexpr const char* kRleLossless = "1.2.840.10008.1.2.5";

bool hasUnusedBits(const FrameDecoder& decoder) {
  return decoder.recipe.bits < decoder.format.bits_allocated;
}

bool isYbr(ColourModel model) {
  return model == ColourModel::kYbrFull || model == ColourModel::kYbrPartial;
}

bool fallsOnPairs(const media::PixelRectangle& box) {
  return box.x0 % 2 == 0 && box.x1 % 2 == 0;
}

/// Terms of Lossy Image Compression Method; empty for lossless encodings. Source: C.7.6.1.1.5.1.
std::string lossyMethodOf(const FrameDecoder& decoder, const std::string& syntax,
                          Bytes first_frame) {
  if (decoder.codec == Codec::kJpeg) {
    return decoder.headerOf(first_frame)->discrete_cosine ? "ISO_10918_1" : "";
  }
  if (syntax == "1.2.840.10008.1.2.4.81") return "ISO_14495_1";
  if (syntax == "1.2.840.10008.1.2.4.91") return "ISO_15444_1";
  return {};
}

const char* photometricOf(ColourModel model) {
  switch (model) {
    case ColourModel::kGrey:
      return "MONOCHROME2";
    case ColourModel::kInverseGrey:
      return "MONOCHROME1";
    case ColourModel::kPalette:
      return "PALETTE COLOR";
    case ColourModel::kYbrFull:
    case ColourModel::kYbrPartial:
    case ColourModel::kRgb:
      break;
  }
  return "RGB";
}

void putNumber(DcmItem& header, const DcmTagKey& key, int value) {
  putText(header, key, EVR_US, std::to_string(value));
}
}  // namespace

FrameCopier::FrameCopier(const ObjectFrames& frames, const TransferSyntax& syntax,
                         std::span<const media::PixelRectangle> boxes, bool hides_overlay)
    : frames_(frames),
      boxes_(clippedBoxes(boxes, frames.decoder.format.cols, frames.decoder.format.rows)),
      result_(frames.decoder),
      syntax_(syntax.uid) {
  const FrameDecoder& decoder = frames.decoder;
  const bool raw = decoder.codec == Codec::kUncompressed;
  masks_ = hasUnusedBits(decoder) && (raw || decoder.codec == Codec::kRle || hides_overlay);
  const bool splits_pairs = decoder.by_pairs && !std::ranges::all_of(boxes_, fallsOnPairs);
  recodes_ = raw ? splits_pairs : masks_ || !boxes_.empty();
  if (!raw) {
    const std::vector<std::byte> first = frames.reader->read(0);
    recodes_ |= needsRecoding(first, decoder.codec);
    if (recodes_) lossy_method_ = lossyMethodOf(decoder, syntax.uid, first);
  }
  if (recodes_) {
    describeRecoded(result_);
    syntax_ = kRleLossless;
  } else if (syntax.deflated || syntax_ == kExplicitBig) {
    syntax_ = kExplicitLittle;
  }
}

void FrameCopier::describeRecoded(FrameDecoder& result) const {
  result.codec = Codec::kRle;
  result.by_pairs = false;
  result.converts_colour = false;
  result.format.by_plane = false;
  if (isYbr(result.recipe.model)) {
    // As the reader makes them, so that pixels outside the boxes are the same to the bit.
    result.recipe = PixelRecipe();
    result.recipe.model = ColourModel::kRgb;
    result.precision = 8;
  }
  result.precision = result.precision > 8 ? 16 : 8;
  result.format.bits_allocated = result.precision;
}

void FrameCopier::describe(DcmItem& header) const {
  const PixelFormat& format = result_.format;
  putNumber(header, DCM_Rows, format.rows);
  putNumber(header, DCM_Columns, format.cols);
  putNumber(header, DCM_SamplesPerPixel, format.samples);
  putNumber(header, DCM_BitsAllocated, format.bits_allocated);
  putNumber(header, DCM_PixelRepresentation, format.is_signed ? 1 : 0);
  if (!recodes_) {
    putNumber(header, DCM_BitsStored, format.bits_stored);
    putNumber(header, DCM_HighBit, format.high_bit);
    return;
  }
  const PixelRecipe& recipe = result_.recipe;
  putText(header, DCM_PhotometricInterpretation, EVR_CS, photometricOf(recipe.model));
  if (format.samples == 3) putNumber(header, DCM_PlanarConfiguration, 0);
  putNumber(header, DCM_BitsStored, recipe.bits);
  putNumber(header, DCM_HighBit, recipe.shift + recipe.bits - 1);
  if (lossy_method_.empty()) return;
  // What was lost once stays lost.
  putText(header, DCM_LossyImageCompression, EVR_CS, "01");
  if (hasValue(header, DCM_LossyImageCompressionMethod)) return;
  putText(header, DCM_LossyImageCompressionMethod, EVR_CS, lossy_method_);
}

void FrameCopier::change(std::span<std::byte> samples, const SampleLayout& layout) const {
  if (masks_) maskUnusedBits(samples, layout.bytes, result_.recipe);
  if (!boxes_.empty()) blankBoxes(samples, layout, boxes_, blackOf(result_));
}

std::vector<std::byte> FrameCopier::recoded(std::vector<std::byte> bytes) const {
  const FrameDecoder& decoder = frames_.decoder;
  Samples samples = decoder.decode(std::move(bytes), decoder.converts_colour);
  if (isYbr(decoder.recipe.model)) {
    media::Image image = makeImage(std::move(samples), decoder.recipe);
    samples = {image.rows, image.cols, 3, 8, std::move(image.data)};
  }
  change(samples.data, {.rows = samples.rows,
                        .cols = samples.cols,
                        .samples = samples.components,
                        .bytes = samples.precision > 8 ? 2 : 1});
  return encodeRle(samples);
}

std::vector<std::byte> FrameCopier::frame(int index) const {
  std::vector<std::byte> bytes = frames_.reader->read(index);
  if (recodes_) return recoded(std::move(bytes));
  const PixelFormat& format = frames_.decoder.format;
  if (frames_.decoder.codec == Codec::kUncompressed) {
    change(bytes, {.rows = format.rows,
                   .cols = format.cols,
                   .samples = format.samples,
                   .bytes = format.bits_allocated / 8,
                   .by_plane = format.by_plane,
                   .by_pairs = frames_.decoder.by_pairs});
  } else {
    scrubFrame(bytes, frames_.decoder);
  }
  return bytes;
}

std::uint64_t FrameCopier::mostBytes() const {
  std::uint64_t most = 0;
  const PixelFormat& format = result_.format;
  const int segments = format.samples * format.bits_allocated / 8;
  for (int i = 0; i < format.frames; ++i) {
    most += recodes_ ? longestRle(format.frameBytes(), format.rows, segments)
                     : frames_.reader->sizeOf(i);
  }
  return most;
}

void FrameCopier::copy(Part10Writer& writer, bool word, const Progress& progress) const {
  const int count = frames_.decoder.format.frames;
  if (result_.codec == Codec::kUncompressed) {
    writer.beginUncompressed(mostBytes(), word);
  } else {
    writer.beginFragments(count, mostBytes());
  }
  for (int i = 0; i < count; ++i) {
    progress.report(static_cast<double>(i) / count, "De-identifying");
    try {
      writer.addFrame(frame(i));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kBadInput) throw;
      throwBadInput("frame " + std::to_string(i) + ": " + error.what());
    }
  }
}

}  // namespace sonotwin::dicom
