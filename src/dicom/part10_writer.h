// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "sonotwin/dicom/frame_codec.h"

namespace sonotwin::dicom {

/// Writes one DICOM file: header first, then frames one by one, so that memory holds one at a time.
/// Removes the file again unless `finish` was called.
class Part10Writer {
 public:
  /// @throws Error(kDevice) where the file cannot be written; so do all that follow.
  explicit Part10Writer(std::filesystem::path path);
  ~Part10Writer();
  Part10Writer(const Part10Writer&) = delete;
  Part10Writer& operator=(const Part10Writer&) = delete;

  /// A preamble of zeros, our own meta header, then `dataset`, which has no pixel data.
  /// @param transfer_syntax  UID; neither big-endian nor deflated.
  void writeHeader(DcmDataset& dataset, const std::string& transfer_syntax);

  /// Frames of known size back to back.
  /// @param word  whether the element is OW; else OB.
  void beginUncompressed(std::uint64_t total_bytes, bool word);
  /// Fragments, one a frame.
  /// @param most_bytes  that all frames together can have: above 4 GiB there is no offset table.
  void beginFragments(int frames, std::uint64_t most_bytes);
  void addFrame(std::span<const std::byte> bytes);

  /// Ends the pixel data and closes the file. @returns where the frames lie.
  [[nodiscard]] std::vector<FrameBytes> finish();

 private:
  void write(std::span<const std::byte> bytes);
  void writeNumbers(std::initializer_list<std::uint32_t> values);
  void writeDataset(DcmDataset& dataset);
  void patchOffsetTable();

  std::filesystem::path path_;
  std::ofstream file_;
  std::uint64_t at_ = 0;
  E_TransferSyntax syntax_ = EXS_LittleEndianExplicit;
  bool fragments_ = false;
  std::uint64_t table_at_ = 0;  ///< 0: no offset table
  std::vector<FrameBytes> frames_;
  bool finished_ = false;
};

}  // namespace sonotwin::dicom
