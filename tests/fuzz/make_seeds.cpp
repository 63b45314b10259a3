// SPDX-License-Identifier: Apache-2.0
// Small whole files of every kind the fuzzed readers take, from our own and DCMTK's writers.
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpeg/djrploss.h>
#include <dcmtk/dcmjpls/djrparam.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <tuple>

#include "encoders.h"
#include "safetensors.h"
#include "sequence_files.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "sonotwin/dicom/deidentify.h"
#include "sonotwin/media/sequence_io.h"
#include "sonotwin/media/volume_io.h"

namespace {
namespace fs = std::filesystem;
using namespace sonotwin;
using dicom::test::Bytes8;
using dicom::test::jpeg2000Of;
using dicom::test::Shape;
using dicom::test::SyntheticObject;
using dicom::test::Words16;

constexpr std::uintmax_t kLargestSeed = 2048;
constexpr Shape kColour{.rows = 8, .cols = 8, .samples = 3, .photometric = "RGB"};

Words16 wide(const Bytes8& bytes) {
  return {bytes.begin(), bytes.end()};
}

/// Names, dates, a region and a sequence: what de-identification works on.
void describeExam(SyntheticObject& object) {
  object.set(DCM_PatientName, "Roe^Jane");
  object.set(DCM_PatientBirthDate, "19700102");
  object.set(DCM_PatientAge, "054Y");
  object.set(DCM_StudyDate, "20240229");
  object.set(DCM_StudyTime, "101500");
  object.set(DCM_SpecificCharacterSet, "ISO_IR 192");
  object.set(DCM_StudyDescription, "Kidney of Jane");
  object.set(DCM_Manufacturer, "Maker");
  DcmItem* item = nullptr;
  object.dataset().findOrCreateSequenceItem(DCM_SequenceOfUltrasoundRegions, item, -2);
  for (const auto& [key, value] :
       {std::pair(DCM_RegionSpatialFormat, 1), std::pair(DCM_RegionDataType, 1),
        std::pair(DCM_PhysicalUnitsXDirection, 3), std::pair(DCM_PhysicalUnitsYDirection, 3)}) {
    item->putAndInsertUint16(key, static_cast<Uint16>(value));
  }
  for (const auto& [key, value] :
       {std::pair(DCM_RegionLocationMinX0, 0), std::pair(DCM_RegionLocationMinY0, 0),
        std::pair(DCM_RegionLocationMaxX1, 7), std::pair(DCM_RegionLocationMaxY1, 7)}) {
    item->putAndInsertUint32(key, static_cast<Uint32>(value));
  }
  item->putAndInsertFloat64(DCM_PhysicalDeltaX, 0.02);
  item->putAndInsertFloat64(DCM_PhysicalDeltaY, 0.02);
  object.dataset().findOrCreateSequenceItem(DCM_RequestAttributesSequence, item, -2);
  item->putAndInsertString(DCM_ScheduledProcedureStepID, "SPS7");
}

void describePalette(SyntheticObject& object, bool segmented) {
  const std::array<std::array<DcmTagKey, 3>, 3> channels = {
      {{DCM_RedPaletteColorLookupTableDescriptor, DCM_RedPaletteColorLookupTableData,
        DCM_SegmentedRedPaletteColorLookupTableData},
       {DCM_GreenPaletteColorLookupTableDescriptor, DCM_GreenPaletteColorLookupTableData,
        DCM_SegmentedGreenPaletteColorLookupTableData},
       {DCM_BluePaletteColorLookupTableDescriptor, DCM_BluePaletteColorLookupTableData,
        DCM_SegmentedBluePaletteColorLookupTableData}}};
  const std::array<Uint16, 3> descriptor = {8, 0, 16};
  const Words16 plain = {0, 0x1000, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000, 0xFF00};
  const Words16 segments = {0, 2, 0x1000, 0x2000, 1, 4, 0x6000, 2, 1, 0, 0};
  for (const auto& keys : channels) {
    DcmDataset& dataset = object.dataset();
    dataset.putAndInsertUint16Array(keys[0], descriptor.data(), descriptor.size());
    const Words16& table = segmented ? segments : plain;
    dataset.putAndInsertUint16Array(keys[segmented ? 2 : 1], table.data(), table.size());
  }
}

void makeUncompressed(const fs::path& folder) {
  const Shape cine{.rows = 8, .cols = 8, .frames = 3};
  const Shape deep{.rows = 6, .cols = 5, .bits_allocated = 16, .bits_stored = 12};
  const Shape pairs{.rows = 4, .cols = 8, .samples = 3, .photometric = "YBR_FULL_422"};
  const Shape painted{.rows = 4, .cols = 8, .photometric = "PALETTE COLOR"};
  SyntheticObject object(cine);
  describeExam(object);
  object.set(DCM_FrameTime, "33.3").pixels(smooth8(cine));
  object.save(folder / "implicit", EXS_LittleEndianImplicit);
  SyntheticObject(deep)
      .pixels(dicom::test::noise16(30, 12))
      .save(folder / "big_endian", EXS_BigEndianExplicit);
  SyntheticObject(kColour)
      .pixels(smooth8(kColour))
      .save(folder / "deflated", EXS_DeflatedLittleEndianExplicit);
  SyntheticObject(pairs).pixels(dicom::test::noise8(64)).save(folder / "pairs");
  for (const bool segmented : {false, true}) {
    SyntheticObject palette(painted);
    describePalette(palette, segmented);
    palette.pixels(Bytes8(32, 3)).save(folder / (segmented ? "segments" : "palette"));
  }
}

void makeCompressed(const fs::path& folder) {
  const DJ_RPLossy lossy(90);
  const DJ_RPLossless lossless(1, 0);
  const DJLSRepresentationParameter ls(0, OFTrue);
  const Bytes8 picture = smooth8(kColour);
  for (const auto& [name, syntax, parameter] :
       {std::tuple<const char*, E_TransferSyntax, const DcmRepresentationParameter*>(
            "rle", EXS_RLELossless, nullptr),
        {"jpeg", EXS_JPEGProcess1, &lossy},
        {"lossless", EXS_JPEGProcess14SV1, &lossless},
        {"jpeg_ls", EXS_JPEGLSLossless, &ls}}) {
    SyntheticObject object(kColour);
    object.pixels(picture).save(folder / name, syntax, parameter);
  }
  SyntheticObject(kColour)
      .fragments(EXS_JPEG2000, {jpeg2000Of(kColour, wide(picture), {})})
      .save(folder / "jpeg_2000", EXS_JPEG2000);
  SyntheticObject(kColour)
      .fragments(EXS_JPEGProcess10_12, {jpegOf(kColour, picture, {.progressive = true})})
      .save(folder / "progressive", EXS_JPEGProcess10_12);
  Shape two = {.rows = 8, .cols = 8, .frames = 2};
  Words16 grey(64, 100);
  const Bytes8 whole = jpeg2000Of({.rows = 8, .cols = 8}, grey, {});
  const auto middle = whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 4 * 2);
  const Bytes8 first(whole.begin(), middle), second(middle, whole.end());
  const auto next = static_cast<std::uint32_t>(16 + whole.size() + whole.size() % 2);
  SyntheticObject(two)
      .fragments(EXS_JPEG2000, {first, second, whole}, {0, next})
      .save(folder / "fragments", EXS_JPEG2000);
}

std::string keptUid(const std::string& uid) {
  return "2.25." + std::to_string(1 + uid.size());
}

/// A recipe and a frame's bytes of each object, as the target for frames takes them.
void makeFrames(const fs::path& objects, const fs::path& folder) {
  const fs::path copy = folder / "copy";
  for (const fs::directory_entry& entry : fs::directory_iterator(objects)) {
    const dicom::EncodedFrames frames =
        dicom::deidentify(entry.path(), copy, {"P-TEST-0001", 3, keptUid}, {}, {}, Progress())
            .frames;
    const std::string bytes = readTextFile(copy);
    const std::size_t length = frames.recipe.size();
    std::string seed = {static_cast<char>(length & 0xFF), static_cast<char>(length >> 8)};
    seed.append(reinterpret_cast<const char*>(frames.recipe.data()), length);
    seed.append(bytes, frames.frames[0].offset, frames.frames[0].size);
    dicom::test::writeQuickly(folder / entry.path().filename().string(), seed);
  }
  fs::remove(copy);
}

void makeDicomdir(const fs::path& folder) {
  DcmFileFormat file;
  DcmDataset& dataset = *file.getDataset();
  dataset.putAndInsertString(DCM_SOPClassUID, UID_MediaStorageDirectoryStorage);
  for (const char* id : {"", "A\\US1", "B\\US2"}) {
    DcmItem* item = nullptr;
    dataset.findOrCreateSequenceItem(DCM_DirectoryRecordSequence, item, -2);
    item->putAndInsertUint16(DCM_RecordInUseFlag, 0xFFFF);
    item->putAndInsertString(DCM_DirectoryRecordType, *id == '\0' ? "PATIENT" : "IMAGE");
    if (*id != '\0') item->putAndInsertString(DCM_ReferencedFileID, id);
  }
  if (file.saveFile((folder / "DICOMDIR").c_str(), EXS_LittleEndianExplicit).bad()) {
    throwBadInput("The DICOMDIR cannot be written.");
  }
}

/// Two frames, tracked and calibrated.
media::Clip trackedClip() {
  media::Clip clip;
  std::vector<media::Image> images(2, media::Image(3, 4));
  for (std::size_t i = 0; i < 12; ++i) images[1].data[i] = static_cast<std::byte>(20 * i);
  clip.info.frame_count = 2;
  clip.info.rows = 3;
  clip.info.cols = 4;
  clip.info.tracked = true;
  clip.info.world = "Tracker";
  clip.info.times_known = true;
  Eigen::Matrix4d scale = Eigen::Matrix4d::Identity();
  scale(0, 0) = scale(1, 1) = 0.2;
  clip.info.probe_from_image = media::ProbeFromImage(scale);
  clip.frames.resize(2);
  for (std::size_t i = 0; i < 2; ++i) {
    clip.frames[i].time_s = 0.1 * static_cast<double>(i);
    clip.frames[i].pose_status = media::PoseStatus::kValid;
    Eigen::Matrix4d pose = Eigen::Matrix4d::Identity();
    pose(2, 3) = static_cast<double>(i);
    clip.frames[i].world_from_probe = media::WorldFromProbe(pose);
  }
  clip.pixels = std::make_shared<media::MemoryFrames>(std::move(images));
  return clip;
}

media::Volume smallVolume() {
  Eigen::Matrix4d scale = Eigen::Matrix4d::Identity();
  scale(0, 0) = scale(1, 1) = scale(2, 2) = 0.5;
  media::Volume volume({4, 3, 2}, media::PixelType::kUint16, media::WorldFromVoxel(scale));
  for (std::size_t i = 0; i < volume.data.size(); ++i) volume.data[i] = static_cast<std::byte>(i);
  volume.labels = {{1, "kidney"}};
  return volume;
}

void makeRasters(const fs::path& meta, const fs::path& nrrd) {
  const std::string samples = "abcdefghijklmnopqrstuvwx";
  const std::string pose = media::matrix(Eigen::Matrix4d::Identity());
  const auto write = [](const fs::path& path, const std::string& text) {
    dicom::test::writeQuickly(path, text);
  };
  media::writeSequence(meta / "tracked.mha", trackedClip(), false);
  media::writeSequence(meta / "compressed.mha", trackedClip(), true);
  media::writeVolume(meta / "volume.mha", smallVolume());
  write(meta / "turned", media::metaHeader({{"DimSize", "3 4 2"},
                                            {"UltrasoundImageOrientation", "NUA"},
                                            {"Seq_Frame0000_ImageToReferenceTransform", pose},
                                            {"Seq_Frame0000_ImageToReferenceTransformStatus", "OK"},
                                            {"Seq_Frame0001_ImageStatus", "INVALID"}}) +
                             samples);
  write(meta / "colour",
        media::metaHeader({{"ElementNumberOfChannels", "3"}, {"DimSize", "4 1 2"}}) + samples);
  write(meta / "wide", media::metaHeader({{"ElementType", "MET_SHORT"},
                                          {"DimSize", "3 2 2"},
                                          {"BinaryDataByteOrderMSB", "True"}}) +
                           samples);
  media::writeVolume(nrrd / "volume.nrrd", smallVolume());
  write(nrrd / "raw", media::nrrdHeader({{"Seq_Frame0000_ProbeToTrackerTransform", pose},
                                         {"Seq_Frame0000_ProbeToTrackerTransformStatus", "OK"},
                                         {"Seq_Frame0000_Timestamp", "0.5"}}) +
                          "\n" + samples);
  write(nrrd / "gzip",
        media::nrrdHeader({{"encoding", "gzip"}}) + "\n" + media::deflated(samples, 31));
  write(nrrd / "colour", media::nrrdHeader({{"sizes", "3 4 2"},
                                            {"kinds", "RGB-color domain domain"},
                                            {"space directions", "none (1,0) (0,1)"}}) +
                             "\n" + samples);
  write(nrrd / "skip", media::nrrdHeader({{"byte skip", "-1"}, {"type", "int8"}}) + "\n" + samples);
}

void makeTensors(const fs::path& folder) {
  const std::array<float, 6> weights = {1.5F, -2.0F, 0.0F, 3e7F, -1e-9F, 6.0F};
  const std::array<std::uint8_t, 4> pixels = {0, 1, 254, 255};
  segment::writeSafetensors(
      folder / "three",
      {{"pixels", segment::Dtype::kU8, {4, 1}, std::as_bytes(std::span(pixels))},
       {"weights", segment::Dtype::kF32, {2, 3}, std::as_bytes(std::span(weights))},
       {"nothing", segment::Dtype::kF16, {0, 7}, {}}},
      {{"note", "two \"words\"\n"}});
  segment::writeSafetensors(
      folder / "one", {{"a", segment::Dtype::kU8, {4}, std::as_bytes(std::span(pixels))}}, {});
}

void checkSizes(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.file_size() > kLargestSeed) {
      throwBadInput(entry.path().string() + " is no small seed.");
    }
  }
}
}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) return 2;
  const fs::path folder = argv[1];
  fs::remove_all(folder);
  for (const char* name : {"dicom", "frame", "dicomdir", "metaimage", "nrrd", "safetensors"}) {
    fs::create_directories(folder / name);
  }
  makeUncompressed(folder / "dicom");
  makeCompressed(folder / "dicom");
  makeFrames(folder / "dicom", folder / "frame");
  makeDicomdir(folder / "dicomdir");
  makeRasters(folder / "metaimage", folder / "nrrd");
  makeTensors(folder / "safetensors");
  checkSizes(folder);
  return testing::Test::HasFailure() ? 1 : 0;
} catch (const sonotwin::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
