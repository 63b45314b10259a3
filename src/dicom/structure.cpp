// SPDX-License-Identifier: Apache-2.0
#include "structure.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctag.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
constexpr std::uint64_t kPreambleBytes = 128;
constexpr std::uint64_t kOpen = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint32_t kUndefinedLength = 0xFFFFFFFF;
constexpr std::size_t kMaxNesting = 64;
constexpr int kMaxItemsWhereUnclear = 1000;
constexpr std::uint32_t kPixelDataTag = 0x7FE00010;
constexpr std::uint32_t kItemTag = 0xFFFEE000;
constexpr std::uint32_t kItemEndTag = 0xFFFEE00D;
constexpr std::uint32_t kSequenceEndTag = 0xFFFEE0DD;

struct Header {
  std::uint32_t tag = 0;
  std::string vr;  ///< empty: implicit
  std::uint32_t length = 0;
  std::uint64_t value_offset = 0;
};

std::uint32_t number(std::span<const std::byte> bytes, std::size_t at, std::size_t count,
                     Encoding encoding) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t k = encoding == Encoding::kExplicitBig ? i : count - 1 - i;
    value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + k]);
  }
  return value;
}

bool isOneOf(std::string_view vr, std::string_view list) {
  const std::size_t at = list.find(vr);
  return vr.size() == 2 && at != std::string_view::npos && at % 3 == 0;
}

bool isLongForm(std::string_view vr) {
  return isOneOf(vr, "OB OD OF OL OV OW SQ SV UC UN UR UT UV");
}

bool isValueRepresentation(std::string_view vr) {
  return isLongForm(vr) ||
         isOneOf(vr, "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US");
}

/// Nothing where the bytes end or the VR is none.
std::optional<Header> readHeader(ByteReader& reader, std::uint64_t offset, Encoding encoding) {
  const auto bytes = reader.at(offset, 12);
  if (bytes.size() < 8) return std::nullopt;
  Header header;
  header.tag = number(bytes, 0, 2, encoding) << 16 | number(bytes, 2, 2, encoding);
  header.value_offset = offset + 8;
  if (encoding == Encoding::kImplicitLittle || header.tag >> 16 == 0xFFFE) {
    header.length = number(bytes, 4, 4, encoding);
    return header;
  }
  header.vr = {static_cast<char>(bytes[4]), static_cast<char>(bytes[5])};
  if (!isValueRepresentation(header.vr)) return std::nullopt;
  if (!isLongForm(header.vr)) {
    header.length = number(bytes, 6, 2, encoding);
    return header;
  }
  if (bytes.size() < 12) return std::nullopt;
  header.length = number(bytes, 8, 4, encoding);
  header.value_offset = offset + 12;
  return header;
}

Encoding encodingOf(std::string_view transfer_syntax) {
  if (transfer_syntax == "1.2.840.10008.1.2") return Encoding::kImplicitLittle;
  if (transfer_syntax == "1.2.840.10008.1.2.2") return Encoding::kExplicitBig;
  return Encoding::kExplicitLittle;
}

std::string textAt(ByteReader& reader, const Header& header) {
  const auto bytes = reader.at(header.value_offset, std::min<std::size_t>(header.length, 64));
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  text.erase(std::min(text.find_last_not_of(std::string_view(" \0", 2)) + 1, text.size()));
  return text;
}

/// First elements in ascending order, of groups that open a data set, each inside the file.
bool beginsDataSet(ByteReader& reader, std::uint64_t offset, Encoding encoding) {
  constexpr int kEnough = 3;
  constexpr std::uint32_t kLongestFirstValue = 1U << 20;
  std::uint32_t previous = 0;
  for (int i = 0; i < kEnough; ++i) {
    const auto header = readHeader(reader, offset, encoding);
    if (!header || header->tag <= previous) return i >= 2 && offset == reader.size();
    const std::uint32_t group = header->tag >> 16;
    if (i == 0 && group != 0x0008) return false;
    if (group % 2 != 0 || group > 0x0040 || header->length > kLongestFirstValue) return false;
    previous = header->tag;
    offset = header->value_offset + header->length;
    if (offset > reader.size()) return false;
  }
  return true;
}

std::optional<Encoding> guessEncoding(ByteReader& reader, std::uint64_t offset) {
  for (const Encoding encoding :
       {Encoding::kExplicitLittle, Encoding::kExplicitBig, Encoding::kImplicitLittle}) {
    if (beginsDataSet(reader, offset, encoding)) return encoding;
  }
  return std::nullopt;
}

DataSetStart skipMetaHeader(ByteReader& reader, std::uint64_t offset) {
  DataSetStart start;
  start.offset = offset;
  while (const auto header = readHeader(reader, start.offset, Encoding::kExplicitLittle)) {
    if (header->tag >> 16 != 0x0002) break;
    if (header->value_offset + header->length > reader.size()) {
      throwBadInput("the file is cut short in its meta header. Copy it again");
    }
    if (header->tag == 0x00020010) start.transfer_syntax = textAt(reader, *header);
    start.offset = header->value_offset + header->length;
  }
  start.encoding = encodingOf(start.transfer_syntax);
  // Some writers change the data set's encoding and forget the header.
  const bool is_deflated = start.transfer_syntax == "1.2.840.10008.1.2.1.99";
  if (!is_deflated && !beginsDataSet(reader, start.offset, start.encoding)) {
    start.encoding = guessEncoding(reader, start.offset).value_or(start.encoding);
  }
  return start;
}

class Walk {
 public:
  Walk(ByteReader& reader, const DataSetStart& start)
      : reader_(reader), encoding_(start.encoding), offset_(start.offset) {}

  Structure run() {
    while (structure_.understood && structure_.missing_bytes == 0 && leaveEndedLevels()) step();
    if (!structure_.understood) boundItemsAhead();
    return structure_;
  }

 private:
  enum class Kind : std::uint8_t { kSequence, kItem, kFragments };
  struct Level {
    Kind kind;
    std::uint64_t end;
    Encoding encoding;
    bool is_pixel_data = false;
  };

  [[nodiscard]] Encoding encoding() const {
    return levels_.empty() ? encoding_ : levels_.back().encoding;
  }

  /// False at the end of the file.
  bool leaveEndedLevels() {
    while (!levels_.empty() && levels_.back().end <= offset_) {
      if (levels_.back().end < offset_) structure_.understood = false;
      levels_.pop_back();
    }
    if (offset_ < reader_.size()) return true;
    if (!levels_.empty()) structure_.missing_bytes = 1;
    return false;
  }

  void step() {
    const auto header = readHeader(reader_, offset_, encoding());
    if (!header) {
      structure_.understood = false;
    } else if (header->tag >> 16 == 0xFFFE) {
      enterOrLeave(*header);
    } else if (!levels_.empty() && levels_.back().kind != Kind::kItem) {
      structure_.understood = false;
    } else {
      passElement(*header);
    }
  }

  void enterOrLeave(const Header& header) {
    offset_ = header.value_offset;
    const Kind kind = levels_.empty() ? Kind::kItem : levels_.back().kind;
    if (header.tag == kItemTag && kind == Kind::kFragments) {
      skip(header.length);
    } else if (header.tag == kItemTag && kind == Kind::kSequence) {
      push(Kind::kItem, header, encoding());
    } else if (header.tag == kItemEndTag && kind == Kind::kItem && !levels_.empty()) {
      levels_.pop_back();
    } else if (header.tag == kSequenceEndTag && kind != Kind::kItem) {
      structure_.has_pixel_data |= levels_.back().is_pixel_data;
      levels_.pop_back();
    } else {
      structure_.understood = false;
    }
  }

  void passElement(const Header& header) {
    offset_ = header.value_offset;
    const bool is_pixel_data = header.tag == kPixelDataTag && levels_.empty();
    if (header.length == kUndefinedLength && header.tag == kPixelDataTag) {
      push(Kind::kFragments, header, encoding());
      levels_.back().is_pixel_data = is_pixel_data;
    } else if (header.length == kUndefinedLength || isSequence(header)) {
      // PS3.5 6.2.2 note 1: what hides behind UN is encoded implicitly.
      push(Kind::kSequence, header, header.vr == "UN" ? Encoding::kImplicitLittle : encoding());
    } else {
      skip(header.length);
      structure_.has_pixel_data |= is_pixel_data && structure_.missing_bytes == 0;
    }
  }

  static bool isSequence(const Header& header) {
    if (!header.vr.empty()) return header.vr == "SQ";
    const DcmTag tag(static_cast<Uint16>(header.tag >> 16), static_cast<Uint16>(header.tag));
    return tag.getEVR() == EVR_SQ;
  }

  void skip(std::uint32_t length) {
    offset_ += length;
    if (offset_ > reader_.size()) structure_.missing_bytes = offset_ - reader_.size();
  }

  void push(Kind kind, const Header& header, Encoding encoding) {
    const bool open = header.length == kUndefinedLength;
    levels_.push_back({kind, open ? kOpen : offset_ + header.length, encoding});
    if (levels_.size() > 2 * kMaxNesting) {
      throwBadInput("its sequences nest deeper than " + std::to_string(kMaxNesting) +
                    " levels, which no real object does; the file is damaged or hostile");
    }
  }

  // Where the structure cannot be followed DCMTK may still read on: each level it descends to
  // costs an item tag, so the number of those ahead bounds the depth.
  void boundItemsAhead() {
    static constexpr std::array<std::string_view, 2> kItemTags = {
        std::string_view("\xFE\xFF\x00\xE0", 4), std::string_view("\xFF\xFE\xE0\x00", 4)};
    constexpr std::size_t kChunk = 1U << 15;
    int items = 0;
    for (std::uint64_t at = 0; at < reader_.size(); at += kChunk) {
      const auto bytes = reader_.at(at, kChunk + 3);
      const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      for (const std::string_view tag : kItemTags) {
        for (auto i = text.find(tag); i != text.npos; i = text.find(tag, i + 4)) ++items;
      }
      if (items > kMaxItemsWhereUnclear) {
        throwBadInput("its structure is damaged beyond what can be read safely");
      }
    }
  }

  ByteReader& reader_;
  Encoding encoding_;
  std::uint64_t offset_;
  std::vector<Level> levels_;
  Structure structure_;
};
}  // namespace

std::optional<DataSetStart> findDataSet(ByteReader& reader) {
  const auto magic = reader.at(kPreambleBytes, 4);
  if (magic.size() == 4 && std::memcmp(magic.data(), "DICM", 4) == 0) {
    return skipMetaHeader(reader, kPreambleBytes + 4);
  }
  const auto first = readHeader(reader, 0, Encoding::kExplicitLittle);
  if (first && first->tag == 0x00020000 && first->vr == "UL" && first->length == 4) {
    return skipMetaHeader(reader, 0);
  }
  const auto encoding = guessEncoding(reader, 0);
  if (!encoding) return std::nullopt;
  return DataSetStart{.offset = 0, .encoding = *encoding, .transfer_syntax = {}};
}

Structure walkStructure(ByteReader& reader, const DataSetStart& start) {
  return Walk(reader, start).run();
}

}  // namespace sonotwin::dicom
