// SPDX-License-Identifier: Apache-2.0
#include "safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <tuple>

#include "sonotwin/base/error.h"
#include "sonotwin/base/file.h"
#include "temporary_folder.h"

namespace sonotwin::segment {
namespace {
using testing::HasSubstr;

/// A file of the given header and as many bytes of tensors, by hand.
std::string fileWith(const std::string& header, std::size_t data_bytes) {
  const std::uint64_t length = header.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes + header + std::string(data_bytes, '\x01');
}

std::string refusalOf(const std::string& bytes) {
  const test::TemporaryFolder folder;
  writeFileAtomically(folder / "a.safetensors", bytes);
  try {
    const SafetensorsReader reader(folder / "a.safetensors");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kBadInput);
    EXPECT_THAT(error.what(), HasSubstr("a.safetensors"));
    return error.what();
  }
  return "read without complaint";
}

std::string header(const std::vector<std::string>& entries) {
  std::string text(1, '{');
  for (const std::string& entry : entries) {
    if (text.size() > 1) text += ',';
    text += entry;
  }
  return text + '}';
}

std::string tensor(const std::string& name, const std::string& dtype, const std::string& shape,
                   const std::string& offsets) {
  std::string text = "\"";
  text += name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape;
  return text + ",\"data_offsets\":" + offsets + "}";
}

TEST(Safetensors, ComesBackAsWritten) {
  const test::TemporaryFolder folder;
  const std::vector<float> weights{1.5F, -2.0F, 0.0F, 3e7F, -1e-9F, 6.0F};
  const std::vector<std::uint8_t> pixels{0, 1, 254, 255};
  writeSafetensors(folder / "a",
                   {{"pixels", Dtype::kU8, {4, 1}, std::as_bytes(std::span(pixels))},
                    {"weights", Dtype::kF32, {2, 3}, std::as_bytes(std::span(weights))},
                    {"nothing", Dtype::kF16, {0, 7}, {}}},
                   {{"note", "ä \"quoted\"\n"}});
  SafetensorsReader reader(folder / "a");
  EXPECT_EQ(reader.metadata().at("note"), "ä \"quoted\"\n");
  ASSERT_EQ(reader.tensors().size(), 3U);
  std::vector<float> read(6);
  reader.readInto(reader.find("weights"), std::as_writable_bytes(std::span(read)));
  EXPECT_EQ(read, weights);
  EXPECT_EQ(reader.find("weights").shape, (std::vector<std::int64_t>{2, 3}));
  const auto bytes = reader.read(reader.find("pixels"));
  EXPECT_EQ(std::memcmp(bytes.data(), pixels.data(), 4), 0);
  EXPECT_TRUE(reader.read(reader.find("nothing")).empty());
}

TEST(Safetensors, SameContentGivesSameBytesInAnyOrder) {
  const test::TemporaryFolder folder;
  const std::vector<std::uint8_t> a{1, 2}, b{3};
  const TensorView first{"a", Dtype::kU8, {2}, std::as_bytes(std::span(a))};
  const TensorView second{"b", Dtype::kU8, {1}, std::as_bytes(std::span(b))};
  const std::string one = writeSafetensors(folder / "1", {first, second}, {{"k", "v"}});
  const std::string two = writeSafetensors(folder / "2", {second, first}, {{"k", "v"}});
  EXPECT_EQ(one, two);
  EXPECT_EQ(readTextFile(folder / "1"), readTextFile(folder / "2"));
  EXPECT_EQ(one, fileSha256(folder / "1"));
}

TEST(Safetensors, AcceptsWhatOthersWrite) {
  const test::TemporaryFolder folder;
  writeFileAtomically(
      folder / "a",
      fileWith(
          header({tensor("b", "U8", "[3]", "[2,5]"), tensor("a", "U8", "[2]", "[0,2]")}) + "   ",
          5));
  const SafetensorsReader reader(folder / "a");
  EXPECT_EQ(reader.tensors().front().name, "a");
}

TEST(Safetensors, NamesWhatIsWrong) {
  const std::string good = tensor("a", "U8", "[2]", "[0,2]");
  const std::vector<std::tuple<std::string, std::string>> cases{
      {"", "too short"},
      {"1234567", "too short"},
      {fileWith("{", 0), "not JSON"},
      {fileWith("[]", 0), "not a JSON object"},
      {fileWith(header({good, good}), 2), "names 'a' twice"},
      {fileWith("{\"a\":{\"shape\":[[]]}}", 0), "nests deeper"},
      {fileWith("{\"a\\u001b[2J\":5}", 0), "tensor 'a [2J' is not an object"},
      {fileWith("{\"a\":5}", 0), "tensor 'a' is not an object"},
      {fileWith(header({tensor("a", "I4", "[2]", "[0,2]")}), 2), "element type 'I4'"},
      {fileWith(header({tensor("a", "U8", "2", "[0,2]")}), 2), "a shape that is not a list"},
      {fileWith(header({tensor("a", "U8", "[-2]", "[0,2]")}), 2), "not a whole number"},
      {fileWith(header({tensor("a", "U8", "[2.0]", "[0,2]")}), 2), "not a whole number"},
      {fileWith(header({tensor("a", "U8", "[2]", "[0]")}), 2), "not two numbers"},
      {fileWith(header({tensor("a", "F32", "[2]", "[0,2]")}), 2), "do not match its shape"},
      {fileWith(header({tensor("a", "U8", "[2]", "[2,0]")}), 2), "do not match its shape"},
      {fileWith(header({tensor("a", "U8", "[4294967296,4294967296]", "[0,2]")}), 2), "too large"},
      {fileWith(header({tensor("a", "U8", "[2]", "[1,3]")}), 3), "leaves a gap"},
      {fileWith(header({good, tensor("b", "U8", "[2]", "[1,3]")}), 3), "overlaps"},
      {fileWith(header({good}), 3), "holds 3 bytes of tensors where its header names 2"},
      {fileWith(header({good}), 1), "holds 1 bytes"},
      {fileWith("{\"a\":{\"dtype\":\"U8\",\"shape\":[2]}}", 2), "unknown fields"},
      {fileWith("{\"__metadata__\":{\"k\":5}}", 0), "metadata 'k' is not text"},
      {std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10), "no safetensors file"},
      {std::string("\xff\x00\x00\x00\x00\x00\x00\x00{}", 10), "no safetensors file"},
  };
  for (const auto& [bytes, reason] : cases) EXPECT_THAT(refusalOf(bytes), HasSubstr(reason));
}

// Every cut of a good file is refused: nothing shorter can pass for the whole.
TEST(Safetensors, RefusesEveryTruncation) {
  const test::TemporaryFolder folder;
  const std::vector<std::uint8_t> pixels{1, 2, 3, 4};
  writeSafetensors(folder / "a", {{"p", Dtype::kU8, {4}, std::as_bytes(std::span(pixels))}}, {});
  const std::string whole = readTextFile(folder / "a");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THAT(refusalOf(whole.substr(0, length)), HasSubstr("cannot be used")) << length;
  }
}

TEST(Safetensors, MissingFileIsNotFound) {
  try {
    const SafetensorsReader reader("/nowhere/a.safetensors");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  }
}
}  // namespace
}  // namespace sonotwin::segment
