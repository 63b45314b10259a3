// SPDX-License-Identifier: Apache-2.0
#include "views/workspace.h"

#include "theme/tokens.h"

namespace sonotwin::workstation {

int Workspace::inspectorWidth(bool compact) const {
  return compact ? tokens::kInspectorCompactWidth_px : tokens::kInspectorWidth_px;
}

bool Workspace::inspectorNeeded() {
  const QWidget* panel = inspector();
  return panel != nullptr && !panel->isHidden();
}

}  // namespace sonotwin::workstation
