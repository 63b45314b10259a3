// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/segment/near_duplicates.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>

#include "likeness.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/parallel.h"

namespace sonotwin::segment {
namespace {
constexpr double kLeastCoarse = 0.5;  // before scales are sought
constexpr std::size_t kBlock = 32;    // between two reports
constexpr std::size_t kPairBlock = 4096;

struct Candidate {
  std::size_t first = 0, second = 0;
  Match match;
};

bool before(const Candidate& a, const Candidate& b) {
  return std::pair(a.first, a.second) < std::pair(b.first, b.second);
}

using Fingerprints = std::vector<std::optional<Fingerprint>>;

Fingerprints fingerprintsOf(const std::vector<Case>& cases, int threads, const Progress& progress) {
  Fingerprints prints(cases.size());
  for (std::size_t start = 0; start < cases.size(); start += kBlock) {
    progress.report(static_cast<double>(start) / static_cast<double>(cases.size()));
    const std::size_t count = std::min(kBlock, cases.size() - start);
    parallelFor(count, threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = start + begin; i < start + end; ++i) prints[i] = fingerprintOf(cases[i]);
    });
  }
  return prints;
}

bool sameBytes(const Case& a, const Case& b) {
  return a.rows == b.rows && a.cols == b.cols && a.gray == b.gray;
}

/// Pairs of different groups that are alike on the coarsest level, or the same.
std::vector<Candidate> candidatesAmong(const std::vector<Case>& cases, const Fingerprints& prints,
                                       int threads, const Progress& progress) {
  std::vector<Candidate> candidates;
  std::mutex adding;
  for (std::size_t start = 0; start < cases.size(); start += kBlock) {
    progress.report(static_cast<double>(start) / static_cast<double>(cases.size()));
    const std::size_t count = std::min(kBlock, cases.size() - start);
    parallelFor(count, threads, [&](std::size_t begin, std::size_t end) {
      std::vector<Candidate> mine;
      for (std::size_t i = start + begin; i < start + end; ++i) {
        for (std::size_t j = i + 1; j < cases.size(); ++j) {
          if (cases[i].group == cases[j].group) continue;
          Match match;
          if (prints[i] && prints[j]) match = coarseMatch(*prints[i], *prints[j]);
          if (sameBytes(cases[i], cases[j])) match = {{}, 1.0};
          if (match.likeness >= kLeastCoarse) mine.push_back({i, j, match});
        }
      }
      const std::scoped_lock lock(adding);
      candidates.insert(candidates.end(), mine.begin(), mine.end());
    });
  }
  std::ranges::sort(candidates, before);
  return candidates;
}

/// The representative of each group, of those that were joined the first in alphabetical order.
class GroupForest {
 public:
  explicit GroupForest(const std::vector<Case>& cases) {
    for (const Case& item : cases) parent_.try_emplace(item.group, item.group);
  }
  [[nodiscard]] std::string rootOf(const std::string& group) const {
    std::string at = group;
    for (std::string up = parent_.at(at); up != at; up = parent_.at(at)) at = up;
    return at;
  }
  void join(const std::string& a, const std::string& b) {
    const std::string first = rootOf(a), second = rootOf(b);
    parent_[std::max(first, second)] = std::min(first, second);
  }
  [[nodiscard]] int size() const { return static_cast<int>(parent_.size()); }
  [[nodiscard]] int roots() const {
    return static_cast<int>(std::ranges::count_if(
        parent_, [](const auto& entry) { return entry.first == entry.second; }));
  }

 private:
  std::map<std::string, std::string> parent_;
};
}  // namespace

std::vector<NearDuplicate> findNearDuplicates(const std::vector<Case>& cases,
                                              const NearDuplicateOptions& options,
                                              const Progress& progress) {
  if (!(options.least_likeness > 0.0) || options.least_likeness > 1.0) {
    throwBadInput("The least likeness of near-duplicates must lie above 0 and be at most 1.");
  }
  const auto prints = fingerprintsOf(cases, options.threads, progress.part(0.0, 0.3));
  auto candidates = candidatesAmong(cases, prints, options.threads, progress.part(0.3, 0.5));
  const Progress comparing = progress.part(0.5, 1.0);
  for (std::size_t start = 0; start < candidates.size(); start += kPairBlock) {
    comparing.report(static_cast<double>(start) / static_cast<double>(candidates.size()));
    const std::size_t count = std::min(kPairBlock, candidates.size() - start);
    parallelFor(count, options.threads, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = start + begin; i < start + end; ++i) {
        Candidate& pair = candidates[i];
        if (sameBytes(cases[pair.first], cases[pair.second])) continue;
        pair.match = fineMatch(*prints[pair.first], *prints[pair.second], pair.match,
                               options.least_likeness);
      }
    });
  }
  std::vector<NearDuplicate> found;
  for (const Candidate& pair : candidates) {
    if (pair.match.likeness < options.least_likeness) continue;
    found.push_back({pair.first, pair.second, pair.match.likeness});
  }
  return found;
}

NearDuplicateSummary joinNearDuplicates(std::vector<Case>& cases,
                                        const NearDuplicateOptions& options,
                                        const Progress& progress) {
  const auto pairs = findNearDuplicates(cases, options, progress);
  GroupForest groups(cases);
  for (const NearDuplicate& pair : pairs)
    groups.join(cases[pair.first].group, cases[pair.second].group);
  for (Case& item : cases) item.group = groups.rootOf(item.group);
  return {.least_likeness = options.least_likeness,
          .pairs = static_cast<int>(pairs.size()),
          .groups_before = groups.size(),
          .groups = groups.roots()};
}

}  // namespace sonotwin::segment
