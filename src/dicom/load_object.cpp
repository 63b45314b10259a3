// SPDX-License-Identifier: Apache-2.0
#include "load_object.h"

#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcistrmf.h>
#include <dcmtk/dcmdata/dcxfer.h>
#include <zlib.h>

#include <algorithm>
#include <functional>
#include <mutex>
#include <stdexcept>

#include "byte_reader.h"
#include "dcmtk_setup.h"
#include "sonotwin/base/error.h"
#include "structure.h"

namespace sonotwin::dicom {
namespace {
constexpr std::uint64_t kLargestInflated = 1ULL << 30;
constexpr Uint32 kLargestValueInMemory = 4096;
constexpr Uint32 kEverything = 0xFFFFFFFE;
const DcmTagKey kBehindPixelData(0x7FE0, 0x0011);

/// Up to an element, or all of it (DCM_UndefinedTagKey).
using Parse = std::function<OFCondition(DcmDataset&, const DcmTagKey& end)>;

/// Sets DCMTK's tolerance for broken files while it lives.
class Leniency {
 public:
  Leniency() { set(OFTrue); }
  ~Leniency() { set(OFFalse); }
  Leniency(const Leniency&) = delete;
  Leniency& operator=(const Leniency&) = delete;

 private:
  static void set(OFBool on) {
    dcmAutoDetectDatasetXfer.set(on);
    dcmAcceptUnexpectedImplicitEncoding.set(on);
    dcmReplaceWrongDelimitationItem.set(on);
    dcmUseExplLengthPixDataForEncTS.set(on);
  }
};

std::unique_ptr<DcmDataset> tryParse(const Parse& parse,
                                     const DcmTagKey& end = DCM_UndefinedTagKey) {
  auto dataset = std::make_unique<DcmDataset>();
  dataset->transferInit();
  try {
    if (parse(*dataset, end).bad()) return nullptr;
  } catch (const std::logic_error&) {
    return nullptr;  // DCMTK 3.6.7 trips over padding in the types of directory records
  }
  dataset->transferEnd();
  return dataset;
}

std::unique_ptr<DcmDataset> parseStrictThenLenient(const Parse& parse,
                                                   std::vector<std::string>& notes) {
  static std::mutex parser_flags;
  const std::scoped_lock lock(parser_flags);
  if (auto dataset = tryParse(parse)) return dataset;
  const Leniency leniency;
  if (auto dataset = tryParse(parse)) {
    notes.emplace_back("The file breaks DICOM's encoding rules; it was parsed leniently.");
    return dataset;
  }
  // Elements that DCMTK reads in spite of errors may claim any length, for which it takes memory:
  // a file is used up to its pixel data or not at all.
  if (auto dataset = tryParse(parse, kBehindPixelData)) {
    notes.emplace_back("The file is damaged behind its pixel data; what comes before was used.");
    return dataset;
  }
  throwBadInput("it cannot be parsed as DICOM: the file is damaged. Copy or export it again");
}

/// What is behind the meta header of a deflated file.
std::vector<std::byte> inflateRest(ByteReader& reader, std::uint64_t offset) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throwBadInput("zlib cannot be used");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> ended(&stream, inflateEnd);
  std::vector<std::byte> inflated;
  std::vector<std::byte> chunk(1U << 16);
  int status = Z_OK;
  while (status == Z_OK) {
    const auto packed = reader.at(offset, 1U << 15);
    offset += packed.size();
    if (packed.empty()) break;
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    do {
      stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
      stream.avail_out = static_cast<uInt>(chunk.size());
      status = inflate(&stream, Z_NO_FLUSH);
      const std::size_t made = chunk.size() - stream.avail_out;
      inflated.insert(inflated.end(), chunk.begin(),
                      chunk.begin() + static_cast<std::ptrdiff_t>(made));
      if (inflated.size() > kLargestInflated) throwBadInput("it inflates to more than 1 GiB");
    } while (status == Z_OK && stream.avail_out == 0);
  }
  if (status != Z_STREAM_END) throwBadInput("its deflated data are damaged or cut short");
  return inflated;
}

void checkWalk(const Structure& structure) {
  if (structure.missing_bytes > 0 && !structure.has_pixel_data) {
    throwBadInput("the file is cut short: it ends before its last element does. Copy it again");
  }
}

std::unique_ptr<DcmDataset> parseDeflated(ByteReader& reader, const DataSetStart& start,
                                          std::vector<std::string>& notes) {
  const std::vector<std::byte> inflated = inflateRest(reader, start.offset);
  ByteReader contents(inflated);
  const auto walked =
      walkStructure(contents, {0, Encoding::kExplicitLittle, start.transfer_syntax});
  checkWalk(walked);
  // DCMTK reserves memory for every length it meets in a stream; of a file it reads on demand.
  if (!walked.understood) throwBadInput("its deflated data set is damaged");
  const Parse parse = [&](DcmDataset& dataset, const DcmTagKey& end) {
    DcmInputBufferStream stream;
    stream.setBuffer(inflated.data(), static_cast<offile_off_t>(inflated.size()));
    stream.setEos();
    return dataset.readUntilTag(stream, EXS_LittleEndianExplicit, EGL_noChange, kEverything, end);
  };
  return parseStrictThenLenient(parse, notes);
}

/// DCMTK is told, and never reads the meta header itself: where it understood a damaged one in
/// another way, it would inflate data that nobody has walked over.
E_TransferSyntax parserSyntaxOf(const DataSetStart& start) {
  const E_TransferSyntax named = DcmXfer(start.transfer_syntax.c_str()).getXfer();
  if (named != EXS_Unknown && named != EXS_DeflatedLittleEndianExplicit) return named;
  switch (start.encoding) {
    case Encoding::kImplicitLittle:
      return EXS_LittleEndianImplicit;
    case Encoding::kExplicitLittle:
      return EXS_LittleEndianExplicit;
    case Encoding::kExplicitBig:
      return EXS_BigEndianExplicit;
  }
  return EXS_Unknown;
}

std::unique_ptr<DcmDataset> parseFile(const std::filesystem::path& path, ByteReader& reader,
                                      const DataSetStart& start, std::vector<std::string>& notes) {
  checkWalk(walkStructure(reader, start));
  // DCMTK takes "-" for standard input.
  const std::string name = std::filesystem::absolute(path).string();
  const E_TransferSyntax syntax = parserSyntaxOf(start);
  const Parse parse = [&](DcmDataset& dataset, const DcmTagKey& end) -> OFCondition {
    DcmInputFileStream stream(OFFilename(name.c_str()));
    // Values are read later from where the stream believes to be: it must have counted this.
    const auto offset = static_cast<offile_off_t>(start.offset);
    if (stream.skip(offset) != offset) return EC_InvalidStream;
    return dataset.readUntilTag(stream, syntax, EGL_noChange, kLargestValueInMemory, end);
  };
  return parseStrictThenLenient(parse, notes);
}
}  // namespace

LoadedObject loadObject(const std::filesystem::path& path) {
  prepareDcmtk();
  ByteReader reader(path);
  const auto start = findDataSet(reader);
  if (!start) throwBadInput("this is not a DICOM file");
  LoadedObject object;
  if (!start->transfer_syntax.empty()) object.syntax = transferSyntaxOf(start->transfer_syntax);
  object.dataset = object.syntax.deflated ? parseDeflated(reader, *start, object.notes)
                                          : parseFile(path, reader, *start, object.notes);
  const DcmXfer found(object.dataset->getOriginalXfer());
  if (start->transfer_syntax.empty()) {
    object.syntax = transferSyntaxOf(found.getXferID());
    object.notes.emplace_back("The file does not name its transfer syntax; it was recognized as " +
                              std::string(found.getXferName()) + ".");
  }
  return object;
}

}  // namespace sonotwin::dicom
