// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "byte_reader.h"

namespace sonotwin::dicom {

enum class Encoding : std::uint8_t { kImplicitLittle, kExplicitLittle, kExplicitBig };

/// Where the data set of a file begins, and how it is encoded.
struct DataSetStart {
  std::uint64_t offset = 0;
  Encoding encoding = Encoding::kImplicitLittle;
  std::string transfer_syntax;  ///< as the meta header says; empty where it does not
};

/// Nothing where the file is not DICOM: neither a preamble, nor first elements that make sense.
/// Source: PS3.10 section 7.
[[nodiscard]] std::optional<DataSetStart> findDataSet(ByteReader& bytes);

/// What a walk over the structure of a data set found.
struct Structure {
  bool understood = true;           ///< false: encoding rules are broken somewhere
  bool has_pixel_data = false;      ///< pixel data were walked over whole
  std::uint64_t missing_bytes = 0;  ///< > 0: the file ends before its last element does
};

/// Walks over the elements from `start` without recursion and without reading values.
///
/// DCMTK parses sequences recursively: a few hundred kilobytes of nested sequences would overflow
/// the stack. So this runs first, on every file.
///
/// @throws Error(kBadInput) where sequences nest deeper than any real object's.
[[nodiscard]] Structure walkStructure(ByteReader& bytes, const DataSetStart& start);

}  // namespace sonotwin::dicom
