// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sonotwin/media/clip.h"
#include "sonotwin/media/mask.h"

namespace sonotwin::store {

struct PatientRow {
  std::string id;  ///< pseudonym, "P-7F3A-21C8"
  int exam_count = 0;
  int clip_count = 0;
  int surface_count = 0;
  std::optional<int> last_exam_day;  ///< days since the first exam; none: no exam's day is known
  std::string body_region;           ///< of the newest clip that names one
  std::vector<std::string> merged;   ///< other pseudonyms found to be this person
};

struct StudyRow {
  std::string id;
  std::string patient_id;  ///< of the person, where pseudonyms were merged
  int number = 0;          ///< 1 for the patient's first exam; exams of unknown day come last
  int day = 0;             ///< since the patient's first exam
  bool day_known = true;   ///< false: the file gave no date, `day` is 0
  int clip_count = 0;
  /// Acquisition protocol that a person holds it to; empty: to none; none: nobody said.
  std::optional<std::string> protocol;
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
  std::string view_label;  ///< of the view in an acquisition protocol; empty: none
  /// How the plane lies, as a person said, one of `orientationTerms`; else as the file says, in its
  /// own terms ("MFA"). Empty: not known.
  std::string orientation;
  std::string header_orientation;  ///< as the file says
  std::string header_region;       ///< as the file says
  std::string device_model;
  bool annotated = false;  ///< a person drew a mask
  std::string source_format;
  std::string transfer_syntax;
  int mask_count = 0;
  int volume_count = 0;
  int surface_count = 0;
};

/// What is said of a clip, and by whom.
struct ClipName {
  std::string value;
  std::string from_header;  ///< as the file says, whatever a person said later
  std::string author;       ///< who said it; empty: it is the file's
  std::string said_utc;     ///< empty: it is the file's
};
struct ClipNames {
  ClipName body_region, view_label, orientation;
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

/// What has a name and JSON but no bytes. `kind` is dataset, training, registration, measurement.
struct RecordRow {
  std::string id;
  std::string kind;
  std::string name;
  std::string json;
  std::string created_utc;
};

/// What was measured of a mask, a volume or a surface.
struct MeasurementRow {
  std::string id;
  std::string of_id;       ///< what was measured
  std::string of_kind;     ///< "mask", "volume", "surface", ...
  std::string clip_id;     ///< empty, as the four that follow: it belongs to no clip
  std::string patient_id;  ///< of the person, where pseudonyms were merged
  std::string study_id;
  int day = 0;             ///< of the exam, since the person's first
  bool day_known = false;  ///< false: the file gave no date, `day` is 0
  std::string name;
  std::string json;  ///< the numbers, with their units in their names
  std::string author;
  std::string created_utc;
};

/// A mask that a person drew. Its id is the mask's.
struct AnnotationRow {
  std::string id;
  std::string clip_id;
  std::string parent_id;  ///< the version it was made from; empty in the first
  int version = 1;        ///< of those that go back to the same first one
  std::string state;      ///< "draft", "final", "rejected"
  std::string author;
  std::string created_utc;
};

/// An object in its lineage. `kind` is clip, mask, volume, surface, model, dataset, training,
/// registration, measurement.
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

/// All that a thing was made from and all that was made from it, to any depth, parents first. What
/// lies beside it (other children of its parents) is named in `used_for` and not followed.
struct LineageGraph {
  std::vector<LineageNode> nodes;  ///< in order of arrival, so that parents come before children
  struct Edge {
    std::string child, parent;
  };
  std::vector<Edge> edges;  ///< among the nodes
};

/// A patient's exams on one time line, exact to the day.
struct PatientDetail {
  PatientRow patient;
  std::vector<StudyRow> studies;  ///< in order of number
};

struct StudyDetail {
  StudyRow study;
  std::vector<std::string> series_ids;
  std::vector<ClipRow> clips;
};

/// A place in the acquisition protocol of an exam.
struct ProtocolView {
  std::string name = {};  ///< for people
  std::string body_region = {};
  std::string view_label = {};  ///< empty: any view of the region
};

/// A named list of the views that an exam should have.
struct AcquisitionProtocol {
  std::string name = {};
  std::vector<ProtocolView> views = {};
};

/// What of a protocol an exam has.
struct ProtocolStatus {
  struct View {
    ProtocolView view;
    std::vector<std::string> clip_ids;  ///< empty: missing
  };
  std::vector<View> views;  ///< in order of the protocol
  int missing = 0;
};

/// What de-identification did to the attributes of one path: never a value.
struct AttributeActions {
  std::string path = {};     ///< "(0010,0010)"
  std::string keyword = {};  ///< "PatientName"
  std::string action = {};   ///< of the profile: X, Z, D, U, K, C, shift, blank, ...
  int count = 1;
};

struct IngestReport {
  std::vector<AttributeActions> actions = {};
  std::string method = {};  ///< in words, as written in the object
  std::string program_version = {}, author = {}, created_utc = {};  ///< filled in by the store
};

/// An object that waits for a person to look at its pixels, or did.
struct QuarantineRow {
  std::string id;
  std::string patient_id;  ///< pseudonym
  std::string study_id;    ///< as it would be in the store
  std::uint64_t size_bytes = 0;
  std::vector<media::PixelRectangle> boxes;  ///< where text was found
  std::string reason;                        ///< why it waits, or why it was decided so
  std::string state;                         ///< "waiting", "released", "rejected"
  std::string author;                        ///< of the state
  std::string created_utc;
  std::string decided_utc;  ///< empty while it waits
  bool file_present = false;
};

/// A row of the log of all changes.
struct AuditEntry {
  std::int64_t number = 0;  ///< from 1, without gaps
  std::string at_utc;       ///< as the clock said then
  std::string author;
  std::string act;     ///< "clip added", "patients merged", ...
  std::string object;  ///< id; empty: the store
  std::string detail;
  std::string program_version;
  std::string sha256;  ///< over the entry and the hash before it
};

}  // namespace sonotwin::store
