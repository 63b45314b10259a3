// SPDX-License-Identifier: Apache-2.0
#include "transfer_syntax.h"

#include <algorithm>
#include <array>
#include <optional>

#include "kept_text.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
struct Known {
  std::string_view suffix;  ///< after 1.2.840.10008.1.2
  std::optional<Codec> codec;
  std::string_view name;
};

constexpr std::string_view kRoot = "1.2.840.10008.1.2";
constexpr auto kKnown = std::to_array<Known>({
    {"", Codec::kUncompressed, "Implicit VR Little Endian"},
    {".1", Codec::kUncompressed, "Explicit VR Little Endian"},
    {".1.99", Codec::kUncompressed, "Deflated Explicit VR Little Endian"},
    {".2", Codec::kUncompressed, "Explicit VR Big Endian"},
    {".5", Codec::kRle, "RLE Lossless"},
    {".4.50", Codec::kJpeg, "JPEG Baseline"},
    {".4.51", Codec::kJpeg, "JPEG Extended"},
    {".4.53", Codec::kJpeg, "JPEG Spectral Selection"},
    {".4.55", Codec::kJpeg, "JPEG Full Progression"},
    {".4.57", Codec::kJpeg, "JPEG Lossless"},
    {".4.70", Codec::kJpeg, "JPEG Lossless, First-Order Prediction"},
    {".4.80", Codec::kJpegLs, "JPEG-LS Lossless"},
    {".4.81", Codec::kJpegLs, "JPEG-LS Near-Lossless"},
    {".4.90", Codec::kJpeg2000, "JPEG 2000 Lossless"},
    {".4.91", Codec::kJpeg2000, "JPEG 2000"},
    {".4.92", std::nullopt, "JPEG 2000 Multi-component Lossless"},
    {".4.93", std::nullopt, "JPEG 2000 Multi-component"},
    {".4.94", std::nullopt, "JPIP Referenced (pixels are on a server)"},
    {".4.95", std::nullopt, "JPIP Referenced Deflate (pixels are on a server)"},
    {".4.100", std::nullopt, "MPEG2 video, Main Profile / Main Level"},
    {".4.100.1", std::nullopt, "MPEG2 video, Main Profile / Main Level, fragmentable"},
    {".4.101", std::nullopt, "MPEG2 video, Main Profile / High Level"},
    {".4.101.1", std::nullopt, "MPEG2 video, Main Profile / High Level, fragmentable"},
    {".4.102", std::nullopt, "MPEG-4 AVC/H.264 video, High Profile"},
    {".4.102.1", std::nullopt, "MPEG-4 AVC/H.264 video, High Profile, fragmentable"},
    {".4.103", std::nullopt, "MPEG-4 AVC/H.264 video, BD-compatible High Profile"},
    {".4.103.1", std::nullopt, "MPEG-4 AVC/H.264 video, BD-compatible, fragmentable"},
    {".4.104", std::nullopt, "MPEG-4 AVC/H.264 video, High Profile for 2D"},
    {".4.104.1", std::nullopt, "MPEG-4 AVC/H.264 video, High Profile for 2D, fragmentable"},
    {".4.105", std::nullopt, "MPEG-4 AVC/H.264 video, High Profile for 3D"},
    {".4.105.1", std::nullopt, "MPEG-4 AVC/H.264 video, High Profile for 3D, fragmentable"},
    {".4.106", std::nullopt, "MPEG-4 AVC/H.264 video, Stereo High Profile"},
    {".4.106.1", std::nullopt, "MPEG-4 AVC/H.264 video, Stereo, fragmentable"},
    {".4.107", std::nullopt, "HEVC/H.265 video, Main Profile"},
    {".4.108", std::nullopt, "HEVC/H.265 video, Main 10 Profile"},
    {".4.110", std::nullopt, "JPEG XL Lossless"},
    {".4.111", std::nullopt, "JPEG XL JPEG Recompression"},
    {".4.112", std::nullopt, "JPEG XL"},
    {".4.201", std::nullopt, "High-Throughput JPEG 2000 (HTJ2K) Lossless"},
    {".4.202", std::nullopt, "High-Throughput JPEG 2000 (HTJ2K) with RPCL, Lossless"},
    {".4.203", std::nullopt, "High-Throughput JPEG 2000 (HTJ2K)"},
    {".4.204", std::nullopt, "JPIP HTJ2K Referenced (pixels are on a server)"},
    {".4.205", std::nullopt, "JPIP HTJ2K Referenced Deflate (pixels are on a server)"},
    {".1.98", std::nullopt, "Encapsulated Uncompressed Explicit VR Little Endian"},
    {".8.1", std::nullopt, "Deflated Image Frame Compression"},
    {".6.1", std::nullopt, "RFC 2557 MIME encapsulation"},
    {".6.2", std::nullopt, "XML Encoding"},
    {".7.1", std::nullopt, "SMPTE ST 2110-20 uncompressed progressive video"},
    {".7.2", std::nullopt, "SMPTE ST 2110-20 uncompressed interlaced video"},
    {".7.3", std::nullopt, "SMPTE ST 2110-30 PCM audio"},
});

const Known* find(std::string_view uid) {
  if (!uid.starts_with(kRoot)) return nullptr;
  const auto found = std::ranges::find(kKnown, uid.substr(kRoot.size()), &Known::suffix);
  return found == kKnown.end() ? nullptr : &*found;
}

std::string nameOf(std::string_view uid) {
  if (!isUid(uid)) return "a transfer syntax whose UID is damaged";
  if (uid == "1.2.840.113619.5.2") return "GE's private big-endian transfer syntax";
  return "the unknown transfer syntax " + std::string(uid);
}
}  // namespace

TransferSyntax transferSyntaxOf(std::string_view uid) {
  const Known* known = find(uid);
  if (known != nullptr && known->codec) {
    return {std::string(uid), *known->codec, known->suffix == ".1.99"};
  }
  throwBadInput("it is encoded as " + (known != nullptr ? std::string(known->name) : nameOf(uid)) +
                ", which this version cannot decode. Export it uncompressed or as JPEG");
}

}  // namespace sonotwin::dicom
