// SPDX-License-Identifier: Apache-2.0
#include "dicom_frames.h"

#include <utility>

#include "colour_model.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
std::string sizeText(int cols, int rows, int components) {
  return std::to_string(cols) + " x " + std::to_string(rows) + " pixels of " +
         std::to_string(components) + (components == 1 ? " sample" : " samples");
}

void checkAgainstHeader(const Codestream& stream, const PixelFormat& format) {
  if (stream.rows == format.rows && stream.cols == format.cols &&
      stream.components == format.samples) {
    return;
  }
  throwBadInput("its compressed data hold " +
                sizeText(stream.cols, stream.rows, stream.components) + ", its header promises " +
                sizeText(format.cols, format.rows, format.samples));
}
}  // namespace

DicomFrames::DicomFrames(std::filesystem::path path, LoadedObject object, PixelFormat format)
    : path_(std::move(path)), format_(std::move(format)), codec_(object.syntax.codec) {
  for (std::string& text : object.notes) note(std::move(text));
  for (const std::string& text : format_.notes) note(text);
  if (format_.photometric == Photometric::kPalette) {
    recipe_.palette =
        std::make_shared<Palette>(readPalette(*object.dataset, format_.is_signed, notes_));
  }
  bytes_.emplace(std::move(object.dataset), format_, codec_ != Codec::kUncompressed);
  for (const std::string& text : bytes_->notes()) note(text);

  std::vector<std::byte> first = codec_ == Codec::kUncompressed || codec_ == Codec::kRle
                                     ? std::vector<std::byte>()
                                     : bytes_->read(0);
  const std::optional<Codestream> stream = first.empty() ? std::nullopt : headerOf(first);
  precision_ = stream ? stream->precision : format_.bits_allocated;
  const ColourDecision decision =
      decideColour(format_, codec_, stream, [&] { return decode(bytes_->read(0), false); });
  note(decision.note);
  recipe_.model = decision.model;
  setBits(format_, precision_, recipe_);
  decoder_converts_ = recipe_.model == ColourModel::kYbrFull && codec_ == Codec::kJpeg &&
                      stream->discrete_cosine && stream->precision == 8;
  if (decoder_converts_) recipe_.model = ColourModel::kRgb;
  if (recipe_.is_signed && recipe_.channels() == 1) {
    note("Pixel values are signed; they were shifted to start at zero.");
  }
  if (recipe_.channels() == 3 && recipe_.model != ColourModel::kPalette && recipe_.bits > 8) {
    note("Colours of " + std::to_string(recipe_.bits) + " bits were reduced to 8.");
  }
}

void DicomFrames::note(std::string text) {
  if (!text.empty()) notes_.push_back(std::move(text));
}

std::optional<Codestream> DicomFrames::headerOf(Bytes frame) const {
  if (codec_ == Codec::kUncompressed || codec_ == Codec::kRle) return std::nullopt;
  const Codestream stream = readCodestream(codec_, frame);
  checkAgainstHeader(stream, format_);
  return stream;
}

Samples DicomFrames::decode(std::vector<std::byte> frame, bool ycbcr) const {
  const std::optional<Codestream> stream = headerOf(frame);
  if (stream && stream->precision != precision_) {
    throwBadInput("its depth differs from the first frame's");
  }
  switch (codec_) {
    case Codec::kRle:
      return decodeRle(frame, format_.rows, format_.cols, format_.samples,
                       format_.bits_allocated / 8);
    case Codec::kJpeg:
      return decodeJpeg(frame, *stream, ycbcr);
    case Codec::kJpegLs:
      return decodeJpegLs(frame, *stream);
    case Codec::kJpeg2000:
      return decodeJpeg2000(frame);
    case Codec::kUncompressed:
      break;
  }
  return bytes_->areByPairs() ? expandPairs(frame, format_)
                              : interleavePlanes(std::move(frame), format_);
}

media::Image DicomFrames::frame(int index) const {
  if (index < 0 || index >= format_.frames) {
    throwNotFound(path_.string() + ": there is no frame " + std::to_string(index) + ".");
  }
  try {
    return makeImage(decode(bytes_->read(index), decoder_converts_), recipe_);
  } catch (const Error& error) {
    throw Error(error.kind(),
                path_.string() + ": frame " + std::to_string(index) + ": " + error.what() + ".");
  }
}

}  // namespace sonotwin::dicom
