// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sonotwin/segment/dataset.h"
#include "sonotwin/store/store.h"

namespace sonotwin::pipeline {

/// Which annotations are asked for.
struct AnnotationQuery {
  std::string patient_id;                 ///< empty: of all
  std::vector<std::string> body_regions;  ///< empty: any
  std::vector<media::Label> labels;       ///< each must be among an annotation's own, by name
  std::set<std::string> known;            ///< ids of masks that were learned before
};

/// Pictures of annotations with their truth; a patient is a group.
struct AnnotatedCases {
  struct Annotation {
    std::string id, clip_id;
  };
  std::vector<Annotation> annotations;  ///< that gave a case and are new
  std::vector<segment::Case> cases;     ///< named by clip and frame
  int without_labels = 0;               ///< annotations that lack one of the labels
};

/// The clip of a case's name.
[[nodiscard]] std::string clipOf(const segment::Case& item);

/// Of clips that a person drew on anew, what stands as final (see datasetFromStore).
[[nodiscard]] AnnotatedCases newAnnotations(const store::Store& store, const AnnotationQuery& query,
                                            const Progress& progress);

}  // namespace sonotwin::pipeline
