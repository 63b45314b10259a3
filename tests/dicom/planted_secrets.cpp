// SPDX-License-Identifier: Apache-2.0
#include "planted_secrets.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcelem.h>
#include <dcmtk/dcmdata/dcsequen.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstring>

#include "confidentiality_profile.h"
#include "sonotwin/base/file.h"

namespace sonotwin::dicom::test {
namespace {
std::string numbered(const char* format, int number) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, number);
  return text.data();
}

/// A value of the VR with `n` in it; empty for VRs that are no text.
std::string textFor(DcmEVR vr, int n) {
  switch (vr) {
    case EVR_PN:
      return numbered("Qzx%05d^Vlk", n);
    case EVR_UI:
      return numbered("1.2.999.31415.%05d", n);
    case EVR_DA:
      return std::to_string(1700 + n / 300) + numbered("%04d", 101 + n % 12 * 100 + n % 28);
    case EVR_DT:
      return std::to_string(1700 + n / 300) + numbered("%04d", 101 + n % 12 * 100 + n % 28) +
             numbered("111213.%06d", n);
    case EVR_DS:
      return numbered("31415.92%05d", n);
    case EVR_IS:
      return numbered("31415%05d", n);
    case EVR_AS:
      return numbered("%03dY", 91 + n % 900);
    case EVR_UR:
      return numbered("http://qzx%05d.org", n);
    case EVR_AE:
    case EVR_CS:
    case EVR_LO:
    case EVR_LT:
    case EVR_SH:
    case EVR_ST:
    case EVR_UC:
    case EVR_UT:
      return numbered("QZX%05dVLK", n);
    default:
      return {};
  }
}

/// A tag of the profile with its masked digits at zero, or some that are never kept.
DcmTagKey keyOf(const ProfileRow& row) {
  std::string digits = row.tag;
  if (digits == "50XX,XXXX") return {0x5000, 0x3000};
  if (digits == "GGGG,EEEE") return {0x0009, 0x1001};
  for (char& c : digits) c = c == 'X' ? '0' : c;
  return {static_cast<Uint16>(std::stoul(digits.substr(0, 4), nullptr, 16)),
          static_cast<Uint16>(std::stoul(digits.substr(5), nullptr, 16))};
}

DcmTag tagOf(const DcmTagKey& key) {
  if (key.getGroup() == 0x0009) return {key, EVR_LO};
  DcmTag tag(key);
  const DcmEVR vr = tag.getEVR();
  if (vr == EVR_ox || vr == EVR_px || vr == EVR_lt) return {key, EVR_OW};
  if (vr == EVR_xs) return {key, EVR_US};
  return tag;
}
}  // namespace

void Secrets::add(std::string bytes, const DcmTagKey& key) {
  secrets_.push_back({std::move(bytes), key.toString().c_str()});
}

std::string Secrets::remember(std::string text) {
  secrets_.push_back({text, "text " + std::to_string(secrets_.size())});
  return text;
}

std::string Secrets::next() {
  return remember(numbered("QZX%06dVLK", number_++));
}

void Secrets::plantNumber(DcmItem& item, const DcmTag& tag) {
  const double value = 31415.92 + number_;
  std::array<char, 8> bytes{};
  std::memcpy(bytes.data(), &value, bytes.size());
  if (tag.getEVR() == EVR_FD) {
    item.putAndInsertFloat64(tag, value);
    add({bytes.data(), bytes.size()}, tag);
  } else if (tag.getEVR() == EVR_OB || tag.getEVR() == EVR_UN || tag.getEVR() == EVR_OW) {
    const std::string text = numbered("QZX%05d", number_);
    item.putAndInsertUint8Array(DcmTag(tag, EVR_OB), reinterpret_cast<const Uint8*>(text.data()),
                                text.size());
    add(text, tag);
  }
}

void Secrets::plant(DcmItem& item, const DcmTagKey& key) {
  const DcmTag tag = tagOf(key);
  ++number_;
  const std::string text = textFor(tag.getEVR(), number_);
  if (text.empty()) return plantNumber(item, tag);
  EXPECT_TRUE(item.putAndInsertString(tag, text.c_str()).good()) << key;
  // Four digits and a letter may be anywhere by chance.
  if (tag.getEVR() != EVR_AS) add(text, key);
}

void Secrets::plantProfile(DcmItem& item, int depth) {
  constexpr int kDeepest = 2;
  for (const ProfileRow& row : confidentialityProfile()) {
    const DcmTagKey key = keyOf(row);
    // Times stay where dates are shifted.
    if (tagOf(key).getEVR() == EVR_TM) continue;
    if (tagOf(key).getEVR() != EVR_SQ) {
      plant(item, key);
    } else if (depth < kDeepest) {
      DcmItem* inner = nullptr;
      ASSERT_TRUE(item.findOrCreateSequenceItem(key, inner, -2).good()) << key;
      // All that is known to identify one level down; below, what identifies most.
      if (depth == 0 && key == DCM_RequestAttributesSequence) {
        plantProfile(*inner, depth + 1);
        continue;
      }
      for (const DcmTagKey& one : {DCM_PatientName, DCM_CodeMeaning, DCM_CodeValue, DCM_TextValue,
                                   DCM_ReferencedSOPInstanceUID, DCM_InstitutionName}) {
        plant(*inner, one);
      }
    }
  }
}

std::vector<std::string> Secrets::thoseIn(const std::filesystem::path& file, bool in) const {
  const std::string bytes = bytesOf(file);
  std::vector<std::string> named;
  for (const Secret& secret : secrets_) {
    if ((bytes.find(secret.bytes) != bytes.npos) == in) {
      named.push_back(secret.where + ": " + secret.bytes);
    }
  }
  return named;
}

std::vector<std::string> Secrets::foundIn(const std::filesystem::path& file) const {
  return thoseIn(file, true);
}

std::vector<std::string> Secrets::missingIn(const std::filesystem::path& file) const {
  return thoseIn(file, false);
}

std::string bytesOf(const std::filesystem::path& file) {
  const auto bytes = readFile(file);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace sonotwin::dicom::test
