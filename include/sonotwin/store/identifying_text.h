// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sonotwin::store {

/// Refuses what a person typed to be kept where it surely says who a patient is, or when: a date, a
/// DICOM UID, an e-mail address, a telephone number, a number of six digits or more, or control
/// characters, which can hide any of these. Ids that the store gave are let pass. What is left may
/// still name somebody: nothing can tell a name from a word.
/// @param what  for the message: "body region", "reason"
/// @throws Error(kBadInput) saying what to write instead, never what was typed
void requireNamesNobody(const std::string& what, const std::string& text);

}  // namespace sonotwin::store
