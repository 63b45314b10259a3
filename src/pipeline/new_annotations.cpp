// SPDX-License-Identifier: Apache-2.0
#include "new_annotations.h"

#include <algorithm>

#include "sonotwin/base/error.h"
#include "sonotwin/pipeline/dataset_build.h"

namespace sonotwin::pipeline {
namespace {
/// Nothing that is final is no failure here.
std::optional<StoreDataset> approvedOf(const store::Store& store, const AnnotationQuery& query,
                                       const std::string& region, const Progress& progress) {
  store::ClipQuery clips;
  clips.patient_id = query.patient_id;
  clips.body_region = region;
  DatasetOptions options;
  options.labels = query.labels;
  options.keep_groups = true;
  try {
    return datasetFromStore(store, clips, {}, options, progress);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNotFound) throw;
    return std::nullopt;
  }
}

/// Adds what is new, whole clips: of a drawing that went on, the frames learned before come along.
void addNew(const store::Store& store, const AnnotationQuery& query, StoreDataset&& approved,
            AnnotatedCases& found) {
  const std::set<std::string> used(approved.dataset.made_from.begin(),
                                   approved.dataset.made_from.end());
  std::set<std::string> clips;
  for (const store::AnnotationRow& row : store.annotations()) {
    if (!used.contains(row.id) || query.known.contains(row.id)) continue;
    clips.insert(row.clip_id);
    found.annotations.push_back({row.id, row.clip_id});
  }
  for (segment::Case& item : approved.dataset.cases) {
    if (clips.contains(clipOf(item))) found.cases.push_back(std::move(item));
  }
  found.without_labels += approved.left_out.masks_lacking_a_label;
}
}  // namespace

std::string clipOf(const segment::Case& item) {
  return item.name.substr(0, item.name.rfind('-'));
}

AnnotatedCases newAnnotations(const store::Store& store, const AnnotationQuery& query,
                              const Progress& progress) {
  std::vector<std::string> regions = query.body_regions;
  if (regions.empty()) regions.emplace_back();  // any
  AnnotatedCases found;
  for (const std::string& region : regions) {
    auto approved = approvedOf(store, query, region, progress);
    if (approved) addNew(store, query, std::move(*approved), found);
  }
  return found;
}

}  // namespace sonotwin::pipeline
