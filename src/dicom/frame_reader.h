// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcfcache.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpxitem.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "pixel_format.h"

namespace sonotwin::dicom {

/// Fragments [first, last) that make up one frame.
struct FragmentRange {
  std::size_t first = 0;
  std::size_t last = 0;
  bool operator==(const FragmentRange&) const = default;
};

/// Assigns fragments to frames: one each; or by the offset table where it fits; or by the
/// fragments that begin a picture.
/// @param sizes         length of every fragment in bytes.
/// @param offsets       basic offset table, empty where there is none.
/// @param frames        how many frames there should be.
/// @param begins_frame  true where fragment i begins a picture; asked only where needed.
/// @throws Error(kBadInput) where they cannot be told apart. Source: PS3.5 A.4.
[[nodiscard]] std::vector<FragmentRange> assignFragments(
    const std::vector<std::uint32_t>& sizes, const std::vector<std::uint32_t>& offsets,
    std::size_t frames, const std::function<bool(std::size_t)>& begins_frame);

/// Bytes of single frames as they lie in the file. Any thread.
class FrameReader {
 public:
  /// @param encapsulated  whether the transfer syntax packs frames in fragments.
  /// @throws Error(kBadInput) where the pixel data hold less than the header promises.
  FrameReader(std::shared_ptr<DcmDataset> dataset, const PixelFormat& format, bool encapsulated);

  /// True for frames in which pairs of pixels share their colour.
  [[nodiscard]] bool areByPairs() const noexcept { return by_pairs_; }
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

  /// Bytes of one frame.
  [[nodiscard]] std::uint64_t sizeOf(int frame) const;
  /// @throws Error(kBadInput) if the file cannot be read (any longer).
  [[nodiscard]] std::vector<std::byte> read(int frame) const;

 private:
  void indexUncompressed(const PixelFormat& format);
  void indexFragments(const PixelFormat& format);
  [[nodiscard]] std::vector<std::uint32_t> readOffsets(DcmPixelItem& table) const;
  [[nodiscard]] bool beginsPicture(DcmPixelItem& fragment) const;
  void readPart(DcmElement& element, std::uint64_t offset, std::byte* out,
                std::uint64_t count) const;

  std::shared_ptr<DcmDataset> dataset_;
  DcmPixelData* pixels_ = nullptr;
  std::vector<DcmPixelItem*> fragments_;
  std::vector<std::uint32_t> sizes_;
  std::vector<FragmentRange> frames_;  ///< empty: uncompressed
  std::uint64_t frame_bytes_ = 0;
  bool by_pairs_ = false;
  std::vector<std::string> notes_;
  mutable DcmFileCache cache_;
  mutable std::mutex mutex_;
};

}  // namespace sonotwin::dicom
