// SPDX-License-Identifier: Apache-2.0
// Single-frame ultrasound objects of 640 x 480 grey pixels (300 KB), uncompressed, for measuring
// how fast they are taken in: speckle of a virtual patient in one ultrasound region on black, no
// text. Ten objects to a patient, two to a study. Deterministic.
//
//   bench_make_objects FOLDER COUNT
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "sonotwin/phantom/virtual_patient.h"

namespace {
namespace fs = std::filesystem;
using namespace sonotwin;

constexpr int kRows = 480, kCols = 640;
constexpr int kPictures = 20;  // that the scanner forms; each object is one of them, grained anew
constexpr int kLeft = 80, kTop = 40, kRight = 560, kBottom = 440;

std::vector<media::Image> pictures() {
  phantom::ScanOptions options;
  options.frames = kPictures;
  options.rows = kBottom - kTop;
  options.cols = kRight - kLeft;
  const auto patient = phantom::VirtualPatient::make("abdomen", 5);
  const phantom::SimulatedSweep sweep = phantom::scan(patient, options, 5, {});
  std::vector<media::Image> images;
  for (int i = 0; i < kPictures; ++i) images.push_back(sweep.clip.pixels->frame(i));
  return images;
}

std::vector<Uint8> screenOf(const media::Image& picture, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Uint8> screen(std::size_t{kRows} * kCols);
  const auto from = picture.samples<std::uint8_t>();
  for (int row = 0; row < picture.rows; ++row) {
    for (int col = 0; col < picture.cols; ++col) {
      const int level = from[static_cast<std::size_t>(row * picture.cols + col)];
      const int grain = level == 0 ? 0 : static_cast<int>(random() % 7) - 3;
      screen[static_cast<std::size_t>((row + kTop) * kCols + col + kLeft)] =
          static_cast<Uint8>(std::clamp(level + grain, 0, 255));
    }
  }
  return screen;
}

void addRegion(DcmDataset& dataset) {
  DcmItem* item = nullptr;
  dataset.findOrCreateSequenceItem(DCM_SequenceOfUltrasoundRegions, item, -2);
  item->putAndInsertUint16(DCM_RegionSpatialFormat, 1);
  item->putAndInsertUint16(DCM_RegionDataType, 1);
  item->putAndInsertUint32(DCM_RegionFlags, 0);
  item->putAndInsertUint32(DCM_RegionLocationMinX0, kLeft);
  item->putAndInsertUint32(DCM_RegionLocationMinY0, kTop);
  item->putAndInsertUint32(DCM_RegionLocationMaxX1, kRight - 1);
  item->putAndInsertUint32(DCM_RegionLocationMaxY1, kBottom - 1);
  item->putAndInsertUint16(DCM_PhysicalUnitsXDirection, 3);
  item->putAndInsertUint16(DCM_PhysicalUnitsYDirection, 3);
  item->putAndInsertFloat64(DCM_PhysicalDeltaX, 0.025);
  item->putAndInsertFloat64(DCM_PhysicalDeltaY, 0.025);
}

void describe(DcmDataset& dataset, int number) {
  const std::string patient = std::to_string(number / 10);
  const std::string study = "1.2.826.0.1.3680043.8.498.1." + std::to_string(number / 2);
  const auto set = [&](const DcmTagKey& key, const std::string& value) {
    dataset.putAndInsertString(key, value.c_str());
  };
  set(DCM_SOPClassUID, UID_UltrasoundImageStorage);
  set(DCM_SOPInstanceUID, study + ".1." + std::to_string(number));
  set(DCM_StudyInstanceUID, study);
  set(DCM_SeriesInstanceUID, study + ".1");
  set(DCM_StudyDate, "202403" + std::to_string(10 + number / 2 % 5));
  set(DCM_StudyTime, "101500");
  set(DCM_AccessionNumber, "A" + std::to_string(number / 2));
  set(DCM_ReferringPhysicianName, "Referring^Doctor");
  set(DCM_StudyID, "1");
  set(DCM_SeriesNumber, "1");
  set(DCM_InstanceNumber, std::to_string(number));
  set(DCM_Modality, "US");
  set(DCM_Manufacturer, "Maker");
  set(DCM_ManufacturerModelName, "Model 7");
  set(DCM_InstitutionName, "Some Hospital");
  set(DCM_PatientName, "Patient^Number" + patient);
  set(DCM_PatientID, "PID" + patient);
  set(DCM_PatientBirthDate, "19600101");
  set(DCM_PatientSex, "O");
  set(DCM_PhotometricInterpretation, "MONOCHROME2");
  const auto setWord = [&](const DcmTagKey& key, int value) {
    dataset.putAndInsertUint16(key, static_cast<Uint16>(value));
  };
  setWord(DCM_SamplesPerPixel, 1);
  setWord(DCM_Rows, kRows);
  setWord(DCM_Columns, kCols);
  setWord(DCM_BitsAllocated, 8);
  setWord(DCM_BitsStored, 8);
  setWord(DCM_HighBit, 7);
  setWord(DCM_PixelRepresentation, 0);
}

void write(const fs::path& folder, int count) {
  const std::vector<media::Image> forms = pictures();
  fs::create_directories(folder);
  for (int i = 0; i < count; ++i) {
    DcmFileFormat file;
    describe(*file.getDataset(), i);
    addRegion(*file.getDataset());
    const std::vector<Uint8> screen =
        screenOf(forms[static_cast<std::size_t>(i % kPictures)], static_cast<std::uint32_t>(i));
    file.getDataset()->putAndInsertUint8Array(DCM_PixelData, screen.data(), screen.size());
    char name[32];
    std::snprintf(name, sizeof name, "%05d.dcm", i);
    const OFCondition saved = file.saveFile((folder / name).c_str(), EXS_LittleEndianExplicit);
    if (saved.bad()) throw std::runtime_error(saved.text());
  }
}
}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 3) throw std::runtime_error("usage: bench_make_objects FOLDER COUNT");
    write(argv[1], std::stoi(argv[2]));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
