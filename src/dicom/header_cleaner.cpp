// SPDX-License-Identifier: Apache-2.0
#include "header_cleaner.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string_view>

#include "attributes.h"
#include "body_parts.h"
#include "code_words.h"
#include "coding_schemes.h"
#include "date_shift.h"
#include "element_values.h"
#include "kept_text.h"
#include "sonotwin/base/error.h"
#include "sonotwin/dicom/known_terms.h"
#include "table_lines.h"

namespace sonotwin::dicom {
namespace {
std::uint32_t numberOf(const DcmTagKey& key) {
  return static_cast<std::uint32_t>(key.getGroup()) << 16 | key.getElement();
}

/// Written anew once the rest is clean.
bool isDeclaration(const DcmTagKey& key) {
  return key == DCM_PatientIdentityRemoved || key == DCM_DeidentificationMethod ||
         key == DCM_DeidentificationMethodCodeSequence || key == DCM_BurnedInAnnotation ||
         key == DCM_LongitudinalTemporalInformationModified;
}

/// What says of a code which one it is; all but what it is modified by.
bool isPartOfCode(const DcmTagKey& key) {
  return key.getGroup() == 0x0008 && key.getElement() >= 0x0100 && key.getElement() <= 0x0124;
}

bool isLocalCode(DcmItem& item) {
  bool holds_code = false;
  for (DcmObject* object = item.nextInContainer(nullptr); object != nullptr;
       object = item.nextInContainer(object)) {
    holds_code |= isPartOfCode(object->getTag().getXTag());
  }
  return holds_code &&
         !isStandardCode(textOf(item, DCM_CodingSchemeDesignator), textOf(item, DCM_CodeValue));
}

/// A code that says nothing of anybody, whoever has such a name: a clinic for primary care must not
/// cost a picture its type.
bool isDefinedTerm(std::string_view value) {
  constexpr auto kTerms = std::to_array<std::string_view>(
      {"ORIGINAL", "DERIVED", "PRIMARY", "SECONDARY", "MIXED", "YES", "NO"});
  return std::ranges::find(kTerms, value) != kTerms.end() || isBodyPartTerm(value) ||
         isTransducerTerm(value) || knownWordsOf(value) == value;
}

bool namesSomebody(const std::string& text, DcmEVR vr, const std::vector<std::string>& words) {
  const bool is_number = vr == EVR_DS || vr == EVR_IS;
  if (is_number) return holdsNumberOf(text, words);
  if (vr != EVR_CS) return holdsOneOf(text, words);
  return std::ranges::any_of(split(text, '\\'), [&](std::string_view value) {
    return !isDefinedTerm(value) && holdsOneOf(value, words);
  });
}

/// Too small for an identifier or a date.
bool is16Bits(DcmEVR vr) {
  return vr == EVR_US || vr == EVR_SS;
}

bool isCodeOfWords(std::string_view values) {
  return std::ranges::all_of(split(values, '\\'), [](std::string_view value) {
    return isDefinedTerm(value) || isMadeOfCodeWords(value);
  });
}

/// True where a compound action ("X/Z/D") offers `option`.
bool offers(std::string_view action, char option) {
  return std::ranges::any_of(split(action, '/'),
                             [&](std::string_view one) { return one[0] == option; });
}
}  // namespace

std::string tagText(const DcmTagKey& key) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "(%04X,%04X)", key.getGroup(), key.getElement());
  return text.data();
}

std::string pseudonymAsName(const std::string& patient_id) {
  // A name of one part has been out of use since ACR-NEMA.
  return patient_id + "^";
}

std::string keywordOf(const DcmTagKey& key) {
  if (key.getGroup() % 2 != 0) return "Private";
  DcmTag tag(key);
  const std::string name = tag.getTagName();
  return name == DcmTag_ERROR_TagName ? "Unknown" : name;
}

void HeaderCleaner::clean(DcmItem& from, DcmItem& to) {
  cleanItem(from, to, {});
}

void HeaderCleaner::cleanItem(DcmItem& from, DcmItem& to, const Place& place) {
  for (DcmObject* object = from.nextInContainer(nullptr); object != nullptr;
       object = from.nextInContainer(object)) {
    auto* element = dynamic_cast<DcmElement*>(object);
    const bool counts = element != nullptr && element->getTag().getElement() != 0 &&
                        element->getTag().getGroup() > 0x0002;
    const bool is_pixels =
        place.atTop() && element != nullptr && element->getTag() == DCM_PixelData;
    if (counts && !is_pixels) cleanElement(*element, to, place);
  }
}

void HeaderCleaner::cleanElement(DcmElement& element, DcmItem& to, const Place& place) {
  const DcmTagKey key = element.getTag().getXTag();
  const ObjectAttribute known = objectAttributeOf(kind_, place.key, numberOf(key), place.in_code);
  // At the top an attribute beyond the object's kind is an extension, hence optional.
  const AttributeType type = place.atTop() && known.type == AttributeType::kUnknown
                                 ? AttributeType::kOptional
                                 : known.type;
  const Attribute attribute{.element = element,
                            .key = key,
                            .vr = dueVr(key, heldVr(element)),
                            .row = profileRowOf(numberOf(key)),
                            .known = known,
                            .type = type,
                            .path = place.path + tagText(key)};
  if (place.atTop() && isDeclaration(key)) return report(attribute, "X");
  if (place.atTop() && replaceIdentity(attribute, to)) return;
  apply(decide(attribute, place), attribute, to, place);
}

bool HeaderCleaner::replaceIdentity(const Attribute& attribute, DcmItem& to) {
  if (attribute.key == DCM_PatientID) {
    putText(to, attribute.key, EVR_LO, pseudonyms_.patient_id);
  } else if (attribute.key == DCM_PatientName) {
    putText(to, attribute.key, EVR_PN, pseudonymAsName(pseudonyms_.patient_id));
  } else if (attribute.key == DCM_StudyID && attribute.element.getLengthField() > 0) {
    // Where the profile lets it be empty, media directories need it.
    putDummy(to, attribute.key, EVR_SH);
  } else {
    return false;
  }
  report(attribute, "D");
  return true;
}

HeaderCleaner::Action HeaderCleaner::decide(const Attribute& attribute, const Place& place) const {
  const ProfileRow* row = attribute.row;
  if (row == nullptr) {
    if (attribute.known.type == AttributeType::kUnknown) return Action::kRemove;
    if (place.in_code && attribute.key == DCM_CodingSchemeVersion &&
        !isNumberString(textIn(attribute.element).value_or("?"))) {
      return Action::kRemove;
    }
    return attribute.known.typed_by_people ? Action::kWords : Action::kKeep;
  }
  if (options_.keep_device && row->device == 'K') return Action::kKeep;
  if (options_.keep_patient_characteristics && row->patient == 'K') return Action::kKeep;
  if (options_.keep_patient_characteristics && row->patient == 'C') return Action::kWords;
  if (options_.shift_dates && row->dates == 'C') return Action::kShift;
  if (options_.clean_descriptors && row->descriptors == 'C') return Action::kWords;
  return resolve(row->action, attribute.type);
}

HeaderCleaner::Action HeaderCleaner::resolve(std::string_view action, AttributeType type) {
  const bool optional = type == AttributeType::kOptional;
  if (offers(action, 'X') && (optional || action == "X")) return Action::kRemove;
  if (action == "U") return Action::kUid;
  if (action == "X/Z/U*" && type == AttributeType::kRequired) return Action::kKeep;
  const bool may_be_empty = type == AttributeType::kPresent || (optional && action == "Z");
  if (offers(action, 'Z') && (may_be_empty || (optional && !offers(action, 'X')))) {
    return Action::kEmpty;
  }
  // Of an unknown type: what is valid for every one.
  return Action::kDummy;
}

void HeaderCleaner::apply(Action action, const Attribute& attribute, DcmItem& to,
                          const Place& place) {
  switch (action) {
    case Action::kRemove:
      return report(attribute, "X");
    case Action::kEmpty:
      putEmpty(to, attribute.key, attribute.vr);
      return report(attribute, "Z");
    case Action::kDummy:
      if (attribute.vr == EVR_UI) {
        const std::uint32_t tag = std::uint32_t{attribute.key.getGroup()} << 16U |
                                  std::uint32_t{attribute.key.getElement()};
        putText(to, attribute.key, EVR_UI, pseudonyms_.uid("2.25." + std::to_string(tag)));
      } else {
        putDummy(to, attribute.key, attribute.vr);
      }
      return report(attribute, "D");
    case Action::kUid:
      if (!keepUids(attribute, to, false)) fallBack(attribute, to);
      return;
    case Action::kKeep:
      return keep(attribute, to, place);
    case Action::kWords:
      if (!keepWords(attribute, to)) fallBack(attribute, to);
      return;
    case Action::kShift:
      if (!shift(attribute, to)) fallBack(attribute, to);
      return;
  }
}

void HeaderCleaner::fallBack(const Attribute& attribute, DcmItem& to) {
  Action action = Action::kRemove;
  if (attribute.row != nullptr && attribute.row->action != "U") {
    action = resolve(attribute.row->action, attribute.type);
  } else if (attribute.type == AttributeType::kRequired) {
    action = Action::kDummy;
  } else if (attribute.type == AttributeType::kPresent) {
    action = Action::kEmpty;
  }
  // What could not be kept once cannot be kept now.
  if (action == Action::kKeep || action == Action::kUid) action = Action::kDummy;
  apply(action, attribute, to, {});
}

void HeaderCleaner::keep(const Attribute& attribute, DcmItem& to, const Place& place) {
  const bool as_device = attribute.row != nullptr;
  bool kept = false;
  if (attribute.vr == EVR_SQ) {
    return keepSequence(attribute, to, place);
  }
  if (attribute.element.getLengthField() == 0 && attribute.vr != EVR_UN) {
    putEmpty(to, attribute.key, attribute.vr);
    return report(attribute, "K");
  }
  if (attribute.vr == EVR_DA || attribute.vr == EVR_DT) {
    kept = options_.shift_dates && shift(attribute, to);
  } else if (attribute.vr == EVR_UI) {
    kept = keepUids(attribute, to, as_device);
  } else if (isStringVr(attribute.vr)) {
    kept = keepText(attribute, to);
  } else {
    kept = keepNumbers(attribute, to);
  }
  if (!kept) fallBack(attribute, to);
}

bool HeaderCleaner::keepText(const Attribute& attribute, DcmItem& to) {
  const bool is_number = attribute.vr == EVR_DS || attribute.vr == EVR_IS;
  std::optional<std::string> text =
      is_number ? numbersIn(attribute.element) : textIn(attribute.element);
  if (!text || !isPlainText(*text) || attribute.vr == EVR_PN) return false;
  if (attribute.vr == EVR_CS && !isCodeString(*text)) return false;
  if (attribute.key == DCM_BodyPartExamined && knownBodyRegion(*text).empty()) return false;
  if (attribute.vr == EVR_CS && attribute.key != DCM_SpecificCharacterSet && !isCodeOfWords(*text))
    return false;
  if (attribute.vr == EVR_TM && !areTimes(*text)) return false;
  if (attribute.key == DCM_SpecificCharacterSet && !isCharacterSet(*text)) return false;
  if (attribute.vr == EVR_AS) text = coarseAge(*text);
  // How many frames there are, the pixels tell.
  const bool may_name = attribute.key != DCM_NumberOfFrames;
  if (!text || (may_name && namesSomebody(*text, attribute.vr, words_))) return false;
  putText(to, attribute.key, attribute.vr, *text);
  report(attribute, "K");
  return true;
}

bool HeaderCleaner::keepUids(const Attribute& attribute, DcmItem& to, bool as_they_are) {
  const std::optional<std::string> text = textIn(attribute.element);
  if (!text) return false;
  if (text->empty()) {
    putEmpty(to, attribute.key, EVR_UI);
    report(attribute, "K");
    return true;
  }
  std::string uids;
  bool changed = false;
  for (const std::string_view value : split(*text, '\\')) {
    const std::string uid(value);
    const bool stays = isUid(uid) && (as_they_are || dcmFindNameOfUID(uid.c_str()) != nullptr);
    changed |= !stays;
    uids += (uids.empty() ? "" : "\\") + (stays ? uid : pseudonyms_.uid(uid));
  }
  putText(to, attribute.key, EVR_UI, uids);
  report(attribute, changed ? "U" : "K");
  return true;
}

bool HeaderCleaner::keepNumbers(const Attribute& attribute, DcmItem& to) {
  constexpr Uint32 kLongest = 1U << 20;
  const DcmEVR held = heldVr(attribute.element);
  if (held == EVR_UN || attribute.element.getLengthField() > kLongest ||
      !hasAllowedCount(attribute.element)) {
    return false;
  }
  if (isNumberVr(held) && !is16Bits(held) && numbersIn(attribute.element) &&
      holdsNumberOf(*numbersIn(attribute.element), words_)) {
    return false;
  }
  if (isNumberVr(attribute.vr) && isStringVr(held)) {
    const auto text = numbersIn(attribute.element);
    if (!text || to.putAndInsertString(DcmTag(attribute.key, attribute.vr), text->c_str()).bad()) {
      return false;
    }
  } else if (held == attribute.vr || (isNumberVr(held) && isNumberVr(attribute.vr))) {
    std::unique_ptr<DcmObject> copy(attribute.element.clone());
    if (to.insert(dynamic_cast<DcmElement*>(copy.get()), OFTrue).bad()) return false;
    static_cast<void>(copy.release());
  } else {
    return false;
  }
  report(attribute, "K");
  return true;
}

bool HeaderCleaner::keepWords(const Attribute& attribute, DcmItem& to) {
  const std::optional<std::string> text = textIn(attribute.element);
  if (!text || attribute.vr == EVR_PN || !isStringVr(attribute.vr)) return false;
  std::string words = knownWordsOf(*text);
  if (attribute.vr == EVR_CS) {
    constexpr std::size_t kLongest = 16;
    std::ranges::transform(words, words.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    words.resize(std::min(words.size(), kLongest));
  }
  if (words.empty() || holdsOneOf(words, words_)) return false;
  putText(to, attribute.key, attribute.vr, words);
  report(attribute, "C");
  return true;
}

bool HeaderCleaner::shift(const Attribute& attribute, DcmItem& to) {
  std::optional<std::string> text = textIn(attribute.element);
  if (!text || text->empty()) return false;
  const char* action = "shift";
  if (attribute.vr == EVR_DA) {
    text = shiftDates(*text, pseudonyms_.day_shift);
  } else if (attribute.vr == EVR_DT) {
    text = shiftDateTimes(*text, pseudonyms_.day_shift);
  } else if (attribute.vr == EVR_TM && areTimes(*text)) {
    action = "K";
  } else {
    return false;
  }
  if (!text) return false;
  putText(to, attribute.key, attribute.vr, *text);
  report(attribute, action);
  return true;
}

void HeaderCleaner::keepSequence(const Attribute& attribute, DcmItem& to, const Place& place) {
  auto* from = dynamic_cast<DcmSequenceOfItems*>(&attribute.element);
  if (from == nullptr || from->getVR() != EVR_SQ) return fallBack(attribute, to);
  std::array<char, 16> key{};
  std::snprintf(key.data(), key.size(), "%08X/", numberOf(attribute.key));
  Place inside{.key = place.key + key.data(), .path = {}, .in_code = attribute.known.holds_codes};
  auto sequence = std::make_unique<DcmSequenceOfItems>(DcmTag(attribute.key, EVR_SQ));
  std::size_t index = 0;
  bool holds_local = false;
  for (DcmObject* object = from->nextInContainer(nullptr); object != nullptr;
       object = from->nextInContainer(object), ++index) {
    auto* item = dynamic_cast<DcmItem*>(object);
    if (item == nullptr) continue;
    inside.path = attribute.path + "[" + std::to_string(index) + "].";
    const bool is_local = inside.in_code && isLocalCode(*item);
    holds_local |= is_local;
    if (is_local) continue;
    auto clean = std::make_unique<DcmItem>();
    cleanItem(*item, *clean, inside);
    if (sequence->append(clean.get()).good()) static_cast<void>(clean.release());
  }
  if (holds_local && sequence->card() == 0) return fallBack(attribute, to);
  report(attribute, holds_local ? "C" : "K");
  if (to.insert(sequence.get(), OFTrue).good()) static_cast<void>(sequence.release());
}

void HeaderCleaner::report(const Attribute& attribute, const char* action) {
  actions_.push_back({attribute.path, keywordOf(attribute.key), action});
}

}  // namespace sonotwin::dicom
