// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include <span>
#include <string>
#include <vector>

#include "blanking.h"
#include "dicom_frames.h"
#include "part10_writer.h"
#include "sonotwin/base/progress.h"
#include "transfer_syntax.h"

namespace sonotwin::dicom {

/// How the frames of an object go into its de-identified copy: as they are, blanked in place, or
/// decoded and packed anew without loss.
class FrameCopier {
 public:
  /// @param boxes  to be blanked; clipped to the picture here.
  /// @param hides_overlay  overlays lie in bits of the pixels that the picture does not use.
  FrameCopier(const ObjectFrames& frames, const TransferSyntax& syntax,
              std::span<const media::PixelRectangle> boxes, bool hides_overlay);

  [[nodiscard]] bool recodes() const noexcept { return recodes_; }
  [[nodiscard]] bool blanks() const noexcept { return !boxes_.empty(); }
  /// True where bits beside the picture's are cleared.
  [[nodiscard]] bool masks() const noexcept { return masks_; }
  /// Of the copy.
  [[nodiscard]] const std::string& transferSyntax() const noexcept { return syntax_; }
  [[nodiscard]] const FrameDecoder& decoder() const noexcept { return result_; }

  /// Sets the attributes of a header that describe the copy's pixels: as the original's were read,
  /// and otherwise where they are encoded anew.
  void describe(DcmItem& header) const;
  /// @param word  whether uncompressed pixels are written as OW.
  void copy(Part10Writer& writer, bool word, const Progress& progress) const;

 private:
  void describeRecoded(FrameDecoder& result) const;
  [[nodiscard]] std::vector<std::byte> frame(int index) const;
  [[nodiscard]] std::vector<std::byte> recoded(std::vector<std::byte> frame) const;
  void change(std::span<std::byte> samples, const SampleLayout& layout) const;
  [[nodiscard]] std::uint64_t mostBytes() const;

  const ObjectFrames& frames_;
  std::vector<media::PixelRectangle> boxes_;
  FrameDecoder result_;
  std::string syntax_;
  bool masks_ = false;
  bool recodes_ = false;
  std::string lossy_method_;
};

}  // namespace sonotwin::dicom
