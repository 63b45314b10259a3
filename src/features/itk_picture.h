// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <itkImage.h>
#include <itkProcessObject.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "sonotwin/base/error.h"

namespace sonotwin::features {

using Picture = itk::Image<std::uint8_t, 2>;

/// A copy, of pixels of one by one.
inline Picture::Pointer pictureOf(const std::vector<std::uint8_t>& values, int rows, int cols) {
  const auto picture = Picture::New();
  picture->SetRegions(Picture::SizeType{
      {static_cast<itk::SizeValueType>(cols), static_cast<itk::SizeValueType>(rows)}});
  picture->Allocate();
  std::ranges::copy(values, picture->GetBufferPointer());
  return picture;
}

inline void runFilter(itk::ProcessObject& filter) {
  try {
    filter.Update();
  } catch (const itk::ExceptionObject& error) {
    throw Error(ErrorKind::kInternal,
                std::string("Features of a mask failed: ") + error.GetDescription());
  }
}

}  // namespace sonotwin::features
