// SPDX-License-Identifier: Apache-2.0
#include "presenters/session.h"

#include <QScopedValueRollback>
#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "sonotwin/base/error.h"

namespace sonotwin::workstation {
namespace {
constexpr int kNoLimit = 1'000'000;
constexpr std::int64_t kMostEntries = 10'000;  ///< of the log, to say what others did

template <class Row>
bool holds(const std::vector<Row>& rows, const std::string& id) {
  return std::ranges::any_of(rows, [&](const Row& row) { return row.id == id; });
}

/// Newest first, by when they were made; equal times keep the store's order.
template <class Row>
void sortNewestFirst(std::vector<Row>& rows) {
  std::ranges::stable_sort(rows, std::ranges::greater(), &Row::created_utc);
}

std::vector<std::string> states(const std::vector<store::AnnotationRow>& rows) {
  std::vector<std::string> result;
  for (const store::AnnotationRow& row : rows) result.push_back(row.state);
  return result;
}

template <class Row>
std::vector<std::string> ids(const std::vector<Row>& rows) {
  std::vector<std::string> result;
  for (const Row& row : rows) result.push_back(row.id);
  return result;
}
}  // namespace

Session::Session(QObject* parent) : QObject(parent) {
  connect(&jobs_, &JobRunner::ended, this, &Session::reload);
  connect(&writer_, &Background::settled, this, &Session::changed);
}
Session::~Session() = default;

void Session::open(const std::filesystem::path& folder) {
  store_.emplace(store::Store::exists(folder)
                     ? store::Store::open(folder)
                     : store::Store::createBy(preferences_.author().toStdString(), folder));
  folder_ = folder;
  reader_.setStore(folder);
  thumbnail_reader_.setStore(folder);
  takeMarks();
  readPatients();
  readWaiting();
  choosePatient(patients_.empty() ? std::string() : patients_.front().row.id);
  Q_EMIT opened();
}

StorePlace Session::place() const {
  return {folder_, preferences_.author().toStdString()};
}

void Session::change(std::function<void(store::Store&)> work, std::function<void()> done) {
  writer_.compute(
      this,
      [place = place(), work = std::move(work)] {
        store::Store store = place.open();
        work(store);
        return true;
      },
      [this, done = std::move(done)](bool) {
        reload();
        if (done) done();
      },
      [this](const QString& why) { Q_EMIT refused(why); });
}

template <class Work>
void Session::attempt(const Work& work) {
  if (!store_) return;
  try {
    work();
  } catch (const Error& error) {
    Q_EMIT failed(QString::fromUtf8(error.what()));
  }
}

void Session::ask(const std::function<void(const store::Store&)>& question) {
  attempt([&] { question(*store_); });
}

void Session::reload() {
  attempt([this] { reloadAll(); });
}

void Session::refresh() {
  if (!store_ || store_->changeMark() == change_mark_) return;
  const std::int64_t known = audit_number_;
  const bool alone = !jobs_.busy() && !changing();
  const QScopedValueRollback guard(refreshing_, alone);
  attempt([&] {
    reloadAll();
    const auto since = static_cast<int>(std::min(audit_number_ - known, kMostEntries));
    if (alone && since > 0) Q_EMIT changedElsewhere(store_->audit(since));
  });
}

// Before the lists: what comes while they are read is seen the next time.
void Session::takeMarks() {
  change_mark_ = store_->changeMark();
  const auto newest = store_->audit(1);
  audit_number_ = newest.empty() ? 0 : newest.front().number;
}

void Session::reloadWaiting() {
  attempt([this] { readWaiting(); });
}

void Session::reloadAll() {
  takeMarks();
  // Pseudonyms may have been merged or taken apart: the patient is whoever the clip belongs to.
  if (!clip_id_.empty()) patient_id_ = store_->clipRow(clip_id_).patient_id;
  readPatients();
  readWaiting();
  const bool patient_stays = std::ranges::any_of(
      patients_, [this](const PatientEntry& entry) { return entry.row.id == patient_id_; });
  if (!patient_stays) {
    choosePatient(patients_.empty() ? std::string() : patients_.front().row.id);
    return;
  }
  readStudies();
  Q_EMIT patientChanged();
  readClips();
  Q_EMIT studyChanged();
  if (!holds(clips_, clip_id_)) {
    chooseClip(clips_.empty() ? std::string() : clips_.front().id);
    return;
  }
  const auto before = std::tuple(ids(masks_), ids(volumes_), ids(surfaces_));
  const auto states_before = states(annotations_);
  readDerived();
  if (before != std::tuple(ids(masks_), ids(volumes_), ids(surfaces_))) {
    Q_EMIT derivedChanged();
  } else if (states_before != states(annotations_)) {
    Q_EMIT annotationsChanged();
  }
}

Totals Session::totals() const {
  Totals totals;
  totals.patients = static_cast<int>(patients_.size());
  for (const PatientEntry& entry : patients_) {
    totals.exams += entry.row.exam_count;
    totals.clips += entry.row.clip_count;
  }
  return totals;
}

std::optional<store::ClipRow> Session::clip() const {
  const auto found = std::ranges::find(clips_, clip_id_, &store::ClipRow::id);
  return found == clips_.end() ? std::nullopt : std::optional(*found);
}

std::optional<store::StudyRow> Session::study() const {
  const auto found = std::ranges::find(studies_, study_id_, &store::StudyRow::id);
  return found == studies_.end() ? std::nullopt : std::optional(*found);
}

const store::MaskRow* Session::newestMask() const {
  const auto found = std::ranges::find(masks_, newest_mask_, &store::MaskRow::id);
  return found == masks_.end() ? nullptr : &*found;
}

void Session::selectPatient(const std::string& id) {
  if (id != patient_id_) attempt([&] { choosePatient(id); });
}

void Session::selectStudy(const std::string& id) {
  if (id != study_id_) attempt([&] { chooseStudy(id); });
}

void Session::selectClip(const std::string& id) {
  if (id != clip_id_) attempt([&] { goToClip(id); });
}

void Session::goToClip(const std::string& id) {
  const store::ClipRow row = store_->clipRow(id);
  if (row.patient_id != patient_id_) {
    patient_id_ = row.patient_id;
    readStudies();
    Q_EMIT patientChanged();
  }
  if (row.study_id != study_id_) {
    study_id_ = row.study_id;
    readClips();
    Q_EMIT studyChanged();
  }
  chooseClip(id);
}

void Session::choosePatient(const std::string& id) {
  patient_id_ = id;
  readStudies();
  Q_EMIT patientChanged();
  chooseStudy(studies_.empty() ? std::string() : studies_.back().id);
}

void Session::chooseStudy(const std::string& id) {
  study_id_ = id;
  readClips();
  Q_EMIT studyChanged();
  const auto tracked = std::ranges::find(clips_, true, &store::ClipRow::tracked);
  if (tracked != clips_.end()) {
    chooseClip(tracked->id);
  } else {
    chooseClip(clips_.empty() ? std::string() : clips_.front().id);
  }
}

void Session::chooseClip(const std::string& id) {
  clip_id_ = id;
  readDerived();
  Q_EMIT clipChanged();
  Q_EMIT derivedChanged();
}

void Session::readPatients() {
  std::set<std::string> tracked;
  for (const auto& clip : store_->clips({.tracked = true, .limit = kNoLimit})) {
    tracked.insert(clip.patient_id);
  }
  patients_.clear();
  for (const store::PatientRow& row : store_->patients(kNoLimit)) {
    patients_.push_back({row, tracked.contains(row.id)});
  }
  Q_EMIT patientsChanged();
}

void Session::readWaiting() {
  waiting_ = store_->quarantined();
  Q_EMIT waitingChanged();
}

void Session::readStudies() {
  studies_ = patient_id_.empty() ? std::vector<store::StudyRow>() : store_->studies(patient_id_);
  std::ranges::stable_sort(studies_, {}, &store::StudyRow::number);
}

void Session::readClips() {
  store::ClipFilter filter;
  filter.study_id = study_id_;
  filter.limit = kNoLimit;
  clips_ = study_id_.empty() ? std::vector<store::ClipRow>() : store_->clips(filter);
}

void Session::readDerived() {
  masks_ = clip_id_.empty() ? std::vector<store::MaskRow>() : store_->masks(clip_id_);
  newest_mask_ = clip_id_.empty() ? std::string() : store_->newestMask(clip_id_);
  annotations_ =
      clip_id_.empty() ? std::vector<store::AnnotationRow>() : store_->annotations(clip_id_);
  volumes_ = clip_id_.empty() ? std::vector<store::VolumeRow>() : store_->volumes(clip_id_);
  surfaces_ = clip_id_.empty() ? std::vector<store::SurfaceRow>() : store_->surfaces(clip_id_);
  std::ranges::reverse(masks_);  // of two in one second the later is the newer version
  sortNewestFirst(masks_);
  sortNewestFirst(volumes_);
  sortNewestFirst(surfaces_);
}

}  // namespace sonotwin::workstation
