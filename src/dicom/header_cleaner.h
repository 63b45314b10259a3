// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <string>
#include <string_view>
#include <vector>

#include "confidentiality_profile.h"
#include "object_attributes.h"
#include "sonotwin/dicom/deidentify.h"

namespace sonotwin::dicom {

/// Copies what may stay of an object's header into an empty one, attribute by attribute. Pixel data
/// are left to others.
class HeaderCleaner {
 public:
  /// @param words    that name somebody or some place in this object (`identifyingWords`).
  /// @param actions  grows by what is done; must outlive the cleaner.
  HeaderCleaner(ObjectKind kind, const Pseudonyms& pseudonyms, const DeidentifyOptions& options,
                std::vector<std::string> words, std::vector<AttributeAction>& actions)
      : kind_(kind),
        pseudonyms_(pseudonyms),
        options_(options),
        words_(std::move(words)),
        actions_(actions) {}

  void clean(DcmItem& from, DcmItem& to);

 private:
  enum class Action : std::uint8_t { kRemove, kEmpty, kDummy, kUid, kKeep, kWords, kShift };

  /// Where the attributes of one item lie.
  struct Place {
    std::string key;   ///< for the table of attributes
    std::string path;  ///< for the report
    bool in_code = false;
    [[nodiscard]] bool atTop() const { return key.empty(); }
  };

  /// One attribute under way.
  struct Attribute {
    DcmElement& element;
    DcmTagKey key;
    DcmEVR vr;  ///< the one it should have
    const ProfileRow* row;
    ObjectAttribute known;
    AttributeType type;  ///< where it may be taken for granted
    std::string path;
  };

  void cleanItem(DcmItem& from, DcmItem& to, const Place& place);
  void cleanElement(DcmElement& element, DcmItem& to, const Place& place);
  bool replaceIdentity(const Attribute& attribute, DcmItem& to);
  [[nodiscard]] Action decide(const Attribute& attribute, const Place& place) const;
  [[nodiscard]] static Action resolve(std::string_view action, AttributeType type);
  void apply(Action action, const Attribute& attribute, DcmItem& to, const Place& place);

  void keep(const Attribute& attribute, DcmItem& to, const Place& place);
  bool keepText(const Attribute& attribute, DcmItem& to);
  bool keepUids(const Attribute& attribute, DcmItem& to, bool as_they_are);
  bool keepNumbers(const Attribute& attribute, DcmItem& to);
  bool keepWords(const Attribute& attribute, DcmItem& to);
  bool shift(const Attribute& attribute, DcmItem& to);
  void keepSequence(const Attribute& attribute, DcmItem& to, const Place& place);
  void fallBack(const Attribute& attribute, DcmItem& to);
  void report(const Attribute& attribute, const char* action);

  ObjectKind kind_;
  const Pseudonyms& pseudonyms_;
  const DeidentifyOptions& options_;
  std::vector<std::string> words_;
  std::vector<AttributeAction>& actions_;
};

/// Patient's Name of the copy.
[[nodiscard]] std::string pseudonymAsName(const std::string& patient_id);
/// "(0010,0010)"
[[nodiscard]] std::string tagText(const DcmTagKey& key);
/// The dictionary's name; never a text of the file.
[[nodiscard]] std::string keywordOf(const DcmTagKey& key);

}  // namespace sonotwin::dicom
