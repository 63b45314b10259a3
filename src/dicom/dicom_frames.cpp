// SPDX-License-Identifier: Apache-2.0
#include "dicom_frames.h"

#include <utility>

#include "sonotwin/base/error.h"

namespace sonotwin::dicom {

ObjectFrames openFrames(std::shared_ptr<DcmDataset> dataset, Codec codec, PixelFormat format) {
  std::vector<std::string> notes = format.notes;
  FrameDecoder decoder;
  decoder.codec = codec;
  if (format.photometric == Photometric::kPalette) {
    decoder.recipe.palette =
        std::make_shared<Palette>(readPalette(*dataset, format.is_signed, notes));
  }
  auto reader =
      std::make_unique<FrameReader>(std::move(dataset), format, codec != Codec::kUncompressed);
  notes.insert(notes.end(), reader->notes().begin(), reader->notes().end());
  decoder.by_pairs = reader->areByPairs();
  decoder.format = std::move(format);
  completeDecoder(
      decoder, [&] { return reader->read(0); }, notes);
  return {std::move(reader), std::move(decoder), std::move(notes)};
}

media::Image DicomFrames::frame(int index) const {
  if (index < 0 || index >= frames_.decoder.format.frames) {
    throwNotFound(path_.string() + ": there is no frame " + std::to_string(index) + ".");
  }
  try {
    return frames_.decoder.image(frames_.reader->read(index));
  } catch (const Error& error) {
    throw Error(error.kind(),
                path_.string() + ": frame " + std::to_string(index) + ": " + error.what() + ".");
  }
}

}  // namespace sonotwin::dicom
