// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <optional>

namespace sonotwin::workstation {

/// The acquisition protocols that exams are held to, as chosen at this desk and kept there.

/// None: nothing was chosen; empty: the exam is held to no protocol.
[[nodiscard]] std::optional<QString> protocolChosenFor(const QString& study_id);
void chooseProtocolFor(const QString& study_id, const QString& protocol);
/// Exams that were held to it keep to it under its new name.
void renameChosenProtocol(const QString& before, const QString& after);

}  // namespace sonotwin::workstation
