// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "presenters/background.h"
#include "presenters/job_runner.h"
#include "presenters/preferences.h"
#include "presenters/store_place.h"
#include "sonotwin/store/store.h"

namespace sonotwin::workstation {

/// A patient as the table shows one.
struct PatientEntry {
  store::PatientRow row;
  bool tracked = false;  ///< has a tracked sweep
};

struct Totals {
  int patients = 0;
  int exams = 0;
  int clips = 0;
};

/// The open store and the one patient, exam and clip that every workspace shows.
///
/// Lists come from the store's index on the GUI thread, pixels and meshes through `reader`.
/// Everything here belongs to the GUI thread.
class Session : public QObject {
  Q_OBJECT

 public:
  explicit Session(QObject* parent = nullptr);
  ~Session() override;

  /// Opens the store in `folder`, or makes an empty one where there is none; selects its first
  /// patient. @throws Error as Store::open and Store::create
  void open(const std::filesystem::path& folder);
  /// Reads the lists again after something was added; what is selected stays selected. `failed`
  /// where the store cannot answer.
  void reload();
  /// The same where another program, or another window, has changed the store since the lists were
  /// read; the mask in view stays, too. Takes microseconds where nothing was changed.
  /// @throws Error as Store::changeMark
  void refresh();
  /// Lists are being read because of another program, and of nothing that is done here.
  [[nodiscard]] bool refreshing() const { return refreshing_; }

  [[nodiscard]] bool isOpen() const { return store_.has_value(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// The same with who is named in its log.
  [[nodiscard]] StorePlace place() const;
  [[nodiscard]] Preferences& preferences() { return preferences_; }
  [[nodiscard]] const store::Store& store() const { return *store_; }

  [[nodiscard]] const std::vector<PatientEntry>& patients() const { return patients_; }
  /// Exams of the patient, first to last.
  [[nodiscard]] const std::vector<store::StudyRow>& studies() const { return studies_; }
  /// Clips of the exam.
  [[nodiscard]] const std::vector<store::ClipRow>& clips() const { return clips_; }
  [[nodiscard]] Totals totals() const;
  /// What waits in the quarantine, in order of arrival.
  [[nodiscard]] const std::vector<store::QuarantineRow>& waiting() const { return waiting_; }
  /// Reads that list again: another program may have added to it.
  void reloadWaiting();

  [[nodiscard]] const std::string& patientId() const { return patient_id_; }
  [[nodiscard]] const std::string& studyId() const { return study_id_; }
  [[nodiscard]] const std::string& clipId() const { return clip_id_; }
  [[nodiscard]] std::optional<store::ClipRow> clip() const;
  [[nodiscard]] std::optional<store::StudyRow> study() const;

  /// What was made from the clip, newest first.
  [[nodiscard]] const std::vector<store::MaskRow>& masks() const { return masks_; }
  /// What is shown unless a person chooses another: see Store::newestMask; null: none.
  [[nodiscard]] const store::MaskRow* newestMask() const;
  /// Those of the masks that a person drew.
  [[nodiscard]] const std::vector<store::AnnotationRow>& annotations() const {
    return annotations_;
  }
  [[nodiscard]] const std::vector<store::VolumeRow>& volumes() const { return volumes_; }
  [[nodiscard]] const std::vector<store::SurfaceRow>& surfaces() const { return surfaces_; }

  /// Name of the network for masks; empty: the one for the clip's body region.
  [[nodiscard]] const std::string& model() const { return model_; }
  void setModel(const std::string& name) { model_ = name; }

  /// Where the store cannot answer, `failed` says why and the selection may be empty.
  void selectPatient(const std::string& id);
  void selectStudy(const std::string& id);
  /// Any clip of the store; its patient and exam come with it.
  void selectClip(const std::string& id);

  /// Reads from the store's index, here and now; `failed` where it cannot answer.
  void ask(const std::function<void(const store::Store&)>& question);
  /// Changes the store by a short piece of work away from the GUI thread, in order, then reads the
  /// lists again and calls `done`; `refused` where it cannot be done.
  void change(std::function<void(store::Store&)> work, std::function<void()> done = {});
  /// A change is on its way.
  [[nodiscard]] bool changing() const { return writer_.pending() > 0; }

  /// For pixels, masks, volumes and surfaces; thumbnails have a thread of their own.
  [[nodiscard]] Background& reader() { return reader_; }
  [[nodiscard]] Background& thumbnailReader() { return thumbnail_reader_; }
  [[nodiscard]] JobRunner& jobs() { return jobs_; }

 Q_SIGNALS:
  void failed(const QString& error);
  /// A change was not made, and why.
  void refused(const QString& why);
  /// After the last of the changes.
  void changed();
  /// The lists hold what others did, and nothing else was done meanwhile.
  void changedElsewhere(const std::vector<sonotwin::store::AuditEntry>& entries);
  void opened();
  void patientsChanged();
  void waitingChanged();
  void patientChanged();
  void studyChanged();
  void clipChanged();
  /// Masks, volumes or surfaces of the clip are other ones now.
  void derivedChanged();
  /// The same masks are in other states now.
  void annotationsChanged();

 private:
  template <class Work>
  void attempt(const Work& work);
  void reloadAll();
  void takeMarks();
  void goToClip(const std::string& id);
  void readPatients();
  void readWaiting();
  void readStudies();
  void readClips();
  void readDerived();
  void choosePatient(const std::string& id);
  void chooseStudy(const std::string& id);
  void chooseClip(const std::string& id);

  std::filesystem::path folder_;
  std::optional<store::Store> store_;
  std::vector<PatientEntry> patients_;
  std::vector<store::QuarantineRow> waiting_;
  std::vector<store::StudyRow> studies_;
  std::vector<store::ClipRow> clips_;
  std::vector<store::MaskRow> masks_;
  std::string newest_mask_;
  std::vector<store::AnnotationRow> annotations_;
  std::vector<store::VolumeRow> volumes_;
  std::vector<store::SurfaceRow> surfaces_;
  std::string patient_id_, study_id_, clip_id_;
  std::int64_t change_mark_ = 0;   ///< of the store when the lists were read
  std::int64_t audit_number_ = 0;  ///< of its newest entry then
  bool refreshing_ = false;
  std::string model_;
  Background reader_;
  Background thumbnail_reader_;
  Background writer_;
  Preferences preferences_;
  JobRunner jobs_;
};

}  // namespace sonotwin::workstation
