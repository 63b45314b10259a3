// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "presenters/session.h"

namespace sonotwin::workstation {

/// What joining two pseudonyms to one person does, and how it is undone.
[[nodiscard]] QString mergeWords(const store::PatientRow& into, const store::PatientRow& from);
/// What taking a pseudonym back out does.
/// @param merged  who it is taken out of
[[nodiscard]] QString unmergeWords(const store::PatientRow& merged, const std::string& taken);

/// Does it, in the background; then the person is in view. @param done  called with what was done,
/// in words
void mergePatients(Session& session, const std::string& into, const std::string& from,
                   std::function<void(const QString&)> done);
void unmergePatient(Session& session, const std::string& taken,
                    std::function<void(const QString&)> done);

}  // namespace sonotwin::workstation
