// SPDX-License-Identifier: Apache-2.0
#include "frame_times.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcvrat.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "attributes.h"

namespace sonotwin::dicom {
namespace {
constexpr double kNominalRate_hz = 30.0;
constexpr double kLongestInterval_s = 3600.0;

std::vector<double> evenly(int count, double interval_s) {
  std::vector<double> seconds(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) seconds[static_cast<std::size_t>(i)] = i * interval_s;
  return seconds;
}

bool isInterval(double seconds) {
  return seconds > 0.0 && seconds <= kLongestInterval_s;
}

/// Nothing unless there is one increment a frame and time never runs backwards.
std::optional<std::vector<double>> fromVector(DcmItem& dataset, int count) {
  std::vector<double> increments_ms = numbersOf(dataset, DCM_FrameTimeVector);
  // Some writers leave out the first increment, which is zero by definition.
  if (increments_ms.size() + 1 == static_cast<std::size_t>(count)) {
    increments_ms.insert(increments_ms.begin(), 0.0);
  }
  if (increments_ms.size() != static_cast<std::size_t>(count)) return std::nullopt;
  std::vector<double> seconds(increments_ms.size(), 0.0);
  for (std::size_t i = 1; i < seconds.size(); ++i) {
    const double step_s = increments_ms[i] / 1000.0;
    if (!(step_s >= 0.0 && step_s <= kLongestInterval_s)) return std::nullopt;
    seconds[i] = seconds[i - 1] + step_s;
  }
  return seconds.back() > 0.0 ? std::optional(seconds) : std::nullopt;
}

std::optional<double> frameTime_s(DcmItem& dataset) {
  const auto milliseconds = numberOf(dataset, DCM_FrameTime);
  if (!milliseconds || !isInterval(*milliseconds / 1000.0)) return std::nullopt;
  return *milliseconds / 1000.0;
}

std::optional<double> rateInterval_s(DcmItem& dataset, const DcmTagKey& key) {
  const auto rate_hz = numberOf(dataset, key);
  if (!rate_hz || *rate_hz <= 0.0 || !isInterval(1.0 / *rate_hz)) return std::nullopt;
  return 1.0 / *rate_hz;
}

bool pointsTo(DcmItem& dataset, const DcmTagKey& wanted) {
  DcmElement* element = nullptr;
  if (dataset.findAndGetElement(DCM_FrameIncrementPointer, element).bad()) return false;
  auto* pointers = dynamic_cast<DcmAttributeTag*>(element);
  DcmTagKey first;
  return pointers != nullptr && pointers->getTagVal(first, 0).good() && first == wanted;
}

void noteOtherRate(DcmItem& dataset, double interval_s, std::vector<std::string>& notes) {
  constexpr double kTolerance = 0.1;
  const auto cine_s = rateInterval_s(dataset, DCM_CineRate);
  if (cine_s && std::abs(*cine_s - interval_s) > kTolerance * interval_s) {
    notes.emplace_back("Frame Time and Cine Rate disagree; times follow Frame Time.");
  }
}
}  // namespace

FrameTimes readFrameTimes(DcmItem& dataset, int count) {
  if (count == 1) return {.seconds = {0.0}, .known = true, .notes = {}};
  FrameTimes times;
  auto intervals = fromVector(dataset, count);
  const auto frame_time_s = frameTime_s(dataset);
  if (frame_time_s && pointsTo(dataset, DCM_FrameTime)) intervals.reset();
  if (intervals) {
    times.seconds = *intervals;
    return times;
  }
  auto interval_s = frame_time_s;
  if (interval_s) noteOtherRate(dataset, *interval_s, times.notes);
  if (!interval_s) interval_s = rateInterval_s(dataset, DCM_CineRate);
  if (!interval_s) interval_s = rateInterval_s(dataset, DCM_RecommendedDisplayFrameRate);
  if (!interval_s) {
    times.known = false;
    times.notes.emplace_back("The file gives no frame times; frames are counted at 30 Hz.");
  }
  times.seconds = evenly(count, interval_s.value_or(1.0 / kNominalRate_hz));
  return times;
}

}  // namespace sonotwin::dicom
