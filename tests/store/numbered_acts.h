// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sonotwin/store/store.h"
#include "store_fixture.h"

namespace sonotwin::store {

/// Takes clip `number` in and, of every third, makes all that can be made of it. Everything hangs
/// on the clip, whose id it returns. Again with the same number, it changes nothing.
inline std::string addNumber(Store& store, int number) {
  const media::Clip clip = noiseClip(static_cast<std::uint32_t>(number), 4, 96, 64);
  const Origin origin = originOf("patient " + std::to_string(number % 7), 19000 + number % 5);
  const std::string id = store.addClip(clip, origin, {}).id;
  if (number % 3 == 0) {
    const std::string mask = store.addMask(id, halfMask(clip.info), "m", {});
    const std::string volume = store.addVolume(id, rampVolume(), "mask", 1, {.made_from = {mask}});
    store.addSurface(volume, tetrahedron(), 1.0, 1.0, {});
  }
  return id;
}

}  // namespace sonotwin::store
