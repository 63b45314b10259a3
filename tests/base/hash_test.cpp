// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/base/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sonotwin {
namespace {
std::vector<std::byte> repeated(int value, std::size_t count) {
  return std::vector<std::byte>(count, static_cast<std::byte>(value));
}

// Source: NIST, Secure Hash Standard, example values.
TEST(Sha256, GivesTheStandardsExamples) {
  EXPECT_EQ(sha256Hex(std::string_view()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256Hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjkl"
                      "mnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  EXPECT_EQ(sha256Hex(repeated('a', 1000000)),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// Every length around the block size. Oracle: Python's hashlib over the same bytes.
TEST(Sha256, AgreesWithAnotherProgramAtEveryLength) {
  Sha256 all;
  for (std::size_t n = 0; n < 300; ++n) {
    std::vector<std::byte> bytes;
    for (std::size_t i = 0; i < n; ++i) bytes.push_back(static_cast<std::byte>((i * 7 + n) % 256));
    all.update(sha256Hex(bytes));
  }
  EXPECT_EQ(all.finishHex(), "def85da8f53f8ad58eda585dce61c0d7bfbb3da6924badae49d32d11288c576f");
}

TEST(Sha256, PiecesDoNotMatter) {
  const std::string text(200, 'x');
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Sha256 hash;
    hash.update(std::string_view(text).substr(0, cut));
    hash.update(std::string_view(text).substr(cut));
    ASSERT_EQ(hash.finishHex(), sha256Hex(text)) << cut;
  }
}

// Source: RFC 4231, test cases 1, 2, 3, 6 and 7.
TEST(HmacSha256, GivesTheStandardsExamples) {
  const auto key_of = [](std::string_view text) { return std::as_bytes(std::span(text)); };
  EXPECT_EQ(hmacSha256Hex(repeated(0x0b, 20), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hmacSha256Hex(key_of("Jefe"), "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hmacSha256Hex(repeated(0xaa, 20), std::string(50, '\xdd')),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(
      hmacSha256Hex(repeated(0xaa, 131), "Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hmacSha256Hex(repeated(0xaa, 131),
                          "This is a test using a larger than block-size key and a larger than "
                          "block-size data. The key needs to be hashed before being used by the "
                          "HMAC algorithm."),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

TEST(RandomBytes, AreAsManyAsAskedForAndDiffer) {
  EXPECT_TRUE(randomBytes(0).empty());
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) seen.insert(sha256Hex(randomBytes(16)));
  EXPECT_EQ(seen.size(), 20U);
  EXPECT_EQ(randomBytes(100000).size(), 100000U);
}
}  // namespace
}  // namespace sonotwin
