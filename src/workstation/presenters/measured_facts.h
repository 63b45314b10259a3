// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>

#include "presenters/model_card.h"
#include "presenters/session.h"

namespace sonotwin::workstation {

/// The patient's measurements that the store keeps, newest exam first: label, what was measured and
/// day, then the size with its unit. @param most  lines, of which the last says how many are left
/// out
[[nodiscard]] QList<Fact> measuredFacts(Session& session, int most);

}  // namespace sonotwin::workstation
