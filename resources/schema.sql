-- The store's index, version 2. Plain SQL but for STRICT, WITHOUT ROWID, `INTEGER PRIMARY KEY`
-- (an identity column elsewhere) and the bodies of two triggers. Nothing here identifies a patient:
-- keys from outside are only present as keyed hashes (`mac`), and days are shifted by an amount per
-- patient that only the key gives.

-- One row: which key this store was made with.
CREATE TABLE store (
  pk INTEGER PRIMARY KEY CHECK (pk = 1),
  key_check TEXT NOT NULL,
  program_version TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;

-- ---- people and exams

CREATE TABLE patients (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,             -- pseudonym, "P-7F3A-21C8"
  mac TEXT NOT NULL UNIQUE CHECK (length(mac) = 64),
  merged_into INTEGER REFERENCES patients (pk),  -- whom a person found it to be; NULL: nobody
  person INTEGER NOT NULL REFERENCES patients (pk),  -- at the end of merged_into; itself if NULL
  -- Added to its days to stand on its person's time line: how much the two shifts differ.
  day_offset INTEGER NOT NULL,
  CHECK ((merged_into IS NULL) = (person = pk)),
  CHECK (merged_into IS NOT NULL OR day_offset = 0)
) STRICT;
CREATE INDEX patients_of_person ON patients (person);

CREATE TABLE studies (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  mac TEXT NOT NULL UNIQUE CHECK (length(mac) = 64),
  patient INTEGER NOT NULL REFERENCES patients (pk),
  day INTEGER                          -- shifted; NULL: the exam's day is not known
) STRICT;
CREATE INDEX studies_of_patient ON studies (patient, day);

CREATE TABLE series (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  mac TEXT NOT NULL UNIQUE CHECK (length(mac) = 64),
  study INTEGER NOT NULL REFERENCES studies (pk)
) STRICT;
CREATE INDEX series_of_study ON series (study);

-- ---- what everything has: bytes, lineage

-- Files objects/ab/abcd..., named by the SHA-256 of their bytes.
CREATE TABLE objects (
  pk INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0)
) STRICT;

-- Every ingested or derived thing; the table of its kind has a row of the same key.
CREATE TABLE artifacts (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('clip', 'mask', 'volume', 'surface', 'model', 'dataset',
                                     'training', 'registration', 'measurement')),
  recipe_json TEXT NOT NULL,           -- empty for what came from outside
  program_version TEXT NOT NULL,
  author TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;

CREATE TABLE lineage (
  child INTEGER NOT NULL REFERENCES artifacts (pk),
  parent INTEGER NOT NULL REFERENCES artifacts (pk),
  position INTEGER NOT NULL,
  PRIMARY KEY (child, parent),
  CHECK (parent < child)
) STRICT, WITHOUT ROWID;
CREATE INDEX lineage_of_parent ON lineage (parent, child);

-- SHA-256 over all rows that make up one subject: a flipped byte in any of them is found.
CREATE TABLE seals (
  subject TEXT NOT NULL,
  subject_pk INTEGER NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  PRIMARY KEY (subject, subject_pk)
) STRICT, WITHOUT ROWID;

-- ---- clips

CREATE TABLE clips (
  artifact INTEGER PRIMARY KEY REFERENCES artifacts (pk),
  series INTEGER NOT NULL REFERENCES series (pk),
  object INTEGER NOT NULL REFERENCES objects (pk),  -- raw frames, or a DICOM file
  frame_count INTEGER NOT NULL CHECK (frame_count > 0),
  rows INTEGER NOT NULL CHECK (rows > 0),
  cols INTEGER NOT NULL CHECK (cols > 0),
  channels INTEGER NOT NULL CHECK (channels IN (1, 3)),
  pixel_type TEXT NOT NULL CHECK (pixel_type IN ('uint8', 'uint16', 'float32')),
  tracked INTEGER NOT NULL CHECK (tracked IN (0, 1)),
  world TEXT NOT NULL,
  orientation TEXT NOT NULL,
  times_known INTEGER NOT NULL CHECK (times_known IN (0, 1)),
  duration_s REAL NOT NULL,
  modality TEXT NOT NULL,
  probe_name TEXT NOT NULL,
  device_model TEXT NOT NULL,
  depth_mm REAL,
  frequency_mhz REAL,
  source_format TEXT NOT NULL,
  transfer_syntax TEXT NOT NULL,
  revision INTEGER NOT NULL            -- the one in force in clip_revisions
) STRICT;
CREATE INDEX clips_of_series ON clips (series);
CREATE INDEX clips_of_object ON clips (object);

-- What a later calibration or a person may correct; number 0 is as ingested.
CREATE TABLE clip_revisions (
  pk INTEGER PRIMARY KEY,
  clip INTEGER NOT NULL REFERENCES clips (artifact),
  number INTEGER NOT NULL CHECK (number >= 0),
  spacing_x_mm REAL,
  spacing_y_mm REAL,
  spacing_source TEXT NOT NULL,
  body_region TEXT NOT NULL,
  view_label TEXT NOT NULL,            -- of the view in an acquisition protocol; '': none
  sector_x0 INTEGER, sector_y0 INTEGER, sector_x1 INTEGER, sector_y1 INTEGER,
  fan_apex_x_px REAL, fan_apex_y_px REAL, fan_start_radius_px REAL, fan_end_radius_px REAL,
  fan_left_rad REAL, fan_right_rad REAL, fan_rows_per_col REAL,
  -- probe_from_image, rows 0 to 2
  m00 REAL, m01 REAL, m02 REAL, m03 REAL,
  m10 REAL, m11 REAL, m12 REAL, m13 REAL,
  m20 REAL, m21 REAL, m22 REAL, m23 REAL,
  program_version TEXT NOT NULL,
  author TEXT NOT NULL,
  created_utc TEXT NOT NULL,
  orientation TEXT,                    -- as a person said; NULL: as clips.orientation, the file's
  UNIQUE (clip, number),
  CHECK ((spacing_x_mm IS NULL) = (spacing_y_mm IS NULL))
) STRICT;
CREATE TABLE assumptions (
  revision INTEGER NOT NULL REFERENCES clip_revisions (pk),
  position INTEGER NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (revision, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE regions (
  clip INTEGER NOT NULL REFERENCES clips (artifact),
  position INTEGER NOT NULL,
  x0 INTEGER NOT NULL, y0 INTEGER NOT NULL, x1 INTEGER NOT NULL, y1 INTEGER NOT NULL,
  spatial_format INTEGER NOT NULL,
  data_type INTEGER NOT NULL,
  units_x INTEGER NOT NULL,
  units_y INTEGER NOT NULL,
  delta_x REAL NOT NULL,
  delta_y REAL NOT NULL,
  PRIMARY KEY (clip, position)
) STRICT, WITHOUT ROWID;

-- Frames of a clip, as arrays with one entry a frame, little-endian: a row a frame costs more time
-- and space than its frame's place is worth, and nothing looks for a single frame by these.
CREATE TABLE frame_tables (
  clip INTEGER PRIMARY KEY REFERENCES clips (artifact),
  -- Offset and size in the object, two 64-bit integers a frame; empty: raw frames back to back.
  places BLOB NOT NULL,
  times_s BLOB NOT NULL,               -- 64-bit floats
  -- One byte a frame (0 missing, 1 valid, 2 invalid), then for each valid one rows 0 to 2 of
  -- world_from_probe as twelve 64-bit floats.
  poses BLOB NOT NULL,
  recipe BLOB NOT NULL                 -- how a frame's bytes are decoded; empty: they are samples
) STRICT;

-- Files seen before, as keyed hashes of their SHA-256, so that a repeated ingest need not read
-- them; `calibration_mac` is of the calibration file in force, else empty.
CREATE TABLE sources (
  pk INTEGER PRIMARY KEY,
  source_mac TEXT NOT NULL UNIQUE CHECK (length(source_mac) = 64),
  calibration_mac TEXT NOT NULL,
  clip INTEGER NOT NULL REFERENCES clips (artifact)
) STRICT;
CREATE INDEX sources_of_clip ON sources (clip);

-- ---- what is derived

-- Classes of a mask or of a label volume.
CREATE TABLE labels (
  artifact INTEGER NOT NULL REFERENCES artifacts (pk),
  position INTEGER NOT NULL,
  value INTEGER NOT NULL CHECK (value BETWEEN 1 AND 255),
  name TEXT NOT NULL,
  PRIMARY KEY (artifact, position),
  UNIQUE (artifact, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE masks (
  artifact INTEGER PRIMARY KEY REFERENCES artifacts (pk),
  clip INTEGER NOT NULL REFERENCES clips (artifact),
  model TEXT NOT NULL,
  frame_count INTEGER NOT NULL,
  mean_confidence REAL NOT NULL
) STRICT;
CREATE INDEX masks_of_clip ON masks (clip);

CREATE TABLE mask_frames (
  mask INTEGER NOT NULL REFERENCES masks (artifact),
  number INTEGER NOT NULL CHECK (number >= 0),
  rows INTEGER NOT NULL CHECK (rows > 0),
  cols INTEGER NOT NULL CHECK (cols > 0),
  confidence REAL NOT NULL,
  labels BLOB NOT NULL,                -- one byte a pixel, row-major, zlib stream
  PRIMARY KEY (mask, number)
) STRICT;

CREATE TABLE volumes (
  artifact INTEGER PRIMARY KEY REFERENCES artifacts (pk),
  clip INTEGER NOT NULL REFERENCES clips (artifact),
  object INTEGER NOT NULL REFERENCES objects (pk),  -- raw voxels, i fastest
  source TEXT NOT NULL CHECK (source IN ('bmode', 'mask')),
  dim_i INTEGER NOT NULL CHECK (dim_i > 0),
  dim_j INTEGER NOT NULL CHECK (dim_j > 0),
  dim_k INTEGER NOT NULL CHECK (dim_k > 0),
  pixel_type TEXT NOT NULL CHECK (pixel_type IN ('uint8', 'uint16', 'float32')),
  world TEXT NOT NULL,
  observed_fraction REAL NOT NULL,
  -- world_from_voxel, rows 0 to 2
  m00 REAL NOT NULL, m01 REAL NOT NULL, m02 REAL NOT NULL, m03 REAL NOT NULL,
  m10 REAL NOT NULL, m11 REAL NOT NULL, m12 REAL NOT NULL, m13 REAL NOT NULL,
  m20 REAL NOT NULL, m21 REAL NOT NULL, m22 REAL NOT NULL, m23 REAL NOT NULL
) STRICT;
CREATE INDEX volumes_of_clip ON volumes (clip);
CREATE INDEX volumes_of_object ON volumes (object);

CREATE TABLE surfaces (
  artifact INTEGER PRIMARY KEY REFERENCES artifacts (pk),
  volume INTEGER NOT NULL REFERENCES volumes (artifact),
  object INTEGER NOT NULL REFERENCES objects (pk),  -- header, vertices, triangles
  label TEXT NOT NULL,
  world TEXT NOT NULL,
  volume_ml REAL NOT NULL,
  area_mm2 REAL NOT NULL
) STRICT;
CREATE INDEX surfaces_of_volume ON surfaces (volume);
CREATE INDEX surfaces_of_object ON surfaces (object);

-- Weights stay in the model's folder; the card has their hashes.
CREATE TABLE models (
  artifact INTEGER PRIMARY KEY REFERENCES artifacts (pk),
  name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('candidate', 'promoted')),
  card_json TEXT NOT NULL
) STRICT;

-- What has a name and JSON but no bytes: data sets, training runs, registrations, measurements.
CREATE TABLE records (
  artifact INTEGER PRIMARY KEY REFERENCES artifacts (pk),
  name TEXT NOT NULL,
  json TEXT NOT NULL
) STRICT;

-- Masks that people draw, version upon version.
CREATE TABLE annotations (
  mask INTEGER PRIMARY KEY REFERENCES masks (artifact),
  first INTEGER NOT NULL REFERENCES masks (artifact),  -- of version 1
  parent INTEGER REFERENCES masks (artifact),
  version INTEGER NOT NULL CHECK (version >= 1),
  state TEXT NOT NULL CHECK (state IN ('draft', 'final', 'rejected')),
  CHECK ((parent IS NULL) = (version = 1)),
  CHECK ((first = mask) = (version = 1))
) STRICT;
CREATE INDEX annotations_of_first ON annotations (first, version);

-- ---- finding

-- One row a clip, made from the tables above whenever they change, so that every list and search
-- walks one index in its own order. `verify` makes it again and compares.
CREATE TABLE clip_search (
  clip INTEGER PRIMARY KEY REFERENCES clips (artifact),
  person INTEGER NOT NULL,
  study INTEGER NOT NULL,
  series INTEGER NOT NULL,
  day INTEGER,                         -- since the person's first exam; NULL: not known
  body_region TEXT NOT NULL,
  view_label TEXT NOT NULL,
  device_model TEXT NOT NULL,
  tracked INTEGER NOT NULL,
  calibrated INTEGER NOT NULL,
  annotated INTEGER NOT NULL,          -- a person drew a mask
  mask_count INTEGER NOT NULL,
  volume_count INTEGER NOT NULL,
  surface_count INTEGER NOT NULL,
  words TEXT NOT NULL,                 -- what a search for text looks through, lower case
  orientation TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX clip_search_in_order ON clip_search (person, day, study, series, clip);
CREATE INDEX clip_search_of_study ON clip_search (study, series, clip);
CREATE INDEX clip_search_of_region ON clip_search (body_region, person, day, study, series, clip);
CREATE INDEX clip_search_of_device ON clip_search (device_model, person, day, study, series, clip);

-- Names of the labels in a clip's masks.
CREATE TABLE clip_labels (
  name TEXT NOT NULL,
  clip INTEGER NOT NULL REFERENCES clips (artifact),
  PRIMARY KEY (name, clip)
) STRICT, WITHOUT ROWID;
CREATE INDEX clip_labels_of_clip ON clip_labels (clip);

CREATE TABLE searches (
  pk INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  query_json TEXT NOT NULL,
  author TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;

-- ---- what an exam should have

CREATE TABLE protocols (
  pk INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  author TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;

CREATE TABLE protocol_views (
  protocol INTEGER NOT NULL REFERENCES protocols (pk),
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  body_region TEXT NOT NULL,
  view_label TEXT NOT NULL,            -- '': any view of the region
  PRIMARY KEY (protocol, position)
) STRICT, WITHOUT ROWID;

-- Which one a person holds an exam to; no row: nobody said.
CREATE TABLE exam_protocols (
  study INTEGER PRIMARY KEY REFERENCES studies (pk),
  protocol INTEGER REFERENCES protocols (pk),  -- NULL: to none
  author TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;

-- ---- what was done, and by whom

-- What an ingest did to which attributes: mostly the same for all objects of one device.
CREATE TABLE action_lists (
  pk INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
  actions_json TEXT NOT NULL           -- [[path, keyword, action, count], ...]
) STRICT;

-- Objects that wait for a person to look at their pixels; their files lie beside the store.
CREATE TABLE quarantine (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  patient_id TEXT NOT NULL,            -- pseudonym
  patient_mac TEXT NOT NULL CHECK (length(patient_mac) = 64),
  study_mac TEXT NOT NULL CHECK (length(study_mac) = 64),
  series_mac TEXT NOT NULL CHECK (length(series_mac) = 64),
  source_mac TEXT NOT NULL,            -- '': not recorded
  day INTEGER,                         -- of the exam, shifted; NULL: not known
  actions INTEGER REFERENCES action_lists (pk),  -- what de-identification did; NULL: nothing
  method TEXT NOT NULL,
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'released', 'rejected')),
  author TEXT NOT NULL,                -- of the state
  created_utc TEXT NOT NULL,
  decided_utc TEXT NOT NULL            -- '': not yet
) STRICT;

CREATE TABLE quarantine_boxes (
  quarantine INTEGER NOT NULL REFERENCES quarantine (pk),
  position INTEGER NOT NULL,
  x0 INTEGER NOT NULL, y0 INTEGER NOT NULL, x1 INTEGER NOT NULL, y1 INTEGER NOT NULL,
  PRIMARY KEY (quarantine, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE ingest_reports (
  pk INTEGER PRIMARY KEY,
  clip INTEGER NOT NULL REFERENCES clips (artifact),
  actions INTEGER NOT NULL REFERENCES action_lists (pk),
  method TEXT NOT NULL,
  program_version TEXT NOT NULL,
  author TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;
CREATE INDEX ingest_reports_of_clip ON ingest_reports (clip);

-- Every change, written with it. A row's hash is over the row and the hash before it.
CREATE TABLE audit (
  number INTEGER PRIMARY KEY CHECK (number >= 1),
  at_utc TEXT NOT NULL,                -- as the clock said: it may go back, numbers do not
  author TEXT NOT NULL,
  act TEXT NOT NULL,
  object TEXT NOT NULL,                -- id; '': the store
  detail TEXT NOT NULL,
  program_version TEXT NOT NULL,
  previous_sha256 TEXT NOT NULL,       -- '' in the first
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
) STRICT;
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END;
