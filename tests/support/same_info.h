// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "sonotwin/media/clip.h"

namespace sonotwin::media {

/// All that is known of a clip but its size, for calibrated ones.
inline void expectSameInfo(const ClipInfo& a, const ClipInfo& b) {
  EXPECT_EQ(a.type, b.type);
  EXPECT_EQ(a.spacing_mm, b.spacing_mm);
  EXPECT_EQ(a.spacing_source, b.spacing_source);
  EXPECT_EQ(a.regions, b.regions);
  EXPECT_EQ(a.sector, b.sector);
  EXPECT_EQ(a.tracked, b.tracked);
  EXPECT_EQ(a.world, b.world);
  ASSERT_EQ(a.probe_from_image.has_value(), b.probe_from_image.has_value());
  if (a.probe_from_image) {
    EXPECT_EQ(a.probe_from_image->matrix(), b.probe_from_image->matrix());
  }
  EXPECT_EQ(a.orientation, b.orientation);
  EXPECT_EQ(a.times_known, b.times_known);
  EXPECT_EQ(a.modality, b.modality);
  EXPECT_EQ(a.body_region, b.body_region);
  EXPECT_EQ(a.probe_name, b.probe_name);
  EXPECT_EQ(a.device_model, b.device_model);
  EXPECT_EQ(a.depth_mm, b.depth_mm);
  EXPECT_EQ(a.frequency_mhz, b.frequency_mhz);
  EXPECT_EQ(a.source_format, b.source_format);
  EXPECT_EQ(a.transfer_syntax, b.transfer_syntax);
  EXPECT_EQ(a.assumptions, b.assumptions);
}

}  // namespace sonotwin::media
