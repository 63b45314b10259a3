// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/dicom/deidentify.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <algorithm>
#include <array>
#include <new>
#include <string_view>

#include "attributes.h"
#include "element_values.h"
#include "frame_copier.h"
#include "header_cleaner.h"
#include "identity.h"
#include "load_object.h"
#include "object_kind.h"
#include "palette.h"
#include "part10_writer.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/hash.h"
#include "sonotwin/base/version.h"

namespace sonotwin::dicom {
namespace {
struct MethodCode {
  const char* value;
  const char* meaning;
};

// Source: PS3.16 CID 7050.
constexpr MethodCode kBasicProfile{"113100", "Basic Application Confidentiality Profile"};
constexpr MethodCode kCleanPixels{"113101", "Clean Pixel Data Option"};
constexpr MethodCode kCleanDescriptors{"113105", "Clean Descriptors Option"};
constexpr MethodCode kShiftedDates{
    "113107", "Retain Longitudinal Temporal Information Modified Dates Option"};
constexpr MethodCode kPatientCharacteristics{"113108", "Retain Patient Characteristics Option"};
constexpr MethodCode kDeviceIdentity{"113109", "Retain Device Identity Option"};

std::vector<MethodCode> methodCodes(const DeidentifyOptions& options, bool pixels_clean) {
  std::vector<MethodCode> codes = {kBasicProfile};
  if (pixels_clean) codes.push_back(kCleanPixels);
  if (options.clean_descriptors) codes.push_back(kCleanDescriptors);
  if (options.shift_dates) codes.push_back(kShiftedDates);
  if (options.keep_patient_characteristics) codes.push_back(kPatientCharacteristics);
  if (options.keep_device) codes.push_back(kDeviceIdentity);
  return codes;
}

std::string methodText(const std::vector<MethodCode>& codes) {
  // Values of a Long String have 64 characters at most.
  std::string text = "Sonotwin " + std::string(programVersion()) + ", PS3.15 annex E";
  char separator = '\\';
  for (const MethodCode& code : codes) {
    text += separator;
    text += code.value;
    separator = ' ';
  }
  return text;
}

/// What is written once all else is clean; each write is reported.
class Declarations {
 public:
  Declarations(DcmDataset& header, std::vector<AttributeAction>& actions)
      : header_(header), actions_(actions) {}

  void put(const DcmTagKey& key, const std::string& value) {
    putText(header_, key, dueVr(key, EVR_UN), value);
    actions_.push_back({tagText(key), keywordOf(key), "add"});
  }

  void putCodes(const std::vector<MethodCode>& codes) {
    const DcmTagKey key = DCM_DeidentificationMethodCodeSequence;
    for (const MethodCode& code : codes) {
      DcmItem* item = nullptr;
      header_.findOrCreateSequenceItem(key, item, -2);
      if (item == nullptr) throw Error(ErrorKind::kInternal, "a code cannot be written");
      putText(*item, DCM_CodeValue, EVR_SH, code.value);
      putText(*item, DCM_CodingSchemeDesignator, EVR_SH, "DCM");
      putText(*item, DCM_CodeMeaning, EVR_LO, code.meaning);
    }
    actions_.push_back({tagText(key), keywordOf(key), "add"});
  }

 private:
  DcmDataset& header_;
  std::vector<AttributeAction>& actions_;
};

const std::array kSegmentedPalette = {DCM_SegmentedRedPaletteColorLookupTableData,
                                      DCM_SegmentedGreenPaletteColorLookupTableData,
                                      DCM_SegmentedBluePaletteColorLookupTableData};
const std::array kPlainPalette = {
    DCM_RedPaletteColorLookupTableDescriptor,  DCM_GreenPaletteColorLookupTableDescriptor,
    DCM_BluePaletteColorLookupTableDescriptor, DCM_PaletteColorLookupTableUID,
    DCM_RedPaletteColorLookupTableData,        DCM_GreenPaletteColorLookupTableData,
    DCM_BluePaletteColorLookupTableData};

bool isStorageClass(const std::string& uid) {
  const char* name = dcmFindNameOfUID(uid.c_str());
  return name != nullptr && uid.starts_with("1.2.840.10008.5.1.4.1.1.");
}

/// Overlays without data of their own lie in the pixels' unused bits.
bool hidesOverlay(DcmItem& dataset) {
  for (DcmObject* object = dataset.nextInContainer(nullptr); object != nullptr;
       object = dataset.nextInContainer(object)) {
    const Uint16 group = object->getGTag();
    if (group >= 0x6000 && group <= 0x60FF && group % 2 == 0 && object->getETag() == 0x0010 &&
        !dataset.tagExists(DcmTagKey(group, 0x3000))) {
      return true;
    }
  }
  return false;
}

class Deidentification {
 public:
  Deidentification(const LoadedObject& object, const Pseudonyms& pseudonyms,
                   const DeidentifyOptions& options, std::span<const media::PixelRectangle> blank)
      : pseudonyms_(pseudonyms), options_(options), original_(object.dataset) {
    static_cast<void>(requireUltrasoundPicture(*original_));
    PixelFormat format = readPixelFormat(*original_);
    frame_count_ = format.frames;
    has_palette_ = format.photometric == Photometric::kPalette;
    frames_ = openFrames(original_, object.syntax.codec, std::move(format));
    copier_.emplace(frames_, object.syntax, blank, hidesOverlay(*original_));
    pixels_clean_ = options.pixels_confirmed || copier_->blanks();
  }

  Deidentified write(const std::filesystem::path& destination, const Progress& progress) {
    cleanHeader();
    checkHeader();
    declare();
    reportPixels();
    Part10Writer writer(destination);
    writer.writeHeader(header_, copier_->transferSyntax());
    copier_->copy(writer, isWord(), progress);
    result_.frames.recipe = packDecoder(copier_->decoder());
    result_.frames.frames = writer.finish();
    result_.sop_class_uid = textOf(header_, DCM_SOPClassUID);
    result_.sop_instance_uid = textOf(header_, DCM_SOPInstanceUID);
    return std::move(result_);
  }

 private:
  void cleanHeader() {
    const std::string sop_class = textOf(*original_, DCM_SOPClassUID);
    HeaderCleaner cleaner(objectKindOf(sop_class, frame_count_), pseudonyms_, options_,
                          identifyingWords(*original_), result_.actions);
    cleaner.clean(*original_, header_);
    Declarations add(header_, result_.actions);
    if (!isStorageClass(sop_class)) {
      add.put(DCM_SOPClassUID,
              frame_count_ > 1 ? UID_UltrasoundMultiframeImageStorage : UID_UltrasoundImageStorage);
    }
    // Every object has one, and has it unlike any other.
    if (!hasValue(header_, DCM_SOPInstanceUID)) {
      add.put(DCM_SOPInstanceUID, pseudonyms_.uid(sha256Hex(frames_.reader->read(0))));
    }
    if (!hasValue(header_, DCM_PatientID)) add.put(DCM_PatientID, pseudonyms_.patient_id);
    if (!hasValue(header_, DCM_PatientName)) {
      add.put(DCM_PatientName, pseudonymAsName(pseudonyms_.patient_id));
    }
    removePalette();
    copier_->describe(header_);
  }

  /// A table that no pixel goes through may hold anything.
  void removePalette() {
    const bool has_plain = hasValue(header_, DCM_RedPaletteColorLookupTableData);
    const auto remove = [&](const DcmTagKey& key) {
      if (header_.findAndDeleteElement(key).bad()) return;
      const auto action = std::ranges::find(result_.actions, tagText(key), &AttributeAction::path);
      if (action != result_.actions.end()) action->action.assign(1, 'X');
    };
    if (!has_palette_ || has_plain) std::ranges::for_each(kSegmentedPalette, remove);
    if (!has_palette_) std::ranges::for_each(kPlainPalette, remove);
  }

  /// What a damaged object says in a wrong type may be read from it, but not from its clean copy.
  void checkHeader() {
    const PixelFormat format = readPixelFormat(header_);
    if (format.frames != frame_count_) throwBadInput("its attribute Number of Frames is damaged");
    if (format.photometric != Photometric::kPalette) return;
    std::vector<std::string> notes;
    static_cast<void>(readPalette(header_, format.is_signed, notes));
  }

  void declare() {
    Declarations add(header_, result_.actions);
    const auto codes = methodCodes(options_, pixels_clean_);
    result_.method = methodText(codes);
    add.put(DCM_PatientIdentityRemoved, "YES");
    add.put(DCM_DeidentificationMethod, result_.method);
    add.putCodes(codes);
    add.put(DCM_LongitudinalTemporalInformationModified,
            options_.shift_dates ? "MODIFIED" : "REMOVED");
    // Whether a scanner says that it burns in nothing is not to be trusted.
    if (pixels_clean_) {
      add.put(DCM_BurnedInAnnotation, "NO");
    } else if (original_->tagExists(DCM_BurnedInAnnotation)) {
      add.put(DCM_BurnedInAnnotation, "YES");
    }
  }

  void reportPixels() {
    const char* action = "K";
    if (copier_->masks()) action = "mask";
    if (copier_->blanks()) action = "blank";
    if (copier_->recodes()) action = "recode";
    result_.actions.push_back({tagText(DCM_PixelData), keywordOf(DCM_PixelData), action});
  }

  [[nodiscard]] bool isWord() {
    DcmElement* element = nullptr;
    original_->findAndGetElement(DCM_PixelData, element);
    const bool was_bytes = element != nullptr && element->getVR() == EVR_OB;
    return !was_bytes || copier_->decoder().format.bits_allocated > 8;
  }

  const Pseudonyms& pseudonyms_;
  const DeidentifyOptions& options_;
  std::shared_ptr<DcmDataset> original_;
  int frame_count_ = 1;
  bool has_palette_ = false;
  ObjectFrames frames_;
  std::optional<FrameCopier> copier_;
  bool pixels_clean_ = false;
  DcmDataset header_;
  Deidentified result_;
};
}  // namespace

bool sameOptions(std::string_view method, const DeidentifyOptions& options) {
  const auto says = [&](const MethodCode& code) { return method.find(code.value) != method.npos; };
  return says(kCleanDescriptors) == options.clean_descriptors &&
         says(kShiftedDates) == options.shift_dates &&
         says(kPatientCharacteristics) == options.keep_patient_characteristics &&
         says(kDeviceIdentity) == options.keep_device;
}

Deidentified deidentify(const std::filesystem::path& source,
                        const std::filesystem::path& destination, const Pseudonyms& pseudonyms,
                        const DeidentifyOptions& options,
                        std::span<const media::PixelRectangle> blank, const Progress& progress) {
  return deidentify(OpenedObject(source), destination, pseudonyms, options, blank, progress);
}

Deidentified deidentify(const OpenedObject& source, const std::filesystem::path& destination,
                        const Pseudonyms& pseudonyms, const DeidentifyOptions& options,
                        std::span<const media::PixelRectangle> blank, const Progress& progress) {
  const std::string name = source.path().string();
  try {
    return Deidentification(source.loaded(), pseudonyms, options, blank)
        .write(destination, progress);
  } catch (const Error& error) {
    const bool of_source = error.kind() == ErrorKind::kBadInput ||
                           error.kind() == ErrorKind::kNotFound ||
                           error.kind() == ErrorKind::kInternal;
    if (!of_source) throw;
    throw Error(error.kind(), name + ": " + error.what() + ".");
  } catch (const std::bad_alloc&) {
    throwBadInput(name + ": it claims more pixels than this machine has memory for.");
  }
}

}  // namespace sonotwin::dicom
