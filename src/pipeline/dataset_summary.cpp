// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/dataset_summary.h"

#include <set>

#include "ingest_sources.h"
#include "sonotwin/segment/dataset.h"

namespace sonotwin::pipeline {

DatasetSummary summarizeDataset(const std::filesystem::path& path, const Progress& progress) {
  const segment::Dataset dataset = segment::readDataset(path);
  DatasetSummary summary{path, fileSha256(path, progress), dataset.source, dataset.labels, {}};
  std::array<std::set<std::string>, 3> groups;
  for (const segment::Case& item : dataset.cases) {
    const auto split = static_cast<std::size_t>(item.split);
    ++summary.parts[split].cases;
    groups[split].insert(item.group);
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    summary.parts[i].groups = static_cast<int>(groups[i].size());
  }
  return summary;
}

}  // namespace sonotwin::pipeline
