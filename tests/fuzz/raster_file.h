// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fuzz_clip.h"
#include "sonotwin/media/sequence_io.h"
#include "sonotwin/media/volume_io.h"

namespace sonotwin::fuzz {

/// The input as a sequence and as a volume, in the format that the name says.
inline void readRasterFile(Input input, const std::string& name) {
  const auto file = fileOf(input, name);
  readOrRefuse([&] { readFrames(media::readSequence(file)); });
  readOrRefuse([&] {
    const media::Volume volume = media::readVolume(file);
    if (volume.data.size() != volume.voxelCount() * media::bytesPerSample(volume.type)) {
      fail("a volume's data do not fit its size");
    }
  });
}

}  // namespace sonotwin::fuzz
