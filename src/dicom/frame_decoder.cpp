// SPDX-License-Identifier: Apache-2.0
#include "frame_decoder.h"

#include <algorithm>
#include <utility>

#include "colour_model.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
std::string sizeText(int cols, int rows, int components) {
  return std::to_string(cols) + " x " + std::to_string(rows) + " pixels of " +
         std::to_string(components) + (components == 1 ? " sample" : " samples");
}

bool isSelfDescribed(Codec codec) {
  return codec != Codec::kUncompressed && codec != Codec::kRle;
}

/// Pixels that so many bytes can hold: memory is taken for what is there, not for what is claimed.
std::size_t mostPixels(Codec codec, std::size_t bytes) {
  constexpr std::size_t kScreen = 1U << 23;  // 3840 x 2160 and some
  switch (codec) {
    case Codec::kRle:
      return 64 * bytes;  // two bytes repeat a sample 128 times at most
    case Codec::kJpeg:
      return 512 * bytes;  // a block of 64 takes a bit at least
    case Codec::kJpegLs:
    case Codec::kJpeg2000:
      return std::max(kScreen, 1024 * bytes);  // an even picture takes next to none
    case Codec::kUncompressed:
      break;
  }
  return bytes;
}

void noteLosses(const PixelRecipe& recipe, std::vector<std::string>& notes) {
  if (recipe.is_signed && recipe.channels() == 1) {
    notes.emplace_back("Pixel values are signed; they were shifted to start at zero.");
  }
  if (recipe.channels() == 3 && recipe.model != ColourModel::kPalette && recipe.bits > 8) {
    notes.push_back("Colours of " + std::to_string(recipe.bits) + " bits were reduced to 8.");
  }
}
}  // namespace

std::optional<Codestream> FrameDecoder::headerOf(Bytes frame) const {
  if (!isSelfDescribed(codec)) return std::nullopt;
  const Codestream stream = readCodestream(codec, frame);
  if (stream.rows != format.rows || stream.cols != format.cols ||
      stream.components != format.samples) {
    throwBadInput("its compressed data hold " +
                  sizeText(stream.cols, stream.rows, stream.components) + ", its header promises " +
                  sizeText(format.cols, format.rows, format.samples));
  }
  return stream;
}

Samples FrameDecoder::decode(std::vector<std::byte> frame, bool ycbcr) const {
  const std::optional<Codestream> stream = headerOf(frame);
  if (stream && stream->precision != precision) {
    throwBadInput("its depth differs from the first frame's");
  }
  if (codec != Codec::kUncompressed && format.pixelCount() > mostPixels(codec, frame.size())) {
    throwBadInput("its compressed data are too few for " + std::to_string(format.cols) + " x " +
                  std::to_string(format.rows) + " pixels");
  }
  switch (codec) {
    case Codec::kRle:
      return decodeRle(frame, format.rows, format.cols, format.samples, format.bits_allocated / 8);
    case Codec::kJpeg:
      return decodeJpeg(frame, *stream, ycbcr);
    case Codec::kJpegLs:
      return decodeJpegLs(frame, *stream);
    case Codec::kJpeg2000:
      return decodeJpeg2000(frame);
    case Codec::kUncompressed:
      break;
  }
  if (frame.size() != (by_pairs ? 2 * format.pixelCount() : format.frameBytes())) {
    throwBadInput("its pixel data are cut short");
  }
  return by_pairs ? expandPairs(frame, format) : interleavePlanes(std::move(frame), format);
}

void completeDecoder(FrameDecoder& decoder,
                     const std::function<std::vector<std::byte>()>& first_frame,
                     std::vector<std::string>& notes) {
  std::optional<Codestream> stream;
  if (isSelfDescribed(decoder.codec)) stream = decoder.headerOf(first_frame());
  decoder.precision = stream ? stream->precision : decoder.format.bits_allocated;
  ColourDecision decision = decideColour(decoder.format, decoder.codec, stream,
                                         [&] { return decoder.decode(first_frame(), false); });
  if (!decision.note.empty()) notes.push_back(std::move(decision.note));
  PixelRecipe& recipe = decoder.recipe;
  recipe.model = decision.model;
  setBits(decoder.format, decoder.precision, recipe);
  decoder.converts_colour = recipe.model == ColourModel::kYbrFull &&
                            decoder.codec == Codec::kJpeg && stream->discrete_cosine &&
                            stream->precision == 8;
  if (decoder.converts_colour) recipe.model = ColourModel::kRgb;
  noteLosses(recipe, notes);
}

}  // namespace sonotwin::dicom
