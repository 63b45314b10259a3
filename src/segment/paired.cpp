// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

#include "sonotwin/base/error.h"
#include "sonotwin/segment/metrics.h"

namespace sonotwin::segment {
namespace {
constexpr std::size_t kMostExact = 50;

struct Ranked {
  double positive = 0.0;  ///< sum of the ranks of positive differences
  double ties = 0.0;      ///< sum of t³ - t over groups of t equal sizes
};

/// @param differences  sorted by size
Ranked rank(const std::vector<double>& differences) {
  Ranked ranked;
  for (std::size_t first = 0; first < differences.size();) {
    std::size_t end = first;
    while (end < differences.size() && std::abs(differences[end]) == std::abs(differences[first])) {
      ++end;
    }
    const double mean_rank = static_cast<double>(first + 1 + end) / 2.0;
    const auto tied = static_cast<double>(end - first);
    for (std::size_t i = first; i < end; ++i) ranked.positive += differences[i] > 0 ? mean_rank : 0;
    ranked.ties += tied * tied * tied - tied;
    first = end;
  }
  return ranked;
}

/// Probability of a rank sum of at most `sum` among the 2^count assignments of signs.
double exactTail(std::size_t count, double sum) {
  const std::size_t most = count * (count + 1) / 2;
  std::vector<double> chance(most + 1, 0.0);
  chance[0] = 1.0;
  for (std::size_t rank = 1; rank <= count; ++rank) {
    for (std::size_t s = most + 1; s-- > 0;) {
      chance[s] = 0.5 * (chance[s] + (s >= rank ? chance[s - rank] : 0.0));
    }
  }
  const auto last = static_cast<std::ptrdiff_t>(sum) + 1;
  return std::accumulate(chance.begin(), chance.begin() + last, 0.0);
}

using Field = std::optional<double> Agreement::*;

/// Cases of both evaluations that a metric applies to.
struct Paired {
  std::vector<double> differences;
  std::vector<std::string> groups;

  [[nodiscard]] std::vector<double> groupMeans() const {
    std::map<std::string, std::pair<double, double>> totals;
    for (std::size_t i = 0; i < groups.size(); ++i) {
      auto& [sum, count] = totals[groups[i]];
      sum += differences[i];
      count += 1.0;
    }
    std::vector<double> means;
    for (const auto& [group, total] : totals) means.push_back(total.first / total.second);
    return means;
  }
};

Paired pairUp(const Evaluation& one, const Evaluation& other, const std::string& label,
              Field field) {
  std::map<std::string, const CaseResult*> by_name;
  for (const CaseResult& result : other.cases) {
    if (result.label == label) by_name[result.name] = &result;
  }
  Paired paired;
  for (const CaseResult& result : one.cases) {
    if (result.label != label) continue;
    const auto found = by_name.find(result.name);
    if (found == by_name.end()) {
      throwBadInput("The two evaluations are not of the same cases: '" + result.name +
                    "' is in one only.");
    }
    const auto& mine = result.agreement.*field;
    const auto& theirs = found->second->agreement.*field;
    if (!mine || !theirs) continue;
    paired.differences.push_back(*mine - *theirs);
    paired.groups.push_back(result.group);
  }
  return paired;
}

/// Each p times the number of hypotheses not yet rejected, never falling. Source: Holm, Scand. J.
/// Stat. 6 (1979).
void correct(std::vector<PairedDifference>& all) {
  std::vector<PairedDifference*> by_p;
  for (PairedDifference& item : all) by_p.push_back(&item);
  std::ranges::sort(by_p, {}, &PairedDifference::p);
  double least = 0.0;
  for (std::size_t i = 0; i < by_p.size(); ++i) {
    least = std::max(least, std::min(1.0, by_p[i]->p * static_cast<double>(by_p.size() - i)));
    by_p[i]->p_holm = least;
  }
}
}  // namespace

double wilcoxonSignedRank(std::span<const double> differences) {
  std::vector<double> sorted;
  std::ranges::copy_if(differences, std::back_inserter(sorted), [](double d) { return d != 0.0; });
  if (sorted.empty()) return 1.0;
  std::ranges::sort(sorted, {}, [](double d) { return std::abs(d); });
  const Ranked ranked = rank(sorted);
  const auto n = static_cast<double>(sorted.size());
  const double all = n * (n + 1.0) / 2.0;
  const double smaller = std::min(ranked.positive, all - ranked.positive);
  const bool zeros = sorted.size() != differences.size();
  if (sorted.size() <= kMostExact && ranked.ties == 0.0 && !zeros) {
    return std::min(1.0, 2.0 * exactTail(sorted.size(), smaller));
  }
  const double variance = (n * (n + 1.0) * (2.0 * n + 1.0) - ranked.ties / 2.0) / 24.0;
  return std::erfc(std::abs(smaller - all / 2.0) / std::sqrt(2.0 * variance));
}

std::vector<PairedDifference> comparePaired(const Evaluation& one, const Evaluation& other) {
  if (one.cases.size() != other.cases.size()) {
    throwBadInput("The two evaluations are not of the same cases.");
  }
  std::vector<PairedDifference> all;
  for (const LabelSummary& label : one.summary) {
    for (const auto& [metric, field] :
         {std::pair{"dice", &Agreement::dice}, std::pair{"hd95", &Agreement::hd95}}) {
      const Paired paired = pairUp(one, other, label.label, field);
      if (paired.differences.empty()) continue;
      const std::vector<double> means = paired.groupMeans();
      all.push_back({.label = label.label,
                     .metric = metric,
                     .groups = static_cast<int>(means.size()),
                     .difference = bootstrapMean(paired.differences, paired.groups),
                     .p = wilcoxonSignedRank(means)});
    }
  }
  correct(all);
  return all;
}

}  // namespace sonotwin::segment
