// SPDX-License-Identifier: Apache-2.0
#include "part10_writer.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcostrmb.h>
#include <dcmtk/dcmdata/dcxfer.h>

#include <array>
#include <limits>

#include "attributes.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/version.h"

namespace sonotwin::dicom {
namespace {
// Derived from a UUID, as PS3.5 B.2 allows.
constexpr const char* kImplementationClass = "2.25.129786890288327421412914462993352545976";
constexpr std::uint32_t kPixelData = 0x00107FE0;  // as two little-endian words
constexpr std::uint32_t kItem = 0xE000FFFE;
constexpr std::uint32_t kSequenceEnd = 0xE0DDFFFE;
constexpr std::uint32_t kUndefined = 0xFFFFFFFF;
constexpr std::uint32_t kOtherByte = 0x0000424F;  // "OB" and two reserved bytes
constexpr std::uint32_t kOtherWord = 0x0000574F;

void append(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> 8 * i);
}

/// One element of the meta header, in the short form.
std::string metaElement(std::uint32_t element, const char* vr, std::string value) {
  if (value.size() % 2 != 0) value += vr[0] == 'U' ? '\0' : ' ';
  std::string out;
  append(out, 0x0002, 2);
  append(out, element, 2);
  out += vr;
  append(out, static_cast<std::uint32_t>(value.size()), 2);
  return out + value;
}

/// Source: PS3.10 section 7.1. No application entities: they name places.
std::string metaHeader(DcmDataset& dataset, const std::string& transfer_syntax) {
  std::string version;
  append(version, 0x0002, 2);
  append(version, 0x0001, 2);
  version += std::string("OB\0\0", 4);
  append(version, 2, 4);
  version += std::string("\0\1", 2);
  const std::string rest =
      version + metaElement(0x0002, "UI", textOf(dataset, DCM_SOPClassUID)) +
      metaElement(0x0003, "UI", textOf(dataset, DCM_SOPInstanceUID)) +
      metaElement(0x0010, "UI", transfer_syntax) + metaElement(0x0012, "UI", kImplementationClass) +
      metaElement(0x0013, "SH", ("SONOTWIN_" + std::string(programVersion())).substr(0, 16));
  std::string length;
  append(length, static_cast<std::uint32_t>(rest.size()), 4);
  return std::string(128, '\0') + "DICM" + metaElement(0x0000, "UL", length) + rest;
}
}  // namespace

Part10Writer::Part10Writer(std::filesystem::path path)
    : path_(std::move(path)), file_(path_, std::ios::binary | std::ios::trunc) {
  if (!file_) throw Error(ErrorKind::kDevice, path_.string() + ": the file cannot be written.");
}

Part10Writer::~Part10Writer() {
  if (finished_) return;
  file_.close();
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void Part10Writer::write(std::span<const std::byte> bytes) {
  file_.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  if (!file_) {
    throw Error(ErrorKind::kDevice,
                path_.string() +
                    ": writing failed; the disk may be full. Free some space, then try again.");
  }
  at_ += bytes.size();
}

void Part10Writer::writeNumbers(std::initializer_list<std::uint32_t> values) {
  std::string bytes;
  for (const std::uint32_t value : values) append(bytes, value, 4);
  write(std::as_bytes(std::span(bytes)));
}

void Part10Writer::writeHeader(DcmDataset& dataset, const std::string& transfer_syntax) {
  const std::string meta = metaHeader(dataset, transfer_syntax);
  write(std::as_bytes(std::span(meta)));
  syntax_ = DcmXfer(transfer_syntax.c_str()).getXfer();
  writeDataset(dataset);
}

void Part10Writer::writeDataset(DcmDataset& dataset) {
  std::vector<std::byte> buffer(1U << 16);
  DcmOutputBufferStream stream(buffer.data(), static_cast<offile_off_t>(buffer.size()));
  dataset.transferInit();
  OFCondition status = EC_StreamNotifyClient;
  while (status == EC_StreamNotifyClient) {
    status = dataset.write(stream, syntax_, EET_ExplicitLength, nullptr);
    void* filled = nullptr;
    offile_off_t count = 0;
    stream.flushBuffer(filled, count);
    write({static_cast<const std::byte*>(filled), static_cast<std::size_t>(count)});
  }
  dataset.transferEnd();
  if (status.bad()) throwBadInput(std::string("its header cannot be written: ") + status.text());
}

void Part10Writer::beginUncompressed(std::uint64_t total_bytes, bool word) {
  const auto length = static_cast<std::uint32_t>(total_bytes + total_bytes % 2);
  if (total_bytes >= kUndefined - 1) throwBadInput("its pixel data are too long for one element");
  if (syntax_ == EXS_LittleEndianImplicit) return writeNumbers({kPixelData, length});
  writeNumbers({kPixelData, word ? kOtherWord : kOtherByte, length});
}

void Part10Writer::beginFragments(int frames, std::uint64_t most_bytes) {
  fragments_ = true;
  const auto count = static_cast<std::uint64_t>(frames);
  constexpr std::uint64_t kItemHeader = 8;
  const bool has_table = most_bytes + (kItemHeader + 2) * count < kUndefined;
  const std::uint64_t table_bytes = has_table ? 4 * count : 0;
  writeNumbers(
      {kPixelData, kOtherByte, kUndefined, kItem, static_cast<std::uint32_t>(table_bytes)});
  if (!has_table) return;
  table_at_ = at_;
  write(std::vector<std::byte>(static_cast<std::size_t>(table_bytes)));
}

void Part10Writer::addFrame(std::span<const std::byte> bytes) {
  if (fragments_) {
    writeNumbers({kItem, static_cast<std::uint32_t>(bytes.size() + bytes.size() % 2)});
  }
  frames_.push_back({at_, bytes.size()});
  write(bytes);
  if (fragments_ && bytes.size() % 2 != 0) write(std::array{std::byte{0}});
}

void Part10Writer::patchOffsetTable() {
  std::string table;
  const std::uint64_t first = frames_.empty() ? 0 : frames_.front().offset;
  for (const FrameBytes& frame : frames_) {
    append(table, static_cast<std::uint32_t>(frame.offset - first), 4);
  }
  file_.seekp(static_cast<std::streamoff>(table_at_));
  file_.write(table.data(), static_cast<std::streamsize>(table.size()));
}

std::vector<FrameBytes> Part10Writer::finish() {
  if (fragments_) {
    writeNumbers({kSequenceEnd, 0});
    if (table_at_ != 0) patchOffsetTable();
  } else if (at_ % 2 != 0) {
    write(std::array{std::byte{0}});
  }
  file_.close();
  if (!file_) {
    throw Error(ErrorKind::kDevice,
                path_.string() +
                    ": writing failed; the disk may be full. Free some space, then try again.");
  }
  finished_ = true;
  return std::move(frames_);
}

}  // namespace sonotwin::dicom
