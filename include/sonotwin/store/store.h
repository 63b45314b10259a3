// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/base/progress.h"
#include "sonotwin/media/clip.h"
#include "sonotwin/media/mask.h"
#include "sonotwin/media/surface.h"
#include "sonotwin/media/volume.h"

namespace sonotwin::store {

// ---- rows, as lists and screens show them -------------------------------------------------------

struct PatientRow {
  std::string id;  ///< pseudonym, "P-7F3A-21C8"
  int exam_count = 0;
  int clip_count = 0;
  int surface_count = 0;
  int last_exam_day = 0;    ///< days since the patient's first exam
  std::string body_region;  ///< of the newest clip that names one
};

struct StudyRow {
  std::string id;
  std::string patient_id;
  int number = 0;         ///< 1 for the patient's first exam; exams of unknown day come last
  int day = 0;            ///< since the patient's first exam
  bool day_known = true;  ///< false: the file gave no date, `day` is 0
  int clip_count = 0;
};

struct ClipRow {
  std::string id;
  std::string patient_id;
  std::string study_id;
  std::string series_id;
  int day = 0;            ///< of the exam, since the patient's first
  bool day_known = true;  ///< false: the file gave no date, `day` is 0
  int frames = 0;
  int rows = 0;
  int cols = 0;
  int channels = 1;
  std::optional<std::array<double, 2>> spacing_mm;
  bool tracked = false;
  bool calibrated = false;  ///< has probe_from_image
  double duration_s = 0.0;
  std::string body_region;
  std::string source_format;
  std::string transfer_syntax;
  int mask_count = 0;
  int volume_count = 0;
  int surface_count = 0;
};

struct MaskRow {
  std::string id;
  std::string clip_id;
  std::string model;  ///< name of the model or author
  std::vector<media::Label> labels;
  int frames = 0;
  double mean_confidence = 0.0;
  std::string created_utc;
};

struct VolumeRow {
  std::string id;
  std::string clip_id;
  std::string source;  ///< "bmode" or "mask"
  std::array<int, 3> dims = {0, 0, 0};
  double spacing_mm = 0.0;
  double observed_fraction = 0.0;  ///< voxels with data / voxels not empty
  std::string recipe_json;
  std::string created_utc;
};

struct SurfaceRow {
  std::string id;
  std::string volume_id;
  std::string clip_id;
  std::string label;
  double volume_ml = 0.0;
  double area_mm2 = 0.0;
  std::string created_utc;
};

struct ModelRow {
  std::string id;      ///< content hash based
  std::string name;    ///< as in models/NAME
  std::string status;  ///< "candidate" or "promoted"
  std::string card_json;
  std::string created_utc;
};

/// An object in its lineage. `kind` is clip, mask, volume, surface, model.
struct LineageNode {
  std::string id;
  std::string kind;
  std::string recipe_json;  ///< how it was made; empty for what came from outside
  std::string program_version;
  std::string author;
  std::string created_utc;
  std::vector<std::string> made_from;  ///< ids
  std::vector<std::string> used_for;   ///< ids
};

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

/// How a derived object was made.
struct Provenance {
  std::vector<std::string> made_from = {};  ///< ids of store objects
  std::string recipe_json = {};  ///< canonical JSON: operation, parameters, versions; or empty
  std::string author = "sonotwin";
};

struct AddedClip {
  std::string id;
  bool added = false;                ///< false: it was known
  bool calibration_changed = false;  ///< it was known, and has the calibration that came now
};

struct ClipFilter {
  std::string patient_id = {}, study_id = {}, body_region = {};  ///< empty: any
  std::optional<int> from_day = {}, to_day = {};
  int limit = 1000;
  int offset = 0;
};

/// One finding of `verify`. Empty list: all is well.
struct Damage {
  std::string object;   ///< id, object hash or table
  std::string problem;  ///< in words
};

enum class VerifyDepth { kRows, kBytes };

/// The personalized, pseudonymized database: `sonotwin.sqlite` (index), `objects/` (pixels and
/// meshes named by SHA-256), `tmp/`; the key for pseudonyms lies beside the folder in
/// `FOLDER.key`, readable by its owner only.
///
/// What a call acknowledged survives a crash or power loss; what it did not leaves no trace. Ids
/// derive from content and parents: adding the same thing twice gives the same id and adds
/// nothing. One `Store` per thread; several threads and processes may have the same folder open.
///
/// Reading needs neither the right to write nor the key. What changes the store throws
/// Error(kDevice) where it cannot be written and Error(kConflict) with the key of another store, or
/// one that others can read, beside it; what makes pseudonyms throws Error(kNotFound) without a key.
/// @throws Error(kDamaged) for a damaged or newer store, Error(kDevice) where the disk fails,
///         Error(kConflict) while another program has been writing for over 10 s; whatever can go
///         in: Error(kBadInput) for text that is not UTF-8 and numbers that are not finite.
class Store {
 public:
  /// Makes an empty store. A key that already lies beside the folder is kept and used.
  /// @throws Error(kConflict) if the folder holds one or is not empty.
  static Store create(const std::filesystem::path& folder);
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
  /// Keyed pseudonym, for messages about a patient who may not be in the store yet.
  [[nodiscard]] std::string pseudonym(const std::string& patient_key) const;

  // -- in: each call is one transaction
  /// Takes frames one at a time. Pixels, times, poses, regions, patient and series make a clip; its
  /// calibration does not: a known clip that comes with another one gets a revision.
  /// @throws Error(kBadInput) naming the frame that does not fit, Error(kCancelled)
  AddedClip addClip(const media::Clip& clip, const Origin& origin, const Progress& progress);
  /// A clip made from another by changing its pixels; joins the same series. @returns its id
  std::string addDerivedClip(const std::string& clip_id, const media::Clip& clip,
                             const Provenance& provenance, const Progress& progress);
  /// What a derived object belongs to (here the clip) is one of its parents, named or not.
  /// @throws Error(kNotFound) for an unknown parent, Error(kBadInput) for a mask that does not fit
  std::string addMask(const std::string& clip_id, const media::ClipMask& mask,
                      const std::string& model, const Provenance& provenance);
  std::string addVolume(const std::string& clip_id, const media::Volume& volume,
                        const std::string& source, double observed_fraction,
                        const Provenance& provenance);
  std::string addSurface(const std::string& volume_id, const media::Surface& surface,
                         double volume_ml, double area_mm2, const Provenance& provenance);
  /// Registers a trained model by its folder's card (weights stay where they are).
  std::string addModel(const std::string& name, const std::string& card_json,
                       const Provenance& provenance);
  /// Changes what a person may correct of a clip: spacing and its source, sector, probe_from_image,
  /// body region, assumptions. Recorded as a revision; the rest of `calibrated` is not looked at.
  void setCalibration(const std::string& clip_id, const media::ClipInfo& calibrated);

  // -- out: lists, in order of arrival but for studies and clips: patient, then day
  [[nodiscard]] std::vector<PatientRow> patients(int limit = 1000, int offset = 0) const;
  [[nodiscard]] std::vector<StudyRow> studies(const std::string& patient_id = {}) const;
  [[nodiscard]] std::vector<ClipRow> clips(const ClipFilter& filter = {}) const;
  [[nodiscard]] std::vector<MaskRow> masks(const std::string& clip_id = {}) const;
  [[nodiscard]] std::vector<VolumeRow> volumes(const std::string& clip_id = {}) const;
  [[nodiscard]] std::vector<SurfaceRow> surfaces(const std::string& clip_id = {}) const;
  [[nodiscard]] std::vector<ModelRow> models() const;
  /// The clip that came from this file, in its present calibration or, if given, in this one only.
  [[nodiscard]] std::optional<std::string> clipOfSource(
      const std::string& source_sha256, const std::string& calibration_sha256 = {}) const;

  // -- out: objects. @throws Error(kNotFound) naming the id
  /// Frames are read one at a time from the object; the clip stays usable after the store closes.
  [[nodiscard]] media::Clip clip(const std::string& clip_id) const;
  [[nodiscard]] ClipRow clipRow(const std::string& clip_id) const;
  [[nodiscard]] media::ClipMask mask(const std::string& mask_id) const;
  [[nodiscard]] media::Volume volume(const std::string& volume_id) const;
  [[nodiscard]] media::Surface surface(const std::string& surface_id) const;
  [[nodiscard]] LineageNode lineage(const std::string& id) const;

  /// Checks every row, reference and object's presence and size; kBytes: every object's hash too.
  [[nodiscard]] std::vector<Damage> verify(VerifyDepth depth, const Progress& progress) const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonotwin::store
