// SPDX-License-Identifier: Apache-2.0
#include "colour_model.h"

namespace sonotwin::dicom {
namespace {
bool namesYcbcr(Photometric photometric) {
  return photometric == Photometric::kYbrFull || photometric == Photometric::kYbrFull422 ||
         photometric == Photometric::kYbrPartial422 || photometric == Photometric::kYbrPartial420;
}

/// How far the header's word goes.
struct Question {
  bool ycbcr = false;  ///< the likely answer
  bool open = false;   ///< the picture may overrule it
  std::string note;
};

Question askJpeg2000(Photometric tag, const Codestream& stream) {
  const bool names_transform = tag == Photometric::kYbrRct || tag == Photometric::kYbrIct;
  // The decoder has undone its own transform: RGB, unless YCbCr went in.
  if (stream.colour_transform)
    return {.ycbcr = namesYcbcr(tag), .open = namesYcbcr(tag), .note = {}};
  return {.ycbcr = namesYcbcr(tag), .open = names_transform, .note = {}};
}

Question askJpeg(Photometric tag, const Codestream& stream) {
  const bool tag_ycbcr = namesYcbcr(tag);
  if (stream.says_ycbcr) {
    Question answer{.ycbcr = *stream.says_ycbcr, .open = false, .note = {}};
    if (answer.ycbcr != tag_ycbcr) {
      answer.note = std::string("The header says ") + (tag_ycbcr ? "YCbCr" : "RGB") +
                    ", the JPEG data say " + (tag_ycbcr ? "RGB" : "YCbCr") +
                    "; the data were believed.";
    }
    return answer;
  }
  const bool decompressed_once = !stream.discrete_cosine && tag == Photometric::kYbrFull422;
  return {.ycbcr = tag_ycbcr,
          .open = (stream.discrete_cosine && !tag_ycbcr) || decompressed_once,
          .note = {}};
}

Question ask(const PixelFormat& format, Codec codec, const std::optional<Codestream>& stream) {
  const Photometric tag = format.photometric;
  if (codec == Codec::kJpeg2000 && stream) return askJpeg2000(tag, *stream);
  if (stream) return askJpeg(tag, *stream);
  return {.ycbcr = namesYcbcr(tag), .open = tag == Photometric::kYbrFull422, .note = {}};
}
}  // namespace

ColourDecision decideColour(const PixelFormat& format, Codec codec,
                            const std::optional<Codestream>& stream,
                            const std::function<Samples()>& first_frame) {
  switch (format.photometric) {
    case Photometric::kMonochrome1:
      return {ColourModel::kInverseGrey, "MONOCHROME1: grey levels were inverted, black is 0."};
    case Photometric::kMonochrome2:
      return {ColourModel::kGrey, {}};
    case Photometric::kPalette:
      return {ColourModel::kPalette, {}};
    default:
      break;
  }
  Question question = ask(format, codec, stream);
  if (question.open) {
    const auto seen = looksLikeYcbcr(first_frame());
    if (seen && *seen != question.ycbcr) {
      question.ycbcr = *seen;
      question.note = std::string("The header's colour space does not fit the picture, which is ") +
                      (*seen ? "YCbCr" : "RGB") + "; it was read as that.";
    }
  }
  const bool partial = format.photometric == Photometric::kYbrPartial422 && !stream;
  const ColourModel ycbcr = partial ? ColourModel::kYbrPartial : ColourModel::kYbrFull;
  return {question.ycbcr ? ycbcr : ColourModel::kRgb, question.note};
}

}  // namespace sonotwin::dicom
