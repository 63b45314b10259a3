// SPDX-License-Identifier: Apache-2.0
#include "sonotwin/pipeline/ingest.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "ingest_read.h"
#include "ingest_sources.h"
#include "ordered_work.h"
#include "prepare.h"
#include "sonotwin/base/error.h"
#include "sonotwin/base/parallel.h"
#include "sonotwin/media/calibration_io.h"

namespace sonotwin::pipeline {
namespace {
namespace fs = std::filesystem;

const store::AttributeActions kVouched{"(7FE0,0010)", "PixelData", store::kVouchedFor};

/// Failures of one item among many; others (disk, store, cancel) end the ingest.
bool concernsOnlyTheFile(const Error& error) {
  return error.kind() == ErrorKind::kBadInput || error.kind() == ErrorKind::kNotFound;
}
/// Readers name the file they refuse, and the report has it already.
std::string withoutPath(const std::string& said, const fs::path& path) {
  const std::string name = path.string();
  if (!said.starts_with(name)) return said;
  const std::string rest = said.substr(name.size());
  if (rest.starts_with(": ")) return rest.substr(2);
  return rest.starts_with(" ") ? "the file" + rest : said;
}

std::vector<std::uint64_t> sizesOf(const std::vector<SourceFile>& files) {
  std::vector<std::uint64_t> sizes;
  for (const SourceFile& file : files) {
    std::error_code none;
    const std::uint64_t size = fs::file_size(file.path, none);
    sizes.push_back(none ? 0 : size);
  }
  return sizes;
}

/// One ingest. Files are prepared side by side and taken in their order: as many together as were
/// ready, so that the disk is waited for once for all of them.
class Ingest {
 public:
  Ingest(store::Store& store, const IngestOptions& options, const Sources& sources,
         const Progress& progress)
      : store_(store), options_(options), files_(sources.files), progress_(progress) {
    report_.passed_over = sources.passed_over;
  }

  /// @throws IngestStopped
  IngestReport run();

 private:
  using Work = OrderedWork<Prepared>;
  static constexpr std::size_t kMostTogether = 32;
  static constexpr std::uint64_t kMostBytesTogether = std::uint64_t{64} << 20;
  /// Of all that is to be done; the rest is the store's.
  static constexpr double kShareOfPreparing = 0.8;

  Work::Worker makeWorker() const;
  [[nodiscard]] bool isWorthWaiting(Work& work) const;
  void runToEnd();
  [[nodiscard]] const fs::path& firstUnanswered() const;
  void answerFor(const SourceFile& file, const std::function<void()>& step);
  void settle(Prepared prepared);
  [[nodiscard]] bool isStale(const Prepared& prepared);
  void flush();
  void takeAlone(const SourceFile& file);
  void add(std::vector<Prepared>& batch);
  store::AddedClip addPlain(const ReadSource& source);
  void sealIdentities(const std::vector<Prepared>& batch);
  void letWait(const Prepared& prepared);
  void noteKnown(const Prepared& prepared, const std::string& id, std::vector<std::string> notes);
  void noteAdded(Prepared& prepared, const store::AddedClip& added);
  void noteTwin(Prepared& prepared, const store::AddedClip& added);
  void noteWaiting(const Prepared& prepared, const store::QuarantineRow& row);
  [[nodiscard]] double fractionDone() const;
  void reportWaiting(const Work& work);
  [[nodiscard]] Progress storing() const;

  store::Store& store_;
  const IngestOptions& options_;
  const std::vector<SourceFile>& files_;
  const Progress& progress_;
  std::vector<Prepared> ready_;  ///< for the store, in order
  std::uint64_t ready_bytes_ = 0;
  std::size_t answered_ = 0;                      ///< files that are in the report
  double prepared_share_ = 0.0;                   ///< of all files
  std::set<std::string> sources_;                 ///< of this ingest: SHA-256 of files taken
  std::map<std::string, std::string> instances_;  ///< their keyed SOP Instance UIDs, and the clips
  IngestReport report_;
};

Ingest::Work::Worker Ingest::makeWorker() const {
  // Whatever a thread asks of the store it asks through a store of its own.
  const auto store = std::make_shared<store::Store>(store::Store::open(store_.folder()));
  const auto preparer = std::make_shared<Preparer>(*store, options_);
  return [this, store, preparer](std::size_t task, const Progress& progress) {
    return preparer->prepare(files_[task], progress);
  };
}

/// Each visit of the store costs, however many it takes; but what is ready does not wait for long.
bool Ingest::isWorthWaiting(Work& work) const {
  constexpr std::chrono::milliseconds kSoon(50);
  return ready_.size() < kMostTogether / 2 ? work.readyWithin(kSoon) : work.ready();
}

IngestReport Ingest::run() {
  try {
    runToEnd();
  } catch (const Error& error) {
    const fs::path& at = firstUnanswered();  // before the report is taken
    throw IngestStopped(error, at, std::move(report_));
  }
  return std::move(report_);
}

const fs::path& Ingest::firstUnanswered() const {
  std::set<fs::path> answered;
  const auto collect = [&](const auto& files) {
    for (const auto& file : files) answered.insert(file.path);
  };
  collect(report_.added);
  collect(report_.known);
  collect(report_.quarantined);
  collect(report_.refused);
  const auto first = std::ranges::find_if(
      files_, [&](const SourceFile& file) { return !answered.contains(file.path); });
  return first == files_.end() ? files_.back().path : first->path;
}

void Ingest::runToEnd() {
  if (files_.empty()) return;
  const int threads =
      static_cast<int>(std::min(static_cast<std::size_t>(availableThreads()), files_.size()));
  Work work(sizesOf(files_), threads, [this] { return makeWorker(); });
  for (const SourceFile& file : files_) {
    reportWaiting(work);
    if (!isWorthWaiting(work)) flush();
    std::optional<Prepared> prepared;
    answerFor(file, [&] { prepared = work.take([&] { reportWaiting(work); }); });
    if (prepared) settle(std::move(*prepared));
  }
  flush();
}

/// Does something for a file, which is refused where that fails for a reason of its own.
void Ingest::answerFor(const SourceFile& file, const std::function<void()>& step) {
  const auto refuse = [&](const std::exception& error) {
    report_.refused.push_back({file.path, withoutPath(error.what(), file.path)});
    ++answered_;
  };
  try {
    step();
  } catch (const Error& error) {
    if (!concernsOnlyTheFile(error)) throw;
    refuse(error);
  } catch (const std::exception& error) {
    refuse(error);
  }
}

void Ingest::settle(Prepared prepared) {
  if (isStale(prepared)) return takeAlone(prepared.file);
  const bool joins = prepared.joinsOthers();
  if (!joins) flush();
  if (prepared.copy) ready_bytes_ += prepared.copy->sizeBytes();
  ready_.push_back(std::move(prepared));
  if (!joins || ready_.size() >= kMostTogether || ready_bytes_ >= kMostBytesTogether) flush();
}

/// Short pseudonyms grow where two patients would share one, so a copy's holds only until the
/// patients before it are in the store.
bool Ingest::isStale(const Prepared& prepared) {
  if (!prepared.copy) return false;
  const store::Origin& origin = prepared.source.origin;
  const std::string& id = prepared.copy->patient_id;
  const bool shared = std::ranges::any_of(ready_, [&](const Prepared& other) {
    return other.copy && other.copy->patient_id == id &&
           other.source.origin.patient_key != origin.patient_key;
  });
  if (shared) flush();
  return store_.alias(origin).id != id;
}

void Ingest::flush() {
  std::vector<Prepared> batch = std::exchange(ready_, {});
  ready_bytes_ = 0;
  if (batch.empty()) return;
  if (batch.size() == 1) return answerFor(batch.front().file, [&] { add(batch); });
  try {
    add(batch);
  } catch (const Error& error) {
    if (!concernsOnlyTheFile(error)) throw;
    for (const Prepared& one : batch) takeAlone(one.file);
  }
}

void Ingest::takeAlone(const SourceFile& file) {
  answerFor(file, [&] {
    std::vector<Prepared> one;
    one.push_back(Preparer(store_, options_).prepare(file, storing()));
    add(one);
  });
}

/// All that can fail for a reason of one file comes before the report says anything of them.
void Ingest::add(std::vector<Prepared>& batch) {
  sealIdentities(batch);
  std::vector<store::ArrivingClip> objects;
  for (Prepared& prepared : batch) {
    if (!prepared.copy || !prepared.burned_in.why_wait.empty()) continue;
    objects.push_back(
        {prepared.source.clip, prepared.source.origin, encodedObject(*prepared.copy)});
    if (options_.pixels_checked) objects.back().object.report->actions.push_back(kVouched);
  }
  const std::vector<store::AddedClip> added = objects.empty()
                                                  ? std::vector<store::AddedClip>{}
                                                  : store_.addClips(std::move(objects), storing());
  for (auto next = added.begin(); Prepared & prepared : batch) {
    if (prepared.known) {
      noteKnown(prepared, *prepared.known, store_.clip(*prepared.known).info.assumptions);
    } else if (prepared.waits) {
      noteWaiting(prepared, *prepared.waits);
    } else if (!prepared.burned_in.why_wait.empty()) {
      letWait(prepared);
    } else if (prepared.copy) {
      noteAdded(prepared, *next++);
    } else {
      noteAdded(prepared, addPlain(prepared.source));
    }
    ++answered_;
  }
}

store::AddedClip Ingest::addPlain(const ReadSource& source) {
  if (!options_.pixels_checked) return store_.addClip(source.clip, source.origin, storing());
  return store_.addReportedClip(
      source.clip, source.origin,
      {.actions = {kVouched},
       .method = "Of the file only pixels, times, poses and calibration were taken."},
      storing());
}

/// Before anything of a patient is in the store, so that nobody is in it whom the vault does not
/// have.
void Ingest::sealIdentities(const std::vector<Prepared>& batch) {
  if (!store_.hasVault()) return;
  for (const Prepared& prepared : batch) {
    store_.sealIdentity(prepared.source.origin, prepared.source.identity);
  }
}

void Ingest::letWait(const Prepared& prepared) {
  const store::Origin& origin = prepared.source.origin;
  const BurnedIn& burned_in = prepared.burned_in;
  // The same file may stand in two places.
  if (const auto waits = store_.waitingOfSource(origin.source_sha256)) {
    return noteWaiting(prepared, *waits);
  }
  const std::string id =
      prepared.copy ? store_.quarantineAdd(prepared.copy->file.path(), origin, burned_in.found,
                                           burned_in.why_wait, reportOf(prepared.copy->done))
                    : store_.quarantineAdd(prepared.clip_file->path(), origin, burned_in.found,
                                           burned_in.why_wait);
  noteWaiting(prepared, store_.quarantineRow(id));
}

/// What is asked for now may be other than what was asked for when it came.
void Ingest::noteKnown(const Prepared& prepared, const std::string& id,
                       std::vector<std::string> notes) {
  if (prepared.file.kind == SourceKind::kDicom) {
    const auto reports = store_.ingestReports(id);
    if (!reports.empty() && !dicom::sameOptions(reports.front().method, options_.deidentify)) {
      notes.emplace_back(
          "it is kept as it was de-identified when it came, with other options than these: a store "
          "has one copy of an object. To have it with these, ingest it into another store");
    }
  }
  report_.known.push_back({prepared.file.path, store_.clipRow(id), std::move(notes)});
}

void Ingest::noteAdded(Prepared& prepared, const store::AddedClip& added) {
  const std::string& source_sha256 = prepared.source.origin.source_sha256;
  if (const auto waits = store_.waitingOfSource(source_sha256); waits && options_.pixels_checked) {
    store_.quarantineRelease(waits->id, "vouched for when it was taken in again");
  }
  std::vector<std::string>& notes = prepared.source.notes;
  if (added.calibration_changed) notes.push_back("known clip, calibrated anew");
  const bool came_before = !sources_.insert(source_sha256).second;
  if (prepared.copy && !came_before) noteTwin(prepared, added);
  if (!added.added) return noteKnown(prepared, added.id, std::move(notes));
  report_.added.push_back({prepared.file.path, store_.clipRow(added.id), std::move(notes)});
}

/// Of an object that differs from one that is there: nothing of either is thrown away unsaid.
void Ingest::noteTwin(Prepared& prepared, const store::AddedClip& added) {
  std::vector<std::string>& notes = prepared.source.notes;
  if (!added.added) {
    notes.emplace_back(
        "its pictures are in the store already, from a file with another header; that one's is "
        "kept, so a date or word corrected in this one was not taken over. To have this one's, "
        "ingest it into another store");
    return;
  }
  const auto [first, is_first] =
      instances_.try_emplace(prepared.copy->done.sop_instance_uid, added.id);
  if (is_first) return;
  notes.push_back("it has the SOP Instance UID of " + first->second +
                  ", which came with it, but other contents; both were taken in. Look at both to "
                  "see which is right");
}

void Ingest::noteWaiting(const Prepared& prepared, const store::QuarantineRow& row) {
  QuarantinedFile file{prepared.file.path, row.id, row.reason, static_cast<int>(row.boxes.size()),
                       prepared.source.clip.info};
  if (prepared.waits) {
    file.notes.emplace_back(
        "it waits as it came before, and options given now change nothing of it. To have it with "
        "these, reject it and ingest it again");
  }
  report_.quarantined.push_back(std::move(file));
}

double Ingest::fractionDone() const {
  return kShareOfPreparing * prepared_share_ + (1.0 - kShareOfPreparing) *
                                                   static_cast<double>(answered_) /
                                                   static_cast<double>(files_.size());
}

void Ingest::reportWaiting(const Work& work) {
  prepared_share_ = work.fraction();
  const std::size_t next = answered_ + ready_.size() + 1;
  progress_.report(fractionDone(), files_.size() == 1 ? work.stage()
                                                      : "file " + std::to_string(next) + " of " +
                                                            std::to_string(files_.size()));
}

Progress Ingest::storing() const {
  const double begin = fractionDone();
  const double share = (1.0 - kShareOfPreparing) / static_cast<double>(files_.size());
  return progress_.part(begin, std::min(1.0, begin + share), "storing");
}
}  // namespace

IngestStopped::IngestStopped(const Error& why, fs::path at, IngestReport report)
    : Error(why.kind(), std::string(why.what()) + " The ingest stopped at " + at.string() +
                            ": what came in before it stays; run it again for the rest."),
      at_(std::make_shared<const fs::path>(std::move(at))),
      report_(std::make_shared<const IngestReport>(std::move(report))) {}

IngestReport ingest(store::Store& store, const std::vector<fs::path>& paths,
                    const IngestOptions& options, const Progress& progress) {
  std::ignore = dayOfOption(options.exam_date);
  if (options.calibration) std::ignore = media::readCalibration(*options.calibration);
  progress.report(0.0, "looking for files");
  const Sources sources = findSources(paths, progress);
  IngestReport report = Ingest(store, options, sources, progress).run();
  progress.report(1.0);
  return report;
}

}  // namespace sonotwin::pipeline
