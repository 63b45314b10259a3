// SPDX-License-Identifier: Apache-2.0
#include "element_values.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcdicent.h>
#include <dcmtk/dcmdata/dcdict.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "kept_text.h"
#include "sonotwin/base/error.h"

namespace sonotwin::dicom {
namespace {
constexpr Uint32 kLongestText = 1U << 20;
constexpr const char* kDummyText = "ANONYMIZED";

void require(const OFCondition& done, const DcmTagKey& key) {
  if (done.good()) return;
  throw Error(ErrorKind::kInternal, std::string("attribute ") + key.toString().c_str() +
                                        " cannot be written: " + done.text());
}

const char* dummyText(DcmEVR vr) {
  switch (vr) {
    case EVR_AS:
      return "000D";
    case EVR_DA:
      return "19000101";
    case EVR_DT:
      return "19000101000000";
    case EVR_TM:
      return "000000";
    case EVR_UR:
      return "urn:anonymized";
    case EVR_DS:
    case EVR_IS:
      return "0";
    default:
      return isStringVr(vr) ? kDummyText : "0";
  }
}

/// What a code that no longer means anything looks like.
void fillCode(DcmItem& item) {
  putText(item, DCM_CodeValue, EVR_SH, kDummyText);
  putText(item, DCM_CodingSchemeDesignator, EVR_SH, "99SONOTWIN");
  putText(item, DCM_CodeMeaning, EVR_LO, kDummyText);
}

void putDummySequence(DcmItem& item, const DcmTagKey& key) {
  auto sequence = std::make_unique<DcmSequenceOfItems>(DcmTag(key, EVR_SQ));
  auto content = std::make_unique<DcmItem>();
  if (std::string_view(DcmTag(key).getTagName()).ends_with("CodeSequence")) fillCode(*content);
  require(sequence->append(content.get()), key);
  static_cast<void>(content.release());
  require(item.insert(sequence.get(), OFTrue), key);
  static_cast<void>(sequence.release());
}

DcmEVR choose(DcmEVR held, std::initializer_list<DcmEVR> among) {
  return std::ranges::find(among, held) != among.end() ? held : *among.begin();
}
}  // namespace

DcmEVR dueVr(const DcmTagKey& key, DcmEVR held) {
  const DcmEVR vr = DcmTag(key).getEVR();
  switch (vr) {
    case EVR_xs:
      return choose(held, {EVR_US, EVR_SS});
    case EVR_lt:
      return choose(held, {EVR_OW, EVR_US, EVR_SS});
    case EVR_ox:
    case EVR_px:
      return choose(held, {EVR_OW, EVR_OB});
    case EVR_up:
      return EVR_UL;
    default:
      return DcmVR(vr).isStandard() ? vr : EVR_UN;
  }
}

DcmEVR heldVr(DcmElement& element) {
  switch (element.getVR()) {
    case EVR_xs:
      return EVR_US;
    case EVR_lt:
    case EVR_ox:
    case EVR_px:
      return EVR_OW;
    case EVR_up:
      return EVR_UL;
    default:
      return element.getVR();
  }
}

bool isStringVr(DcmEVR vr) {
  constexpr std::array kStrings = {EVR_AE, EVR_AS, EVR_CS, EVR_DA, EVR_DS, EVR_DT,
                                   EVR_IS, EVR_LO, EVR_LT, EVR_PN, EVR_SH, EVR_ST,
                                   EVR_TM, EVR_UC, EVR_UI, EVR_UR, EVR_UT};
  return std::ranges::find(kStrings, vr) != kStrings.end();
}

bool isNumberVr(DcmEVR vr) {
  constexpr std::array kNumbers = {EVR_US, EVR_SS, EVR_UL, EVR_SL, EVR_FL, EVR_FD, EVR_SV, EVR_UV};
  return std::ranges::find(kNumbers, vr) != kNumbers.end();
}

std::optional<std::string> textIn(DcmElement& element) {
  if (!isStringVr(element.getVR()) || element.getLengthField() > kLongestText) return std::nullopt;
  OFString text;
  if (element.getOFStringArray(text).bad()) return std::nullopt;
  std::string value(text.c_str(), text.size());
  while (!value.empty() && (value.back() == ' ' || value.back() == '\0')) value.pop_back();
  return value;
}

std::optional<std::string> numbersIn(DcmElement& element) {
  const bool readable = isStringVr(element.getVR()) || isNumberVr(heldVr(element));
  OFString text;
  if (!readable || element.getLengthField() > kLongestText ||
      element.getOFStringArray(text).bad()) {
    return std::nullopt;
  }
  std::string values(text.c_str(), text.size());
  while (!values.empty() && (values.back() == ' ' || values.back() == '\0')) values.pop_back();
  return isNumberString(values) ? std::optional(std::move(values)) : std::nullopt;
}

bool hasAllowedCount(DcmElement& element) {
  const DcmDataDictionary& dictionary = dcmDataDict.rdlock();
  const DcmDictEntry* entry = dictionary.findEntry(element.getTag().getXTag(), nullptr);
  const int most = entry == nullptr ? 1 : entry->getVMMax();
  dcmDataDict.rdunlock();
  return most == DcmVariableVM || element.getVM() <= static_cast<unsigned long>(most);
}

void putText(DcmItem& item, const DcmTagKey& key, DcmEVR vr, const std::string& text) {
  require(item.putAndInsertString(DcmTag(key, vr), text.c_str()), key);
}

void putEmpty(DcmItem& item, const DcmTagKey& key, DcmEVR vr) {
  require(item.insertEmptyElement(DcmTag(key, vr)), key);
}

void putDummy(DcmItem& item, const DcmTagKey& key, DcmEVR vr) {
  const std::array<Uint8, 8> zeros{};
  if (vr == EVR_SQ) {
    putDummySequence(item, key);
  } else if (vr == EVR_AT) {
    require(item.putAndInsertTagKey(DcmTag(key, vr), DcmTagKey(0, 0)), key);
  } else if (isStringVr(vr) || isNumberVr(vr)) {
    putText(item, key, vr, dummyText(vr));
  } else if (vr == EVR_OB || vr == EVR_UN) {
    require(item.putAndInsertUint8Array(DcmTag(key, EVR_OB), zeros.data(), 2), key);
  } else if (vr == EVR_OW) {
    const Uint16 zero = 0;
    require(item.putAndInsertUint16Array(DcmTag(key, vr), &zero, 1), key);
  } else {
    putEmpty(item, key, vr);
  }
}

}  // namespace sonotwin::dicom
