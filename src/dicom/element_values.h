// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcelem.h>
#include <dcmtk/dcmdata/dcitem.h>

#include <optional>
#include <string>

namespace sonotwin::dicom {

/// The VR that the dictionary gives an attribute; where it leaves a choice, the one `held`, if it
/// is among them, else the usual one. EVR_UN for attributes of no dictionary.
[[nodiscard]] DcmEVR dueVr(const DcmTagKey& key, DcmEVR held);

/// The VR that an element was read with; where its encoding left it open, the usual one.
[[nodiscard]] DcmEVR heldVr(DcmElement& element);

[[nodiscard]] bool isStringVr(DcmEVR vr);
[[nodiscard]] bool isNumberVr(DcmEVR vr);

/// All values of an element with a VR of text, without padding; nothing for other VRs, for values
/// beyond 1 MiB, or where it cannot be read.
[[nodiscard]] std::optional<std::string> textIn(DcmElement& element);

/// All values of an element as numbers in text, whatever VR they have; nothing where one is none.
[[nodiscard]] std::optional<std::string> numbersIn(DcmElement& element);

/// True where an element has as many values as the dictionary allows.
[[nodiscard]] bool hasAllowedCount(DcmElement& element);

/// Inserts a text, without regard to what it is. @throws Error(kInternal) where DCMTK cannot.
void putText(DcmItem& item, const DcmTagKey& key, DcmEVR vr, const std::string& text);
void putEmpty(DcmItem& item, const DcmTagKey& key, DcmEVR vr);
/// A value that is valid for the VR and says nothing. Not for UIDs.
void putDummy(DcmItem& item, const DcmTagKey& key, DcmEVR vr);

}  // namespace sonotwin::dicom
