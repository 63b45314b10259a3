// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QString>

#include "presenters/model_card.h"
#include "presenters/session.h"

namespace sonotwin::workstation {

/// What is known of a clip, one line each.
/// @param info  what the clip itself says; null while it is read
[[nodiscard]] QList<Fact> clipFacts(const store::ClipRow& clip, const media::ClipInfo* info);
/// What is missing for distances and what the reader had to assume; empty where nothing is.
[[nodiscard]] QString caveats(const store::ClipRow& clip, const media::ClipInfo* info);
/// The newest of each thing made from the selected clip, with its numbers.
[[nodiscard]] QList<Fact> madeFacts(const Session& session);
/// A person drew it: it has no confidence.
[[nodiscard]] bool isDrawn(const Session& session, const store::MaskRow& mask);
/// A mask as lists name it: "v2 · anna" where a person drew it, else the network's name.
[[nodiscard]] QString maskName(const Session& session, const store::MaskRow& mask);
/// The same with what people decided: "v3 · ben · final".
[[nodiscard]] QString maskNameAndState(const Session& session, const store::MaskRow& mask);
/// The selected clip as jobs name it: "P-7F3A-21C8, exam 3".
[[nodiscard]] QString objectWords(const Session& session);

}  // namespace sonotwin::workstation
