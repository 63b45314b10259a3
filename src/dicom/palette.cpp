// SPDX-License-Identifier: Apache-2.0
#include "palette.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcelem.h>

#include <cstring>

#include "attributes.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
constexpr Uint32 kLongestTable = 1U << 20;
constexpr std::size_t kMostEntries = 65536;

struct Keys {
  DcmTagKey descriptor, plain, segmented;
};

/// One channel as the file holds it: entry width known, scale not yet.
struct Channel {
  int first = 0;
  int bits = 16;
  std::vector<std::uint16_t> entries;
};

std::vector<std::uint8_t> bytesOf(DcmItem& dataset, const DcmTagKey& key) {
  DcmElement* element = nullptr;
  if (dataset.findAndGetElement(key, element).bad() || element == nullptr) return {};
  const Uint32 length = element->getLengthField();
  if (length > kLongestTable) throwBadInput("its colour palette is absurdly long");
  std::vector<std::uint8_t> bytes(length);
  // In native order: entries of 16 bits need no swapping, packed bytes come first byte first.
  if (length > 0 && element->getPartialValue(bytes.data(), 0, length).bad()) {
    throwBadInput("its colour palette cannot be read");
  }
  return bytes;
}

std::vector<std::uint16_t> wordsOf(const std::vector<std::uint8_t>& bytes) {
  std::vector<std::uint16_t> words(bytes.size() / 2);
  if (!words.empty()) std::memcpy(words.data(), bytes.data(), 2 * words.size());
  return words;
}

std::vector<std::uint16_t> widened(const std::vector<std::uint8_t>& bytes) {
  return {bytes.begin(), bytes.end()};
}

/// Expands a segmented table. Source: PS3.3 C.7.9.2.
class Segments {
 public:
  Segments(const std::vector<std::uint16_t>& data, bool byte_entries, std::size_t limit)
      : data_(data), byte_entries_(byte_entries), limit_(limit) {}

  std::vector<std::uint16_t> expand() {
    while (at_ < data_.size() && !isFull()) segment(true);
    return out_;
  }

 private:
  std::uint16_t next() {
    if (at_ >= data_.size()) throwBadInput("its segmented colour palette is cut short");
    return data_[at_++];
  }

  void segment(bool may_refer) {
    const std::uint16_t kind = next();
    const std::uint16_t length = next();
    // Each segment adds an entry at least, or repetitions of nothing could go on for hours.
    if (length == 0) throwBadInput("its segmented colour palette is damaged");
    if (kind == 0) {
      for (int i = 0; i < length && !isFull(); ++i) out_.push_back(next());
    } else if (kind == 1 && !out_.empty()) {
      line(length, next());
    } else if (kind == 2 && may_refer) {
      repeat(length);
    } else {
      throwBadInput("its segmented colour palette is damaged");
    }
  }

  void line(int length, int end) {
    const int begin = out_.back();
    for (int i = 1; i <= length && !isFull(); ++i) {
      const double value = begin + static_cast<double>(end - begin) * i / length;
      out_.push_back(static_cast<std::uint16_t>(value + 0.5));
    }
  }

  void repeat(int count) {
    const int words = byte_entries_ ? 4 : 2;
    const int word_bits = byte_entries_ ? 8 : 16;
    std::size_t offset_bytes = 0;
    for (int i = 0; i < words; ++i) {
      offset_bytes |= static_cast<std::size_t>(next()) << word_bits * i;
    }
    const std::size_t after = at_;
    at_ = byte_entries_ ? offset_bytes : offset_bytes / 2;
    for (int i = 0; i < count && !isFull(); ++i) segment(false);
    at_ = after;
  }

  [[nodiscard]] bool isFull() const { return out_.size() >= limit_; }

  const std::vector<std::uint16_t>& data_;
  bool byte_entries_;
  std::size_t limit_;
  std::size_t at_ = 0;
  std::vector<std::uint16_t> out_;
};

std::vector<std::uint16_t> plainEntries(const std::vector<std::uint8_t>& bytes, std::size_t count) {
  // Entries of 8 bits are packed two a word; some writers spend a word on each nevertheless.
  return bytes.size() >= 2 * count ? wordsOf(bytes) : widened(bytes);
}

Channel readChannel(DcmItem& dataset, const Keys& keys, bool signed_pixels) {
  const auto count_field = integerOf(dataset, keys.descriptor, 0);
  const auto first = integerOf(dataset, keys.descriptor, 1);
  const auto bits = integerOf(dataset, keys.descriptor, 2);
  if (!count_field || !first || !bits) throwBadInput("its colour palette has no descriptor");
  const auto count_16 = static_cast<std::uint16_t>(*count_field);  // written as SS at times
  const std::size_t count = count_16 == 0 ? kMostEntries : count_16;
  Channel channel;
  channel.first =
      signed_pixels ? static_cast<std::int16_t>(*first) : static_cast<std::uint16_t>(*first);
  channel.bits = *bits;
  const auto plain = bytesOf(dataset, keys.plain);
  if (!plain.empty()) {
    channel.entries = plainEntries(plain, count);
  } else {
    const auto packed = bytesOf(dataset, keys.segmented);
    const bool byte_entries = channel.bits <= 8;
    const auto words = byte_entries ? widened(packed) : wordsOf(packed);
    channel.entries = Segments(words, byte_entries, count).expand();
  }
  if (channel.entries.size() < count) throwBadInput("its colour palette is missing or too short");
  channel.entries.resize(count);
  return channel;
}
}  // namespace

Palette readPalette(DcmItem& dataset, bool signed_pixels, std::vector<std::string>& notes) {
  const std::array<Keys, 3> keys = {
      {{DCM_RedPaletteColorLookupTableDescriptor, DCM_RedPaletteColorLookupTableData,
        DCM_SegmentedRedPaletteColorLookupTableData},
       {DCM_GreenPaletteColorLookupTableDescriptor, DCM_GreenPaletteColorLookupTableData,
        DCM_SegmentedGreenPaletteColorLookupTableData},
       {DCM_BluePaletteColorLookupTableDescriptor, DCM_BluePaletteColorLookupTableData,
        DCM_SegmentedBluePaletteColorLookupTableData}}};
  std::array<Channel, 3> channels;
  std::uint16_t largest = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    channels[c] = readChannel(dataset, keys[c], signed_pixels);
    largest = std::max(largest, std::ranges::max(channels[c].entries));
    if (channels[c].entries.size() != channels[0].entries.size() ||
        channels[c].first != channels[0].first) {
      throwBadInput("the three channels of its colour palette differ in extent");
    }
  }
  const bool wide = largest > 255;
  if (!wide && channels[0].bits > 8) {
    notes.emplace_back("The colour palette claims 16 bits but holds 8-bit colours.");
  }
  Palette palette{channels[0].first, std::vector<Rgb>(channels[0].entries.size())};
  for (std::size_t i = 0; i < palette.colours.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const std::uint16_t entry = channels[c].entries[i];
      palette.colours[i][c] = static_cast<std::uint8_t>(wide ? entry >> 8 : entry);
    }
  }
  return palette;
}

}  // namespace sonotwin::dicom
