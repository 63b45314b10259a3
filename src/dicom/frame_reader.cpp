// SPDX-License-Identifier: Apache-2.0
#include "frame_reader.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcpixseq.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>

#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
constexpr std::uint64_t kItemHeaderBytes = 8;
constexpr const char* kMoreThanPromised =
    "The file holds more pixel data than the frames it promises; the rest was left out.";
constexpr std::uint64_t kMostFrameBytes = 1ULL << 30;

/// Nothing where the table does not name the beginnings of fragments, in order.
std::vector<FragmentRange> byOffsets(const std::vector<std::uint32_t>& sizes,
                                     const std::vector<std::uint32_t>& offsets) {
  std::vector<FragmentRange> ranges;
  std::uint64_t at = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (next < offsets.size() && offsets[next] == at) {
      ranges.push_back({i, i});
      ++next;
    }
    if (ranges.empty()) return {};
    ranges.back().last = i + 1;
    at += kItemHeaderBytes + sizes[i];
  }
  return next == offsets.size() ? ranges : std::vector<FragmentRange>();
}

std::vector<FragmentRange> byBeginnings(std::size_t count,
                                        const std::function<bool(std::size_t)>& begins_frame) {
  std::vector<FragmentRange> ranges;
  for (std::size_t i = 0; i < count; ++i) {
    if (ranges.empty() || begins_frame(i)) ranges.push_back({i, i});
    ranges.back().last = i + 1;
  }
  return ranges;
}
}  // namespace

std::vector<FragmentRange> assignFragments(const std::vector<std::uint32_t>& sizes,
                                           const std::vector<std::uint32_t>& offsets,
                                           std::size_t frames,
                                           const std::function<bool(std::size_t)>& begins_frame) {
  if (sizes.size() < frames) {
    throwBadInput("its header promises " + std::to_string(frames) +
                  " frames, its pixel data hold " + std::to_string(sizes.size()));
  }
  if (frames == 1) return {{0, sizes.size()}};
  if (sizes.size() == frames) {
    std::vector<FragmentRange> ranges(frames);
    for (std::size_t i = 0; i < frames; ++i) ranges[i] = {i, i + 1};
    return ranges;
  }
  std::vector<FragmentRange> ranges;
  if (offsets.size() == frames) ranges = byOffsets(sizes, offsets);
  if (ranges.empty()) ranges = byBeginnings(sizes.size(), begins_frame);
  if (ranges.size() != frames) {
    throwBadInput("its pixel data hold " + std::to_string(ranges.size()) +
                  " pictures where its header promises " + std::to_string(frames) + " frames");
  }
  return ranges;
}

FrameReader::FrameReader(std::shared_ptr<DcmDataset> dataset, const PixelFormat& format,
                         bool encapsulated)
    : dataset_(std::move(dataset)) {
  DcmElement* element = nullptr;
  dataset_->findAndGetElement(DCM_PixelData, element);
  pixels_ = dynamic_cast<DcmPixelData*>(element);
  if (pixels_ == nullptr) throwBadInput("its pixel data are damaged");
  if (encapsulated) {
    indexFragments(format);
  } else {
    indexUncompressed(format);
  }
}

void FrameReader::indexUncompressed(const PixelFormat& format) {
  const std::uint64_t held = pixels_->getLength();
  const auto frames = static_cast<std::uint64_t>(format.frames);
  const bool named_422 = format.photometric == Photometric::kYbrFull422 ||
                         format.photometric == Photometric::kYbrPartial422;
  if (format.photometric == Photometric::kYbrPartial420) {
    throwBadInput("its photometric interpretation YBR_PARTIAL_420 is not supported uncompressed");
  }
  frame_bytes_ = format.frameBytes();
  // Decompressing programs often keep the name 422 for what has its full colour again.
  by_pairs_ = named_422 && format.bits_allocated == 8 && held < frame_bytes_ * frames;
  if (by_pairs_) frame_bytes_ = 2 * format.pixelCount();
  if (by_pairs_ && format.cols % 2 != 0) {
    throwBadInput("its columns are odd in number, yet share their colour by pairs");
  }
  if (named_422 && !by_pairs_) {
    notes_.emplace_back("Pixels are said to share their colour by pairs but do not.");
  }
  if (held < frame_bytes_ * frames) {
    throwBadInput("its pixel data are cut short: " + std::to_string(held) + " bytes where " +
                  std::to_string(frame_bytes_ * frames) + " are due");
  }
  if (held >= frame_bytes_ * (frames + 1)) {
    notes_.emplace_back(kMoreThanPromised);
  }
}

void FrameReader::indexFragments(const PixelFormat& format) {
  E_TransferSyntax syntax = EXS_Unknown;
  const DcmRepresentationParameter* parameter = nullptr;
  DcmPixelSequence* sequence = nullptr;
  pixels_->getOriginalRepresentationKey(syntax, parameter);
  if (pixels_->getEncapsulatedRepresentation(syntax, parameter, sequence).bad() ||
      sequence == nullptr || sequence->card() < 2) {
    throwBadInput("its pixel data are not packed as its transfer syntax demands");
  }
  DcmPixelItem* table = nullptr;
  for (DcmObject* o = sequence->nextInContainer(nullptr); o != nullptr;
       o = sequence->nextInContainer(o)) {
    auto* item = dynamic_cast<DcmPixelItem*>(o);
    if (item == nullptr) throwBadInput("its pixel data are damaged");
    if (table == nullptr) {
      table = item;
    } else {
      fragments_.push_back(item);
      sizes_.push_back(item->getLengthField());
    }
  }
  frames_ = assignFragments(sizes_, readOffsets(*table), static_cast<std::size_t>(format.frames),
                            [&](std::size_t i) { return beginsPicture(*fragments_[i]); });
  if (format.frames > 1 || fragments_.size() == 1) return;
  if (std::ranges::count_if(fragments_, [&](auto* f) { return beginsPicture(*f); }) > 1) {
    notes_.emplace_back(kMoreThanPromised);
  }
}

std::vector<std::uint32_t> FrameReader::readOffsets(DcmPixelItem& table) const {
  const std::uint32_t bytes = table.getLengthField() / 4 * 4;
  constexpr std::uint32_t kLongestTable = 1U << 26;
  if (bytes == 0 || bytes > kLongestTable) return {};
  std::vector<std::uint32_t> offsets(bytes / 4);  // little-endian, as this machine is
  readPart(table, 0, reinterpret_cast<std::byte*>(offsets.data()), bytes);
  return offsets;
}

bool FrameReader::beginsPicture(DcmPixelItem& fragment) const {
  static constexpr std::array<std::string_view, 3> kBeginnings = {
      "\xFF\xD8\xFF", "\xFF\x4F\xFF\x51", std::string_view("\0\0\0\x0C", 4)};
  std::array<char, 4> head{};
  if (fragment.getLengthField() < head.size()) return false;
  readPart(fragment, 0, reinterpret_cast<std::byte*>(head.data()), head.size());
  return std::ranges::any_of(kBeginnings, [&](std::string_view beginning) {
    return std::string_view(head.data(), head.size()).starts_with(beginning);
  });
}

void FrameReader::readPart(DcmElement& element, std::uint64_t offset, std::byte* out,
                           std::uint64_t count) const {
  const std::uint64_t limit = std::numeric_limits<Uint32>::max();
  if (offset + count > limit ||
      element.getPartialValue(out, static_cast<Uint32>(offset), static_cast<Uint32>(count), &cache_)
          .bad()) {
    throwBadInput("its pixel data cannot be read from the file; it is cut short or has changed");
  }
}

std::uint64_t FrameReader::sizeOf(int frame) const {
  if (frames_.empty()) return frame_bytes_;
  const FragmentRange range = frames_[static_cast<std::size_t>(frame)];
  return std::accumulate(sizes_.begin() + static_cast<std::ptrdiff_t>(range.first),
                         sizes_.begin() + static_cast<std::ptrdiff_t>(range.last),
                         std::uint64_t{0});
}

std::vector<std::byte> FrameReader::read(int frame) const {
  const std::scoped_lock lock(mutex_);
  if (frames_.empty()) {
    std::vector<std::byte> bytes(frame_bytes_);
    readPart(*pixels_, static_cast<std::uint64_t>(frame) * frame_bytes_, bytes.data(),
             frame_bytes_);
    return bytes;
  }
  const FragmentRange range = frames_[static_cast<std::size_t>(frame)];
  const std::uint64_t total = sizeOf(frame);
  if (total > kMostFrameBytes) throwBadInput("its pixel data claim a frame of over 1 GiB");
  std::vector<std::byte> bytes(total);
  std::size_t at = 0;
  for (std::size_t i = range.first; i < range.last; ++i) {
    if (sizes_[i] > 0) readPart(*fragments_[i], 0, bytes.data() + at, sizes_[i]);
    at += sizes_[i];
  }
  return bytes;
}

}  // namespace sonotwin::dicom
