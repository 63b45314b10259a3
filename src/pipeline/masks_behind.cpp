// SPDX-License-Identifier: Apache-2.0
#include "masks_behind.h"

#include "recipes.h"

namespace sonotwin::pipeline {

std::optional<Masked> masksBehind(const store::Store& store, const std::string& volume_id) {
  const store::LineageNode node = store.lineage(volume_id);
  std::string clip_id, mask_id;
  for (const std::string& parent : node.made_from) {
    const std::string kind = store.lineage(parent).kind;
    if (kind == "clip") clip_id = parent;
    if (kind == "mask") mask_id = parent;
  }
  if (clip_id.empty() || mask_id.empty()) return {};
  Masked masked{store.clip(clip_id), store.mask(mask_id)};
  if (!isCalibratedAs(node.recipe_json, masked.clip.info)) return {};
  return masked;
}

}  // namespace sonotwin::pipeline
