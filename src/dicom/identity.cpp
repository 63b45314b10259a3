// SPDX-License-Identifier: Apache-2.0
#include "identity.h"

#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcelem.h>
#include <dcmtk/dcmdata/dcstack.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

#include "attributes.h"
#include "date_shift.h"
#include "table_lines.h"

namespace sonotwin::dicom {
namespace {
bool hasHighBytes(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::string utf8FromLatin1(std::string_view text) {
  std::string utf8;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xC0 | byte >> 6);
      utf8 += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return utf8;
}

/// Texts of one object to UTF-8, by its Specific Character Set.
class TextReader {
 public:
  TextReader(DcmItem& dataset, std::vector<std::string>& notes)
      : dataset_(dataset),
        notes_(notes),
        declared_(wholeTextOf(dataset, DCM_SpecificCharacterSet)) {}

  std::string read(const DcmTagKey& key) {
    std::string raw = textOf(dataset_, key);
    // Escape sequences of ISO 2022 are plain ASCII, but say nothing without their character set.
    if (declared_.empty() && !hasHighBytes(raw)) return raw;
    if (!declared_.empty()) {
      if (const auto converted = convert(key)) return *converted;
      if (!hasHighBytes(raw)) {
        note("The file's text could not be converted to Unicode; it was read as it stands.");
        return raw;
      }
    }
    note(declared_.empty()
             ? "The file names no character set; its text was read as Latin-1."
             : "The file's text does not fit its character set; it was read as Latin-1.");
    return utf8FromLatin1(raw);
  }

 private:
  /// Converts the element whole: in some character sets a backslash is half of a letter.
  std::optional<std::string> convert(const DcmTagKey& key) {
    DcmDataset one;
    for (const DcmTagKey& wanted : {DCM_SpecificCharacterSet, key}) {
      DcmElement* copy = nullptr;
      if (dataset_.findAndGetElement(wanted, copy, OFFalse, OFTrue).bad()) return std::string();
      if (one.insert(copy).bad()) {
        delete copy;
        return std::nullopt;
      }
    }
    if (one.convertToUTF8().bad()) return std::nullopt;
    return textOf(one, key);
  }

  void note(const char* text) {
    if (!noted_) notes_.emplace_back(text);
    noted_ = true;
  }

  DcmItem& dataset_;
  std::vector<std::string>& notes_;
  std::string declared_;
  bool noted_ = false;
};

bool allDigits(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// YYYYMMDD; also from ACR-NEMA's YYYY.MM.DD.
std::string dateOf(std::string text) {
  if (text.size() == 10 && text[4] == '.' && text[7] == '.') std::erase(text, '.');
  if (text.size() != 8 || !allDigits(text)) return {};
  const std::string_view view(text);
  const bool possible = view.substr(0, 4) > "1800" && view.substr(4, 2) >= "01" &&
                        view.substr(4, 2) <= "12" && view.substr(6) >= "01" &&
                        view.substr(6) <= "31";
  return possible ? text : std::string();
}

/// HHMMSS; also from ACR-NEMA's HH:MM:SS, or with missing seconds, which count as zero.
std::string timeOf(std::string text) {
  text = text.substr(0, text.find('.'));
  std::erase(text, ':');
  if (text.size() < 2 || text.size() > 6 || text.size() % 2 != 0 || !allDigits(text)) return {};
  text.resize(6, '0');
  const std::string_view view(text);
  const bool possible =
      view.substr(0, 2) < "24" && view.substr(2, 2) < "60" && view.substr(4) <= "60";
  return possible ? text : std::string();
}

std::string nameOf(std::string text) {
  // Empty components at the end carry nothing, but would make two people of one.
  text.erase(text.find_last_not_of("^= ") + 1);
  return text;
}

bool isIdentifying(const DcmElement& element) {
  static const std::array kKeys = {DCM_PatientID,
                                   DCM_RETIRED_OtherPatientIDs,
                                   DCM_IssuerOfPatientID,
                                   DCM_InstitutionName,
                                   DCM_InstitutionAddress,
                                   DCM_PatientAddress,
                                   DCM_AccessionNumber,
                                   DCM_StudyID,
                                   DCM_PatientComments,
                                   DCM_InstitutionalDepartmentName,
                                   DCM_AdmissionID,
                                   DCM_RequestedProcedureID,
                                   DCM_ScheduledProcedureStepID,
                                   DCM_PerformedProcedureStepID,
                                   DCM_PlacerOrderNumberImagingServiceRequest,
                                   DCM_FillerOrderNumberImagingServiceRequest,
                                   DCM_PatientTelephoneNumbers};
  return element.getVR() == EVR_PN ||
         std::ranges::find(kKeys, element.getTag().getXTag()) != kKeys.end();
}

void addWords(std::string_view text, std::vector<std::string>& words) {
  constexpr std::size_t kShortest = 3;
  std::string word;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0) {
      word += static_cast<char>(std::toupper(byte));
      continue;
    }
    if (word.size() >= kShortest) words.push_back(word);
    word.clear();
  }
  if (word.size() >= kShortest) words.push_back(word);
}

/// A date in the orders that people write it in.
void addDate(std::string_view text, std::vector<std::string>& words) {
  const std::string date = dateOf(std::string(text.substr(0, text.size() == 10 ? 10 : 8)));
  if (date.empty()) return;
  const std::string year = date.substr(0, 4), month = date.substr(4, 2), day = date.substr(6);
  for (const std::string& word : {date, day + month + year, month + day + year}) {
    if (std::ranges::find(words, word) == words.end()) words.push_back(word);
  }
}
}  // namespace

Identity readIdentity(DcmItem& dataset, std::vector<std::string>& notes) {
  TextReader text(dataset, notes);
  Identity identity;
  identity.patient_id = text.read(DCM_PatientID);
  identity.issuer = text.read(DCM_IssuerOfPatientID);
  identity.patient_name = nameOf(text.read(DCM_PatientName));
  identity.birth_date = dateOf(textOf(dataset, DCM_PatientBirthDate));
  identity.study_uid = textOf(dataset, DCM_StudyInstanceUID);
  identity.series_uid = textOf(dataset, DCM_SeriesInstanceUID);
  identity.instance_uid = textOf(dataset, DCM_SOPInstanceUID);
  identity.study_date = dateOf(textOf(dataset, DCM_StudyDate));
  if (!isPossibleScanDate(identity.study_date)) identity.study_date.clear();
  identity.study_time = timeOf(textOf(dataset, DCM_StudyTime));
  return identity;
}

std::vector<std::string> identifyingWords(DcmItem& dataset) {
  std::vector<std::string> words;
  DcmStack stack;
  while (dataset.nextObject(stack, OFTrue).good()) {
    const auto* element = dynamic_cast<DcmElement*>(stack.top());
    if (element == nullptr || !element->isLeaf()) continue;
    auto* parent = dynamic_cast<DcmItem*>(stack.elem(1));
    if (parent == nullptr) continue;
    if (element->getVR() == EVR_DA || element->getVR() == EVR_DT) {
      for (const std::string_view date : split(wholeTextOf(*parent, element->getTag()), '\\'))
        addDate(date, words);
    }
    if (isIdentifying(*element)) addWords(wholeTextOf(*parent, element->getTag()), words);
  }
  return words;
}

}  // namespace sonotwin::dicom
