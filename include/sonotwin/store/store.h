// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/dicom/frame_codec.h"
#include "sonotwin/media/clip.h"
#include "sonotwin/media/mask.h"
#include "sonotwin/media/surface.h"
#include "sonotwin/media/volume.h"
#include "sonotwin/media/voxel_maps.h"
#include "sonotwin/store/rows.h"
#include "sonotwin/store/search.h"

namespace sonotwin::store {

// ---- what goes in ------------------------------------------------------------------------------

/// Where a clip belongs, before pseudonyms. Plain identifiers stay in memory.
struct Origin {
  std::string patient_key =
      {};                       ///< what identifies the patient outside (hospital id + issuer, ...)
  std::string study_key = {};   ///< e.g. study UID
  std::string series_key = {};  ///< e.g. series UID
  std::optional<int> exam_day_number = {};  ///< days since 1970-01-01 of the exam; none: unknown
  /// SHA-256 of the file, so that `clipOfSource` knows it again; empty: not recorded. Where patient
  /// or exam come from the person instead of the file, hash them in with it.
  std::string source_sha256 = {};
  std::string calibration_sha256 = {};  ///< of the calibration file that was applied; empty: none
};

/// Who a patient is, as a file or a person said. Kept nowhere but sealed in the vault.
struct PatientIdentity {
  std::string patient_id = {}, issuer = {}, name = {};
  std::string birth_date = {};  ///< YYYYMMDD
  std::string given = {};       ///< what a person said, where the file carries no identity
};

/// An entry of the vault, opened.
struct SealedIdentity {
  std::string pseudonym;
  std::string sealed_utc;
  PatientIdentity identity;
};

/// How a derived object was made.
struct Provenance {
  std::vector<std::string> made_from = {};  ///< ids of store objects
  std::string recipe_json = {};     ///< canonical JSON: operation, parameters, versions; or empty
  std::string author = "sonotwin";  ///< this: the store's author (see Store::setAuthor)
};

/// Action on PixelData in an ingest's report: a person said that nothing in it names anybody.
inline constexpr const char* kVouchedFor = "vouched";

struct AddedClip {
  std::string id;
  bool added = false;                ///< false: it was known
  bool calibration_changed = false;  ///< it was known, and has the calibration that came now
};

/// As a patient is or would be known. Each pseudonym has its own shift, merged or not.
struct PatientAlias {
  std::string id;
  int day_shift = 0;  ///< days added to every date
};

/// A file that becomes the clip's pixel object, and how its frames are decoded.
struct EncodedObject {
  std::filesystem::path file;  ///< in `temporaryFolder()`: moved into the store, or removed
  dicom::EncodedFrames frames;
  std::optional<IngestReport> report = {};  ///< kept with the clip where it is new
};

/// One of many that are added together.
struct ArrivingClip {
  media::Clip clip;
  Origin origin;
  EncodedObject object;
};

struct BackupOptions {
  /// Whoever has the key can tell whether a known person is in the store: kept apart by default.
  bool with_key = false;
  /// Link objects instead of copying them: quick and small, but one damaged disk takes both.
  bool link_objects = false;
};

/// The words a person has for a clip's orientation: DICOM PS3.16, CID 6 "Transducer Orientation",
/// in capitals.
[[nodiscard]] const std::vector<std::string>& orientationTerms();

/// One finding of `verify`. Empty list: all is well.
struct Damage {
  std::string object;   ///< id, object hash or table
  std::string problem;  ///< in words
};

enum class VerifyDepth { kRows, kBytes };

/// The personalized, pseudonymized database: `sonotwin.sqlite` (index), `objects/` (pixels and
/// meshes named by SHA-256), `tmp/`; the key for pseudonyms lies beside the folder in
/// `FOLDER.key`, readable by its owner only. Every change is named in an audit log.
///
/// What a call acknowledged survives a crash or power loss; what it did not leaves no trace. Ids
/// derive from content and parents: adding the same thing twice gives the same id and adds
/// nothing. One `Store` per thread; several threads and processes may have the same folder open.
///
/// Reading needs neither the right to write nor the key. What changes the store throws
/// Error(kDevice) where it cannot be written and Error(kConflict) with the key of another store, or
/// one that others can read, beside it; what makes pseudonyms throws Error(kNotFound) without a
/// key.
/// @throws Error(kDamaged) for a damaged or newer store, Error(kDevice) where the disk fails,
///         Error(kConflict) while another program has been writing for over 10 s; whatever can go
///         in: Error(kBadInput) for text that is not UTF-8 and numbers that are not finite.
class Store {
 public:
  /// Makes an empty store. A key that already lies beside the folder is kept and used.
  /// @throws Error(kConflict) if the folder holds one or is not empty.
  static Store create(const std::filesystem::path& folder);
  /// The same, in a person's name, who is the store's author from then on.
  static Store createBy(const std::string& author, const std::filesystem::path& folder);
  /// @throws Error(kNotFound) with the remedy (`sonotwin init`) where there is no store;
  ///         Error(kDamaged) for a newer store, which is left as it is.
  static Store open(const std::filesystem::path& folder);
  static bool exists(const std::filesystem::path& folder);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  [[nodiscard]] const std::filesystem::path& folder() const noexcept;
  /// False: it can only be read, for its permissions or its disk.
  [[nodiscard]] bool writable() const noexcept;
  /// Why there is no key to use, and what to do; none: the store's key is there.
  [[nodiscard]] std::optional<std::string> keyProblem() const;
  /// A folder on the store's file system for files that will be added; emptied when opened alone.
  [[nodiscard]] std::filesystem::path temporaryFolder() const;
  /// Keyed pseudonym of the person, for messages about a patient who may not be in the store yet.
  [[nodiscard]] std::string pseudonym(const std::string& patient_key) const;
  /// Who the patient of this origin is or would be; what goes into de-identified files.
  [[nodiscard]] PatientAlias alias(const Origin& origin) const;
  /// The same for the same UID and key: "2.25." and a 128-bit number (a UUID, ITU-T X.667).
  [[nodiscard]] std::string keyedUid(const std::string& uid) const;
  /// Who is named in the audit log from now on; "sonotwin" unless set.
  void setAuthor(const std::string& author);

  // -- in: each call is one transaction
  /// Takes frames one at a time. Pixels, times, poses, regions, patient and series make a clip; its
  /// calibration does not: a known clip that comes with another one gets a revision.
  /// @throws Error(kBadInput) naming the frame that does not fit, Error(kCancelled)
  AddedClip addClip(const media::Clip& clip, const Origin& origin, const Progress& progress);
  /// The same with a report of how it came in, in one transaction.
  AddedClip addReportedClip(const media::Clip& clip, const Origin& origin,
                            const IngestReport& report, const Progress& progress);
  /// The same for a file that stays encoded: `clip.pixels` is not asked. The id rests on the bytes
  /// of the frames, not on the rest of the file. @throws Error(kBadInput) if a frame lies outside
  /// it
  AddedClip addClip(const media::Clip& clip, const Origin& origin, EncodedObject object,
                    const Progress& progress);
  /// All of them or none, in the same order: flushed side by side and committed once, so that a
  /// folder of small files goes several times as fast.
  std::vector<AddedClip> addClips(std::vector<ArrivingClip> clips, const Progress& progress);
  /// A clip made from another by changing its pixels; joins the same series. @returns its id
  std::string addDerivedClip(const std::string& clip_id, const media::Clip& clip,
                             const Provenance& provenance, const Progress& progress);
  /// What a derived object belongs to (here the clip) is one of its parents, named or not.
  /// @throws Error(kNotFound) for an unknown parent, Error(kBadInput) for a mask that does not fit
  std::string addMask(const std::string& clip_id, const media::ClipMask& mask,
                      const std::string& model, const Provenance& provenance);
  std::string addVolume(const std::string& clip_id, const media::Volume& volume,
                        const std::string& source, double observed_fraction,
                        const Provenance& provenance, const media::VoxelMaps& maps = {});
  std::string addSurface(const std::string& volume_id, const media::Surface& surface,
                         double volume_ml, double area_mm2, const Provenance& provenance);
  /// Registers a trained model by its folder's card (weights stay where they are).
  std::string addModel(const std::string& name, const std::string& card_json,
                       const Provenance& provenance);
  /// Changes what a person may correct of a clip: spacing and its source, sector, probe_from_image,
  /// body region, assumptions. Recorded as a revision; the rest of `calibrated` is not looked at.
  void setCalibration(const std::string& clip_id, const media::ClipInfo& calibrated);
  /// What the clip shows, for protocols and search: another revision. The region that the file
  /// named is `ClipRow::header_region`.
  void setView(const std::string& clip_id, const std::string& body_region,
               const std::string& view_label);
  /// How the plane lies in the body: another revision.
  /// @param orientation  one of `orientationTerms`, in any case; empty: not known; none: as the
  /// file
  ///                     says
  /// @throws Error(kBadInput) for another word
  void setOrientation(const std::string& clip_id, const std::optional<std::string>& orientation);
  /// A mask that `author` drew: the version after the parent's where a person drew that one too,
  /// else version 1; a network's mask that was corrected is then named in the lineage.
  std::string addAnnotation(const std::string& clip_id, const media::ClipMask& mask,
                            const std::string& author, const std::string& parent_id = {});
  /// @param state  "draft", "final", "rejected"
  void setAnnotationState(const std::string& mask_id, const std::string& state);
  /// @param kind  "dataset", "training", "registration", "measurement"
  std::string addRecord(const std::string& kind, const std::string& name, const std::string& json,
                        const Provenance& provenance);
  void addIngestReport(const std::string& clip_id, const IngestReport& report);

  // -- people. Clips and exams keep their ids; later files of either pseudonym join the person.
  /// Two pseudonyms are one person, who keeps the first's. @throws Error(kConflict) if they are
  void mergePatients(const std::string& into_id, const std::string& from_id);
  /// Takes a pseudonym back out, with those merged into it before.
  /// @throws Error(kConflict) if it is merged into nobody
  void unmergePatient(const std::string& patient_id);

  // -- searches, protocols
  /// Replaces one of the same name.
  void saveSearch(const std::string& name, const ClipQuery& query);
  void removeSearch(const std::string& name);
  [[nodiscard]] std::vector<SavedSearch> savedSearches() const;
  /// Replaces one of the same name; exams that are held to it stay so.
  /// @param former_name  of the protocol that gets this name and these views; empty: a new one or
  ///                     the one of the same name
  /// @throws Error(kBadInput) without a name or views, Error(kConflict) if another has the name
  void saveProtocol(const AcquisitionProtocol& protocol, const std::string& former_name = {});
  /// Of exams that were held to it, nobody said anything then.
  void removeProtocol(const std::string& name);
  /// @param name  of the protocol that the exam is held to from now on (see StudyRow::protocol);
  ///              empty: to none; none: takes back what was said
  void holdToProtocol(const std::string& study_id, const std::optional<std::string>& name);
  [[nodiscard]] std::vector<AcquisitionProtocol> protocols() const;
  [[nodiscard]] ProtocolStatus protocolStatus(const std::string& study_id,
                                              const std::string& protocol_name) const;

  // -- quarantine: identifying files, beside the store in `FOLDER.quarantine`, its owner's alone
  /// Copies a file there. The same file again gives the same id; one that was decided waits anew.
  std::string quarantineAdd(const std::filesystem::path& file, const Origin& origin,
                            const std::vector<media::PixelRectangle>& boxes,
                            const std::string& reason,
                            const std::optional<IngestReport>& report = {});
  /// Takes what waits into the store, where it belongs, as the file given: its pixels blanked.
  /// @throws Error(kNotFound) if nothing waits under the id; else as `addClip`
  AddedClip addQuarantined(const std::string& id, const media::Clip& clip, EncodedObject object,
                           const Progress& progress);
  /// The same for a clip that is kept as raw frames.
  AddedClip addQuarantined(const std::string& id, const media::Clip& clip,
                           const std::string& calibration_sha256, const Progress& progress);
  /// A folder beside what waits for files on their way there, its owner's alone. Those named
  /// ".incoming-..." are removed when the store is opened alone.
  [[nodiscard]] std::filesystem::path quarantineTemporaryFolder() const;
  [[nodiscard]] std::vector<QuarantineRow> quarantined(const std::string& state = "waiting") const;
  [[nodiscard]] QuarantineRow quarantineRow(const std::string& id) const;
  /// What came from this file (see Origin::source_sha256) and still waits.
  [[nodiscard]] std::optional<QuarantineRow> waitingOfSource(
      const std::string& source_sha256) const;
  /// Reads it whole and compares it with the hash it came with.
  /// @throws Error(kNotFound) if the file is gone, Error(kDamaged) if it is another than came
  [[nodiscard]] std::filesystem::path quarantineFile(const std::string& id) const;
  /// To be called once the object is in the store, or is not to come in: removes the file.
  void quarantineRelease(const std::string& id, const std::string& reason);
  void quarantineReject(const std::string& id, const std::string& reason);

  // -- sealed vault beside the store in `FOLDER.vault`, its owner's alone; off unless enabled. Who
  // a patient is can be read by the holder of a private key that is kept elsewhere, and by nobody
  // else: not by this program either.
  /// From now on identities are sealed for this X.509 certificate (PEM, RSA or elliptic curve).
  /// What was sealed for another stays as it is. @throws Error(kBadInput) where it is none
  void enableVault(const std::string& certificate_pem);
  [[nodiscard]] bool hasVault() const;
  /// Flushed when this returns; the same again adds nothing.
  void sealIdentity(const Origin& origin, const PatientIdentity& identity);
  /// Opens the entries of a patient, those of merged pseudonyms too, and says in the audit log that
  /// it did and why, before it returns; or that it was tried.
  /// @param passphrase  of the key, asked only where it needs one
  /// @param why         in words that name nobody
  /// @throws Error(kNotFound) without vault or entry, Error(kBadInput) for a wrong key,
  ///         Error(kDamaged) for a damaged entry, naming it
  [[nodiscard]] std::vector<SealedIdentity> reidentify(
      const std::string& patient_id, const std::string& private_key_pem,
      const std::function<std::string()>& passphrase, const std::string& why);

  // -- out: lists, in order of arrival but for studies and clips: patient, then day
  [[nodiscard]] std::vector<PatientRow> patients(int limit = 1000, int offset = 0) const;
  [[nodiscard]] std::vector<StudyRow> studies(const std::string& patient_id = {}) const;
  [[nodiscard]] std::vector<ClipRow> clips(const ClipQuery& query = {}) const;
  /// How many clips the query finds, whatever its page.
  [[nodiscard]] int count(const ClipQuery& query = {}) const;
  [[nodiscard]] SearchChoices searchChoices() const;
  [[nodiscard]] std::vector<MaskRow> masks(const std::string& clip_id = {}) const;
  /// Id of the clip's newest mask but for those that were rejected; empty: there is none.
  [[nodiscard]] std::string newestMask(const std::string& clip_id) const;
  [[nodiscard]] std::vector<VolumeRow> volumes(const std::string& clip_id = {}) const;
  [[nodiscard]] std::vector<SurfaceRow> surfaces(const std::string& clip_id = {}) const;
  [[nodiscard]] std::vector<ModelRow> models() const;
  [[nodiscard]] std::vector<RecordRow> records(const std::string& kind = {}) const;
  /// By person and day, then in order of arrival: how sizes went over time.
  [[nodiscard]] std::vector<MeasurementRow> measurements(const std::string& clip_id = {}) const;
  /// The same of one person, whichever pseudonym names it.
  [[nodiscard]] std::vector<MeasurementRow> measurementsOf(const std::string& patient_id) const;
  [[nodiscard]] std::vector<AnnotationRow> annotations(const std::string& clip_id = {}) const;
  [[nodiscard]] std::vector<IngestReport> ingestReports(const std::string& clip_id) const;
  /// Newest first.
  [[nodiscard]] std::vector<AuditEntry> audit(int limit = 100, int offset = 0) const;
  /// Who gave an annotation its state last, from the log, which is read back to there; empty: it
  /// has the one it was drawn with.
  [[nodiscard]] std::string decidedBy(const std::string& mask_id) const;
  /// Another number than before once any other `Store`, here or in another program, has changed the
  /// index: then lists are to be read again. Takes microseconds. @throws Error(kConflict) where a
  /// store that can only be read was changed: open it again
  [[nodiscard]] std::int64_t changeMark() const;
  /// What of the audit log is not as it was written; empty: all is.
  [[nodiscard]] std::vector<Damage> auditProblems() const;
  /// The clip that came from this file, in its present calibration or, if given, in this one only.
  [[nodiscard]] std::optional<std::string> clipOfSource(
      const std::string& source_sha256, const std::string& calibration_sha256 = {}) const;

  // -- out: objects. @throws Error(kNotFound) naming the id
  /// Frames are read one at a time from the object; the clip stays usable after the store closes.
  [[nodiscard]] media::Clip clip(const std::string& clip_id) const;
  /// One frame, without reading what is known of the others.
  [[nodiscard]] media::Image frame(const std::string& clip_id, int index) const;
  /// The de-identified DICOM object that holds the clip's frames as a file of its own: byte for
  /// byte, but where its pseudonym was merged into another. Then it bears that person's id and its
  /// dates are moved to that person's time line. @returns false, and writes nothing, where the clip
  /// is not kept as DICOM
  /// @throws Error(kDamaged) if the bytes are not what was stored: then nothing is written either
  [[nodiscard]] bool writeDicom(const std::string& clip_id, const std::filesystem::path& out,
                                const Progress& progress) const;
  [[nodiscard]] ClipRow clipRow(const std::string& clip_id) const;
  [[nodiscard]] ClipNames clipNames(const std::string& clip_id) const;
  [[nodiscard]] media::ClipMask mask(const std::string& mask_id) const;
  [[nodiscard]] media::Volume volume(const std::string& volume_id) const;
  /// Empty maps where the volume was stored without.
  [[nodiscard]] media::VoxelMaps voxelMaps(const std::string& volume_id) const;
  [[nodiscard]] media::Surface surface(const std::string& surface_id) const;
  /// "patient", "study", "series", "quarantine" or the kind of a lineage node.
  [[nodiscard]] std::string kindOf(const std::string& id) const;
  [[nodiscard]] PatientDetail patient(const std::string& patient_id) const;
  [[nodiscard]] StudyDetail study(const std::string& study_id) const;
  [[nodiscard]] LineageNode lineage(const std::string& id) const;
  [[nodiscard]] LineageGraph lineageGraph(const std::string& id) const;

  /// Checks every row, reference, the audit log, and object's presence and size; kBytes: every
  /// object's hash too.
  [[nodiscard]] std::vector<Damage> verify(VerifyDepth depth, const Progress& progress) const;

  /// A store in another folder, as this one is now, while others go on using it. Without the key
  /// unless asked, and without the quarantine. Objects that are missing or damaged are left out,
  /// whose rows stay; links are not read, so that damage goes along with them.
  /// @returns what was left out; empty: nothing
  /// @throws Error(kConflict) if something is there
  [[nodiscard]] std::vector<Damage> backup(const std::filesystem::path& folder,
                                           const BackupOptions& options,
                                           const Progress& progress) const;
  /// A store from a backup. @returns, throws as `backup`; Error(kNotFound) if there is none
  [[nodiscard]] static std::vector<Damage> restore(const std::filesystem::path& from,
                                                   const std::filesystem::path& folder,
                                                   const BackupOptions& options,
                                                   const Progress& progress);

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonotwin::store
