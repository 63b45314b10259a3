// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "database.h"
#include "sonotwin/store/store.h"

namespace sonotwin::store {

/// Persons, or the one of this pseudonym.
[[nodiscard]] std::vector<PatientRow> listPatients(const Database& database,
                                                   const std::string& patient_id, int limit,
                                                   int offset);
/// Exams of everybody, of a person, or one.
[[nodiscard]] std::vector<StudyRow> listStudies(const Database& database,
                                                const std::string& patient_id,
                                                const std::string& study_id);

}  // namespace sonotwin::store
