// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/media/sequence_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <numbers>
#include <string>

#include "sequence_files.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "temporary_folder.h"

namespace sonotwin::media {
namespace {
using testing::HasSubstr;

std::string refusalOf(const std::filesystem::path& path) {
  try {
    std::ignore = readSequence(path);
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << "not one line";
    return error.what();
  }
  return "read without complaint";
}

// What pixel (col, row) of frame t holds, in a picture seen as ultrasound is shown.
std::uint8_t level(int col, int row, int t) {
  return static_cast<std::uint8_t>(col * 10 + row * 3 + t * 100);
}

/// Samples of two 4 x 3 frames, stored along the axes that `letters` names.
std::string samplesInOrder(const std::string& letters, std::vector<int>& sizes_out) {
  std::vector<int> sizes;
  for (const char c : letters)
    sizes.push_back(c == 'M' || c == 'U' ? 4 : c == 'F' || c == 'N' ? 3 : 1);
  sizes_out = sizes;
  sizes.resize(3, 1);
  std::string samples;
  for (int t = 0; t < 2; ++t) {
    for (int k = 0; k < sizes[2]; ++k) {
      for (int j = 0; j < sizes[1]; ++j) {
        for (int i = 0; i < sizes[0]; ++i) {
          const std::array<int, 3> at = {i, j, k};
          int col = 0, row = 0;
          for (std::size_t axis = 0; axis < letters.size(); ++axis) {
            switch (letters[axis]) {
              case 'M':
                col = at[axis];
                break;
              case 'U':
                col = 3 - at[axis];
                break;
              case 'F':
                row = at[axis];
                break;
              case 'N':
                row = 2 - at[axis];
                break;
              default:
                break;
            }
          }
          samples += static_cast<char>(level(col, row, t));
        }
      }
    }
  }
  return samples;
}

void expectPicture(const Clip& clip) {
  ASSERT_EQ(clip.info.cols, 4);
  ASSERT_EQ(clip.info.rows, 3);
  ASSERT_EQ(clip.info.frame_count, 2);
  for (int t = 0; t < 2; ++t) {
    const Image image = clip.pixels->frame(t);
    for (int row = 0; row < 3; ++row) {
      for (int col = 0; col < 4; ++col) {
        const auto at = static_cast<std::size_t>(row * 4 + col);
        ASSERT_EQ(image.samples<std::uint8_t>()[at], level(col, row, t)) << col << ", " << row;
      }
    }
  }
}

// Every order and sense of two axes, and of three with one slice in elevation.
TEST(SequenceIo, BringsEveryOrientationToMarkedFar) {
  const test::TemporaryFolder folder;
  int seen = 0;
  for (const std::string from :
       {"MF", "MN", "UF", "UN", "MFA", "MFD", "MNA", "MND", "UFA", "UFD", "UNA", "UND"}) {
    std::string letters = from;
    std::ranges::sort(letters);
    do {
      std::vector<int> sizes;
      const std::string samples = samplesInOrder(letters, sizes);
      std::string dims, kinds;
      for (const int size : sizes) dims += std::to_string(size) + " ", kinds += "domain ";
      writeFileAtomically(folder / "a.mha", metaHeader({{"NDims", std::to_string(sizes.size() + 1)},
                                                        {"DimSize", dims + "2"},
                                                        {"Kinds", kinds + "list"},
                                                        {"UltrasoundImageOrientation", letters}}) +
                                                samples);
      const Clip clip = readSequence(folder / "a.mha");
      expectPicture(clip);
      EXPECT_EQ(clip.info.orientation, letters);
      EXPECT_TRUE(clip.info.regions.empty());
      ++seen;
    } while (std::ranges::next_permutation(letters).found);
  }
  EXPECT_EQ(seen, 4 * 2 + 8 * 6);
}

TEST(SequenceIo, FlatFrameIgnoresItsElevationLetter) {
  const test::TemporaryFolder folder;
  for (const std::string letters : {"MFA", "MFD", "AMF", "mf", "DMF"}) {
    std::vector<int> sizes;
    writeFileAtomically(folder / "a.mha", metaHeader({{"UltrasoundImageOrientation", letters}}) +
                                              samplesInOrder("MF", sizes));
    expectPicture(readSequence(folder / "a.mha"));
  }
}

TEST(SequenceIo, KeepsUnknownOrientationAsStoredAndSaysSo) {
  const test::TemporaryFolder folder;
  for (const std::string letters : {"XX", "QQQ", "", "MM", "QF"}) {
    std::vector<int> sizes;
    writeFileAtomically(folder / "a.mha", metaHeader({{"UltrasoundImageOrientation", letters}}) +
                                              samplesInOrder("MF", sizes));
    const Clip clip = readSequence(folder / "a.mha");
    expectPicture(clip);
    ASSERT_FALSE(clip.info.assumptions.empty());
    EXPECT_THAT(clip.info.assumptions.front(), HasSubstr("orientation"));
  }
}

TEST(SequenceIo, ReadsLocalSeparateAndCompressedData) {
  const test::TemporaryFolder folder;
  std::vector<int> sizes;
  const std::string raw = samplesInOrder("MF", sizes);
  const std::string packed = deflated(raw, 15);
  const std::string gzipped = deflated(raw, 15 + 16);
  const std::string size = std::to_string(packed.size());
  writeFileAtomically(folder / "local.mha", metaHeader({}) + raw);
  writeFileAtomically(folder / "data.raw", raw);
  writeFileAtomically(folder / "data.zraw", packed);
  writeFileAtomically(folder / "skip.raw", "12345" + raw);
  using Fields = std::map<std::string, std::string>;
  const std::vector<std::pair<Fields, std::string>> cases = {
      {{{"ElementDataFile", "data.raw"}}, ""},
      {{{"ElementDataFile", "skip.raw"}, {"HeaderSize", "5"}}, ""},
      {{{"ElementDataFile", "skip.raw"}, {"HeaderSize", "-1"}}, ""},
      {{{"ElementDataFile", "data.zraw"}, {"CompressedData", "True"}}, ""},
      {{{"CompressedData", "True"}, {"CompressedDataSize", size + "   "}}, packed},
      {{{"CompressedData", "True"}, {"CompressedDataSize", size}}, packed + "trailing"},
      {{{"CompressedData", "True"}}, packed},
      {{{"CompressedData", "True"}}, gzipped},
      {{}, raw}};
  for (const auto& [fields, data] : cases) {
    writeFileAtomically(folder / "a.mhd", metaHeader(fields) + data);
    expectPicture(readSequence(folder / "a.mhd"));
  }
  std::string windows = metaHeader({});
  for (std::size_t at = 0; (at = windows.find('\n', at)) != std::string::npos; at += 2) {
    windows.insert(at, "\r");
  }
  writeFileAtomically(folder / "windows.mha", windows + raw);
  expectPicture(readSequence(folder / "windows.mha"));
}

TEST(SequenceIo, ReadsNrrd) {
  const test::TemporaryFolder folder;
  std::vector<int> sizes;
  const std::string raw = samplesInOrder("MF", sizes);
  writeFileAtomically(folder / "a.nrrd", nrrdHeader({}) + "\n" + raw);
  expectPicture(readSequence(folder / "a.nrrd"));
  writeFileAtomically(folder / "b.nrrd",
                      nrrdHeader({{"encoding", "gzip"}}) + "\n" + deflated(raw, 15 + 16));
  expectPicture(readSequence(folder / "b.nrrd"));
  writeFileAtomically(folder / "data.raw", "xyz" + raw);
  writeFileAtomically(folder / "c.nhdr",
                      nrrdHeader({{"data file", "data.raw"}, {"byte skip", "-1"}}));
  expectPicture(readSequence(folder / "c.nhdr"));
  std::string by_time;  // 3D Slicer may put time first
  for (std::size_t i = 0; i < 12; ++i) by_time += raw.substr(i, 1) + raw.substr(i + 12, 1);
  writeFileAtomically(folder / "d.nrrd", nrrdHeader({{"sizes", "2 4 3"},
                                                     {"kinds", "list domain domain"},
                                                     {"space directions", "none (1,0) (0,1)"}}) +
                                             "\n" + by_time);
  expectPicture(readSequence(folder / "d.nrrd"));
}

struct TypeCase {
  const char* meta;
  const char* nrrd;
  std::size_t width;
  PixelType type;
};

// The numbers 0, 1, ... 11 in every type and byte order.
TEST(SequenceIo, ReadsEverySampleTypeAndByteOrder) {
  const test::TemporaryFolder folder;
  const std::vector<TypeCase> cases = {{"MET_UCHAR", "uint8", 1, PixelType::kUint8},
                                       {"MET_CHAR", "int8", 1, PixelType::kUint8},
                                       {"MET_USHORT", "unsigned short", 2, PixelType::kUint16},
                                       {"MET_SHORT", "int16", 2, PixelType::kUint16},
                                       {"MET_INT", "int", 4, PixelType::kFloat32},
                                       {"MET_UINT", "uint32_t", 4, PixelType::kFloat32}};
  for (const TypeCase& type : cases) {
    for (const bool big : {false, true}) {
      std::string samples;
      for (int value = 0; value < 12; ++value) {
        for (std::size_t byte = 0; byte < type.width; ++byte) {
          const bool low = byte == (big ? type.width - 1 : 0);
          samples += static_cast<char>(low ? value : 0);
        }
      }
      writeFileAtomically(folder / "a.mha",
                          metaHeader({{"DimSize", "4 3 1"},
                                      {"ElementType", type.meta},
                                      {"BinaryDataByteOrderMSB", big ? "True" : "False"}}) +
                              samples);
      writeFileAtomically(folder / "a.nrrd", nrrdHeader({{"sizes", "4 3 1"},
                                                         {"type", type.nrrd},
                                                         {"endian", big ? "big" : "little"}}) +
                                                 "\n" + samples);
      for (const char* name : {"a.mha", "a.nrrd"}) {
        const Clip clip = readSequence(folder / name);
        EXPECT_EQ(clip.info.type, type.type) << type.meta;
        const std::vector<float> levels = toGrayFloat(clip.pixels->frame(0));
        for (std::size_t i = 0; i < 12; ++i) ASSERT_EQ(levels[i], i) << type.meta << big << name;
      }
    }
  }
}

TEST(SequenceIo, KeepsNegativeSamplesAsFloat) {
  const test::TemporaryFolder folder;
  const std::int16_t values[] = {-5, 300};
  writeFileAtomically(folder / "a.mha",
                      metaHeader({{"DimSize", "2 1 1"}, {"ElementType", "MET_SHORT"}}) +
                          std::string(reinterpret_cast<const char*>(values), sizeof values));
  const Clip clip = readSequence(folder / "a.mha");
  EXPECT_EQ(clip.info.type, PixelType::kFloat32);
  EXPECT_THAT(toGrayFloat(clip.pixels->frame(0)), testing::ElementsAre(-5.0F, 300.0F));
}

TEST(SequenceIo, ReadsColour) {
  const test::TemporaryFolder folder;
  const std::string rgb = "abcdefABCDEF";  // two pixels a frame, two frames
  writeFileAtomically(folder / "a.mha", metaHeader({{"DimSize", "2 1 2"},
                                                    {"ElementNumberOfChannels", "3"},
                                                    {"UltrasoundImageOrientation", "UF"}}) +
                                            rgb);
  const Clip clip = readSequence(folder / "a.mha");
  EXPECT_EQ(clip.info.channels, 3);
  const Image second = clip.pixels->frame(1);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(second.data.data()), 6), "DEFABC");
}

TEST(SequenceIo, SlicesOf3DFramesBecomeFramesWithoutPose) {
  const test::TemporaryFolder folder;
  writeFileAtomically(
      folder / "a.mha",
      metaHeader({{"NDims", "4"},
                  {"DimSize", "3 2 1 2"},
                  {"Kinds", "domain domain domain list"},
                  {"UltrasoundImageOrientation", "AMF"},
                  {"Seq_Frame0000_ProbeToTrackerTransform", matrix(Eigen::Matrix4d::Identity())},
                  {"Seq_Frame0000_Timestamp", "5"},
                  {"Seq_Frame0001_Timestamp", "7.5"}}) +
          "abcdefghijkl");
  const Clip clip = readSequence(folder / "a.mha");
  ASSERT_EQ(clip.info.frame_count, 6);
  EXPECT_FALSE(clip.info.tracked);
  const Image fourth = clip.pixels->frame(4);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(fourth.data.data()), 2), "hk");
  EXPECT_DOUBLE_EQ(clip.frames[2].time_s, 0.0);
  EXPECT_DOUBLE_EQ(clip.frames[4].time_s, 2.5);
}

TEST(SequenceIo, FramesAreReadOneAtATime) {
  const test::TemporaryFolder folder;
  std::vector<int> sizes;
  writeFileAtomically(folder / "a.mha", metaHeader({}) + samplesInOrder("MF", sizes));
  const Clip clip = readSequence(folder / "a.mha");
  std::filesystem::resize_file(folder / "a.mha", std::filesystem::file_size(folder / "a.mha") - 1);
  EXPECT_EQ(clip.pixels->frame(0).samples<std::uint8_t>()[1], level(1, 0, 0));
  try {
    std::ignore = clip.pixels->frame(1);
    FAIL() << "a cut frame was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kDamaged);
    EXPECT_THAT(error.what(), HasSubstr("frame 1"));
  }
  EXPECT_THROW(std::ignore = clip.pixels->frame(2), Error);
  EXPECT_THROW(std::ignore = clip.pixels->frame(-1), Error);
}

TEST(SequenceIo, FramesBeforeADamagedSpotStayReadable) {
  const test::TemporaryFolder folder;
  std::string raw(200000, 'x');
  for (std::size_t i = 0; i < raw.size(); ++i) raw[i] = static_cast<char>(i * i % 251);
  std::string packed = deflated(raw, 15);
  const std::string size = std::to_string(packed.size());
  packed.resize(packed.size() / 2);
  packed.resize(std::stoul(size), '\xff');
  writeFileAtomically(folder / "a.mha", metaHeader({{"DimSize", "100 100 20"},
                                                    {"CompressedData", "True"},
                                                    {"CompressedDataSize", size}}) +
                                            packed);
  const Clip clip = readSequence(folder / "a.mha");
  EXPECT_EQ(clip.pixels->frame(0).samples<std::uint8_t>()[9999],
            static_cast<std::uint8_t>(raw[9999]));
  EXPECT_THROW(std::ignore = clip.pixels->frame(19), Error);
}

TEST(SequenceIo, RefusesInOneLineThatNamesTheField) {
  const test::TemporaryFolder folder;
  const std::string data(48, 'x');
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {"NDims", "5", "NDims"},
      {"NDims", "two", "NDims"},
      {"DimSize", "4 3", "DimSize"},
      {"DimSize", "4 -3 2", "DimSize"},
      {"DimSize", "4 3 5", "cut short"},
      {"DimSize", "0 0 24", "no pictures"},
      {"DimSize", "2147483647 2147483647 2147483647", "DimSize"},
      {"DimSize", "99999999999999999999 1 1", "DimSize"},
      {"ElementType", "MET_LONG_LONG", "ElementType"},
      {"ElementNumberOfChannels", "2", "channels"},
      {"Kinds", "domain domain domain", "volume"},
      {"Kinds", "list list domain", "Kinds"},
      {"ElementDataFile", "none.raw", "\"none.raw\" is missing"},
      {"ElementDataFile", std::string(300, 'a'), "is missing"},
      {"Kinds", "do\x1B[2Jmain domain list", "\"do [2Jmain\" is not known"},
      {"ElementDataFile", "../a.raw", "ElementDataFile"},
      {"ElementDataFile", "/etc/hostname", "ElementDataFile"},
      {"ElementDataFile", "LIST", "ElementDataFile"},
      {"BinaryData", "False", "BinaryData"},
      {"CompressedDataSize", "999", "cut short"}};
  for (const auto& [field, value, expected] : cases) {
    std::map<std::string, std::string> fields = {{field, value}};
    if (field == "CompressedDataSize") fields["CompressedData"] = "True";
    writeFileAtomically(folder / "bad.mha", metaHeader(fields) + data);
    const std::string refusal = refusalOf(folder / "bad.mha");
    EXPECT_THAT(refusal, HasSubstr(expected)) << field << " = " << value;
    EXPECT_THAT(refusal, HasSubstr("bad.mha"));
  }
  writeFileAtomically(folder / "bad.mha", std::string(3000000, 'a'));
  EXPECT_THAT(refusalOf(folder / "bad.mha"), HasSubstr("bad.mha"));
  EXPECT_THAT(refusalOf(folder / "absent.mha"), HasSubstr("absent.mha"));
  EXPECT_THAT(refusalOf(folder.path()), HasSubstr("Cannot read"));
}

// A megabyte that claims to inflate to terabytes must be refused before memory is asked for.
TEST(SequenceIo, RefusesADecompressionBomb) {
  const test::TemporaryFolder folder;
  writeFileAtomically(folder / "a.mha",
                      metaHeader({{"DimSize", "60000 60000 2"}, {"CompressedData", "True"}}) +
                          deflated(std::string(1 << 20, '\0'), 15));
  EXPECT_THAT(refusalOf(folder / "a.mha"), HasSubstr("DimSize"));
}

TEST(SequenceIo, KnowsSequenceFilesByTheirNames) {
  for (const char* name : {"a.mha", "b.igs.MHA", "c.mhd", "d.igs.nrrd", "e.nhdr"}) {
    EXPECT_TRUE(isSequenceFile(name)) << name;
  }
  for (const char* name : {"a.png", "mha", "b.raw", "c.zraw"}) EXPECT_FALSE(isSequenceFile(name));
}
}  // namespace
}  // namespace sonotwin::media
