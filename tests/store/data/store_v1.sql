-- SPDX-License-Identifier: Apache-2.0
-- A store of version 1 as that version wrote it: two patients, five exams, one of everything.
BEGIN TRANSACTION;
CREATE TABLE store (
  pk INTEGER PRIMARY KEY CHECK (pk = 1),
  key_check TEXT NOT NULL,
  program_version TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;
INSERT INTO store VALUES(1,'c4293debe8e1190e278fec31366800660392b9cb0a37e9fd74e025ef594f7237','0.1.0','2026-11-22T22:00:29Z');
CREATE TABLE patients (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,             -- pseudonym, "P-7F3A-21C8"
  mac TEXT NOT NULL UNIQUE CHECK (length(mac) = 64),
  day_shift INTEGER NOT NULL           -- added to every day of this patient
) STRICT;
INSERT INTO patients VALUES(1,'P-0790-1AB8','07901ab8a2aa7731c92be3e12e040d5166b57c8ccc04a6ce5e2ad85e075f7812',-6737);
INSERT INTO patients VALUES(2,'P-8D33-0A78','8d330a7818c9ce78018e474628ba4dd2dadeacbcc95ad6598a2dfe8e531529eb',-31142);
CREATE TABLE studies (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  mac TEXT NOT NULL UNIQUE CHECK (length(mac) = 64),
  patient INTEGER NOT NULL REFERENCES patients (pk),
  day INTEGER                          -- shifted; NULL: the exam's day is not known
) STRICT;
INSERT INTO studies VALUES(1,'study-67f2e769c5eaa5c5','67f2e769c5eaa5c5166654fbcee9041cdacc1678cb2db40060d3994dceb86406',1,13263);
INSERT INTO studies VALUES(2,'study-5ff266dcde191a0f','5ff266dcde191a0fc137f4ffc92f1a8062f0147c2f434b7397de3d715cb065b4',1,13300);
INSERT INTO studies VALUES(3,'study-634650387e1930c9','634650387e1930c9fc821edb4276dbc595f555ca07e75d7bbcfcc7acb6e5e5e7',2,-13142);
INSERT INTO studies VALUES(4,'study-dddd68f19c73d334','dddd68f19c73d334a150901850e82ea9809959463bd8fbd47af822762448b666',2,-12777);
INSERT INTO studies VALUES(5,'study-e15162d9d4659c6b','e15162d9d4659c6b3f62c41e577e3306e44b9e64c972cfc966e3f39e294c336f',2,NULL);
CREATE TABLE series (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  mac TEXT NOT NULL UNIQUE CHECK (length(mac) = 64),
  study INTEGER NOT NULL REFERENCES studies (pk)
) STRICT;
INSERT INTO series VALUES(1,'series-ab259005226357b8','ab259005226357b82c31425bff57d6d1e7276f890779f6ca7549e4ffbfd0ae97',1);
INSERT INTO series VALUES(2,'series-4090a470bf44da65','4090a470bf44da6534d0707d0fe7095c9f468774ea7ba708a949891bcfe66d30',2);
INSERT INTO series VALUES(3,'series-ceef2c8028d507e1','ceef2c8028d507e1c98cb13364880bae6ee4952825a0af1cfb88172189db1f9d',3);
INSERT INTO series VALUES(4,'series-31bb84f40673bb44','31bb84f40673bb446662536f1c9980a7de9b9d271ae72eefa1cac0c18731207a',4);
INSERT INTO series VALUES(5,'series-c321c12a6369af9f','c321c12a6369af9f434889566598274655cb364630e877351928467d625b8ebb',5);
CREATE TABLE objects (
  pk INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
  size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0)
) STRICT;
INSERT INTO objects VALUES(1,'f8be4906c3aac06acac6b76281aaf66745d6cc4a98469676a606ff766529d218',360);
INSERT INTO objects VALUES(2,'b190bbb765795dd39617df4968d9e1c5c334886bb66d6070e656a7310571a813',48);
INSERT INTO objects VALUES(3,'bdff7887f7f7af319dcecfe4773d45ae46b122349fafb8fbb65711c837b61bb6',120);
INSERT INTO objects VALUES(4,'fddca875b278ecce943492ee8182568c73e14a2363875f190aa56d834ee50378',384);
INSERT INTO objects VALUES(5,'49c3a74689151127252a9444eb87f28a0de42380f33b78f3fb685798769d85d5',192);
INSERT INTO objects VALUES(6,'556c1c00ecb3450cd677c791972cd05cc9ea87b03b6f60e161332d7f334d170d',360);
INSERT INTO objects VALUES(7,'16385c520a8fdc6bebd69d0cf1f053c934ff9975ce489004e3c4032ee9209d5a',360);
INSERT INTO objects VALUES(8,'04c16e456749be3363142f457a458fdddf735495a3f210cd35eb767fabac79b3',360);
CREATE TABLE artifacts (
  pk INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('clip', 'mask', 'volume', 'surface', 'model')),
  recipe_json TEXT NOT NULL,           -- empty for what came from outside
  program_version TEXT NOT NULL,
  author TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;
INSERT INTO artifacts VALUES(1,'clip-ebd37626ed747571','clip','','0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO artifacts VALUES(2,'model-9d8f212191e90ea5','model','','0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO artifacts VALUES(3,'mask-803f6a43ef330b6b','mask','{"t":0.5}','0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO artifacts VALUES(4,'volume-69c9bcee30349205','volume','{"spacing_mm":0.5}','0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO artifacts VALUES(5,'surface-77b7ca67db434fcd','surface','{}','0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO artifacts VALUES(6,'clip-e5bb4794fabd9112','clip','','0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO artifacts VALUES(7,'clip-6289ef3ffead7c6b','clip','{"operation":"enhance"}','0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO artifacts VALUES(8,'mask-dc1732db66c859a1','mask','{"operation":"annotate"}','0.1.0','annotator','2026-11-22T22:00:29Z');
INSERT INTO artifacts VALUES(9,'clip-7c6afca0e1734cc5','clip','','0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO artifacts VALUES(10,'clip-3c0648180b7adec9','clip','','0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO artifacts VALUES(11,'clip-f9de7aedb6a2d8a0','clip','','0.1.0','sonotwin','2026-11-22T22:00:29Z');
CREATE TABLE lineage (
  child INTEGER NOT NULL REFERENCES artifacts (pk),
  parent INTEGER NOT NULL REFERENCES artifacts (pk),
  position INTEGER NOT NULL,
  PRIMARY KEY (child, parent),
  CHECK (parent < child)
) STRICT, WITHOUT ROWID;
INSERT INTO lineage VALUES(3,1,0);
INSERT INTO lineage VALUES(3,2,1);
INSERT INTO lineage VALUES(4,1,0);
INSERT INTO lineage VALUES(4,3,1);
INSERT INTO lineage VALUES(5,4,0);
INSERT INTO lineage VALUES(7,6,0);
INSERT INTO lineage VALUES(8,6,0);
CREATE TABLE seals (
  subject TEXT NOT NULL,
  subject_pk INTEGER NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  PRIMARY KEY (subject, subject_pk)
) STRICT, WITHOUT ROWID;
INSERT INTO seals VALUES('clip',1,'a514f120a1b379c19f65ef580e6ca4aa29e96565ba49cd9ae6219329a0076f81');
INSERT INTO seals VALUES('clip',6,'742c6bae57a1f47a58c715831fefb80d9b14d4f9d34d708e73e46011bf8369ef');
INSERT INTO seals VALUES('clip',7,'cb576c29e868eeca3ba169019f5d25efccd4f31389e3ec3d724be7ca6f95e263');
INSERT INTO seals VALUES('clip',9,'3aad8d646a17dc7c26126e70c6efae9dc80df120c410eb89cbbd8560c4caa553');
INSERT INTO seals VALUES('clip',10,'acfab58e6b43ddfe9263bc251da22c85024b14c15b0d8f6efaa9bce1be245bcc');
INSERT INTO seals VALUES('clip',11,'1f187397da330ceb245216fd18a82d1c8649d12259d41010a8ffea7bf23bffe2');
INSERT INTO seals VALUES('mask',3,'235b3263e678e649fdac9865cd8ac293ad2623e898a8b2b0e7c13f512fa23bbb');
INSERT INTO seals VALUES('mask',8,'91c4e6a22c0fb647c59858e3f4dcb22d0dc994e29476671a5cda10cbcc860fb9');
INSERT INTO seals VALUES('model',2,'fa3bc1343847745038e71fa923f9919ad8159063f35a4b098cb792dc95388df6');
INSERT INTO seals VALUES('patient',1,'e53b1a537a304015d8c43a5d5efebf2e40f03ecfcfb14cd671d9e6771cd1d55f');
INSERT INTO seals VALUES('patient',2,'984d9b0599f01eaaae24bc943652d2154dd68e0f81441cc58c5e0c06260ebe04');
INSERT INTO seals VALUES('revision',1,'6e7d637fb4ba38a758fc8680b1539f6aa73aa5331c23a9119c6a7337d07d87fc');
INSERT INTO seals VALUES('revision',2,'9a3a42c6b942499c55ec61beaff81e26b62b9f36282dc226e0049593f07a2bf4');
INSERT INTO seals VALUES('revision',3,'f0973f638cd53079434b56fd4b54962a7455b6eaa407bfa1e6e1340dee7cb524');
INSERT INTO seals VALUES('revision',4,'db45b0398e0fca4ba1c8d71a559511d9e6081097eaadb40f3fe467c3b2aa921e');
INSERT INTO seals VALUES('revision',5,'3fbc0d013d4da70e798c1cf87277393bace64ef2545b7bf97128e03c4442fb7a');
INSERT INTO seals VALUES('revision',6,'d06061dde8d2dec9bf3c12d7cd76112b294e35575520355b531fadc4cd3f1947');
INSERT INTO seals VALUES('revision',7,'97dce0e0c04c1a60aa5a5e0d88fe81d61751aae843b0ebdafd2bf22bab5968e3');
INSERT INTO seals VALUES('schema',1,'5f9bb5b5c0a1bebdbece316e5e831fbdf889365e7855de1613954880713fb44d');
INSERT INTO seals VALUES('series',1,'e60285ebfef9ed85f1994c068ea5b905763c9b837f5a5b4fec90aacedd6e6262');
INSERT INTO seals VALUES('series',2,'d27abeed57c6df39b4c37726c72735b4c9a1c53b4640b44c739603d3ddde3fef');
INSERT INTO seals VALUES('series',3,'5f10b830444b77ade6c18b46797e0e9e34f89337c7259f835d373ce9921eacc1');
INSERT INTO seals VALUES('series',4,'0b119f9068c3c9dcbc13bdf07bec8ddd82914f067ca5941c2f41dd2658ab39fb');
INSERT INTO seals VALUES('series',5,'dc66e4d1af991dac9cc8cc8a52ae31b03a614a9012b304196ff7dea92ded5d71');
INSERT INTO seals VALUES('source',1,'0db0dbba879d3fb913a9c5c9b1d97edefb38af6870bf025d73f6994d3e8dc0a6');
INSERT INTO seals VALUES('store',1,'86d1984355ded263e011d3c1f6af9b3d56b7ffd8ef6711449637ff173f4ba21f');
INSERT INTO seals VALUES('study',1,'866ef3ad1780981853feb723e8f216057ab3f809a728470f99e4b588a84c37fd');
INSERT INTO seals VALUES('study',2,'e419e297749201fb8d790ebdde779f59cfb4cb206101b94c927244c4dac51d7e');
INSERT INTO seals VALUES('study',3,'8b1b0eee23d87bbf7785450b72e9b4a47b6d69953f3a8d726854cd341fa4977b');
INSERT INTO seals VALUES('study',4,'1b0d15078d38fd8bdc9394961af85bef60843ed2fd2863a225d4cef8abe95d82');
INSERT INTO seals VALUES('study',5,'1ea7bce2d6d5cf87da74655ef1c2fa7e45a2398dc2e62690c7331a853ae0b44e');
INSERT INTO seals VALUES('surface',5,'e383336bf50e67df2abd7d31fa2419e7e7c6492bb2bf47ec861cdc0f2320cda8');
INSERT INTO seals VALUES('volume',4,'062c849168b357efd8aec922813682e6bd8d3fd4ddc8de377b588a6bf0814b15');
CREATE TABLE clips (
  artifact INTEGER PRIMARY KEY REFERENCES artifacts (pk),
  series INTEGER NOT NULL REFERENCES series (pk),
  object INTEGER NOT NULL REFERENCES objects (pk),  -- raw frames, back to back
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
INSERT INTO clips VALUES(1,1,1,3,12,10,1,'uint8',1,'Tracker','',0,0.066666666666666665741,'US','','',NULL,NULL,'test','',0);
INSERT INTO clips VALUES(6,2,4,4,6,8,1,'uint16',1,'Tracker','',0,0.10000000000000000555,'US','','Scanner 3000',45.500000000000000001,NULL,'test','',1);
INSERT INTO clips VALUES(7,2,5,4,6,8,1,'uint8',1,'Tracker','',0,0.10000000000000000555,'US','','',NULL,NULL,'test','',0);
INSERT INTO clips VALUES(9,3,6,3,12,10,1,'uint8',1,'Tracker','',0,0.066666666666666665741,'US','','',NULL,NULL,'test','',0);
INSERT INTO clips VALUES(10,4,7,3,12,10,1,'uint8',1,'Tracker','',0,0.066666666666666665741,'US','','',NULL,NULL,'test','',0);
INSERT INTO clips VALUES(11,5,8,3,12,10,1,'uint8',1,'Tracker','',0,0.066666666666666665741,'US','','',NULL,NULL,'test','',0);
CREATE TABLE clip_revisions (
  pk INTEGER PRIMARY KEY,
  clip INTEGER NOT NULL REFERENCES clips (artifact),
  number INTEGER NOT NULL CHECK (number >= 0),
  spacing_x_mm REAL,
  spacing_y_mm REAL,
  spacing_source TEXT NOT NULL,
  body_region TEXT NOT NULL,
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
  UNIQUE (clip, number),
  CHECK ((spacing_x_mm IS NULL) = (spacing_y_mm IS NULL))
) STRICT;
INSERT INTO clip_revisions VALUES(1,1,0,NULL,NULL,'','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO clip_revisions VALUES(2,6,0,NULL,NULL,'','neck',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO clip_revisions VALUES(3,6,1,0.10000000000000000555,0.33333333333333331482,'person','neck',1,1,5,5,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1.0,0.0,0.0,0.14285714285714284921,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0,'0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO clip_revisions VALUES(4,7,0,NULL,NULL,'','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO clip_revisions VALUES(5,9,0,NULL,NULL,'','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO clip_revisions VALUES(6,10,0,NULL,NULL,'','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'0.1.0','sonotwin','2026-11-22T22:00:29Z');
INSERT INTO clip_revisions VALUES(7,11,0,NULL,NULL,'','',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'0.1.0','sonotwin','2026-11-22T22:00:29Z');
CREATE TABLE assumptions (
  revision INTEGER NOT NULL REFERENCES clip_revisions (pk),
  position INTEGER NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (revision, position)
) STRICT, WITHOUT ROWID;
INSERT INTO assumptions VALUES(2,0,'none');
INSERT INTO assumptions VALUES(2,1,'another');
INSERT INTO assumptions VALUES(3,0,'none');
INSERT INTO assumptions VALUES(3,1,'another');
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
INSERT INTO regions VALUES(6,0,0,0,0,0,0,0,3,0,0.10000000000000000555,0.0);
CREATE TABLE frames (
  clip INTEGER NOT NULL REFERENCES clips (artifact),
  number INTEGER NOT NULL CHECK (number >= 0),
  byte_offset INTEGER NOT NULL CHECK (byte_offset >= 0),
  time_s REAL NOT NULL,
  pose_status INTEGER NOT NULL CHECK (pose_status IN (0, 1, 2)),  -- missing, valid, invalid
  -- world_from_probe of a valid pose, rows 0 to 2
  m00 REAL, m01 REAL, m02 REAL, m03 REAL,
  m10 REAL, m11 REAL, m12 REAL, m13 REAL,
  m20 REAL, m21 REAL, m22 REAL, m23 REAL,
  PRIMARY KEY (clip, number),
  CHECK ((pose_status = 1) = (m00 IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO frames VALUES(1,0,0,0.0,1,1.0,0.0,0.0,0.0,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(1,1,120,0.03333333333333333287,1,1.0,0.0,0.0,0.10000000000000000555,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(1,2,240,0.066666666666666665741,1,1.0,0.0,0.0,0.2000000000000000111,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(6,0,0,0.0,1,1.0,0.0,0.0,0.0,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(6,1,96,0.03333333333333333287,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO frames VALUES(6,2,192,0.066666666666666665741,2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO frames VALUES(6,3,288,0.10000000000000000555,1,1.0,0.0,0.0,0.3000000000000000444,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(7,0,0,0.0,1,1.0,0.0,0.0,0.0,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(7,1,48,0.03333333333333333287,1,1.0,0.0,0.0,0.10000000000000000555,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(7,2,96,0.066666666666666665741,1,1.0,0.0,0.0,0.2000000000000000111,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(7,3,144,0.10000000000000000555,1,1.0,0.0,0.0,0.3000000000000000444,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(9,0,0,0.0,1,1.0,0.0,0.0,0.0,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(9,1,120,0.03333333333333333287,1,1.0,0.0,0.0,0.10000000000000000555,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(9,2,240,0.066666666666666665741,1,1.0,0.0,0.0,0.2000000000000000111,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(10,0,0,0.0,1,1.0,0.0,0.0,0.0,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(10,1,120,0.03333333333333333287,1,1.0,0.0,0.0,0.10000000000000000555,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(10,2,240,0.066666666666666665741,1,1.0,0.0,0.0,0.2000000000000000111,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(11,0,0,0.0,1,1.0,0.0,0.0,0.0,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(11,1,120,0.03333333333333333287,1,1.0,0.0,0.0,0.10000000000000000555,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
INSERT INTO frames VALUES(11,2,240,0.066666666666666665741,1,1.0,0.0,0.0,0.2000000000000000111,0.0,1.0,0.0,0.0,0.0,0.0,1.0,0.0);
CREATE TABLE sources (
  pk INTEGER PRIMARY KEY,
  source_mac TEXT NOT NULL UNIQUE CHECK (length(source_mac) = 64),
  calibration_mac TEXT NOT NULL,
  clip INTEGER NOT NULL REFERENCES clips (artifact)
) STRICT;
INSERT INTO sources VALUES(1,'aedcec3e018ac5deb558d5fa8f3e6a493512fd2ff132b7c35adfac9081a4619d','',6);
CREATE TABLE labels (
  artifact INTEGER NOT NULL REFERENCES artifacts (pk),
  position INTEGER NOT NULL,
  value INTEGER NOT NULL CHECK (value BETWEEN 1 AND 255),
  name TEXT NOT NULL,
  PRIMARY KEY (artifact, position),
  UNIQUE (artifact, value)
) STRICT, WITHOUT ROWID;
INSERT INTO labels VALUES(3,0,2,'vessel');
INSERT INTO labels VALUES(3,1,1,'nerve');
INSERT INTO labels VALUES(4,0,1,'nerve');
INSERT INTO labels VALUES(8,0,2,'vessel');
INSERT INTO labels VALUES(8,1,1,'nerve');
CREATE TABLE masks (
  artifact INTEGER PRIMARY KEY REFERENCES artifacts (pk),
  clip INTEGER NOT NULL REFERENCES clips (artifact),
  model TEXT NOT NULL,
  frame_count INTEGER NOT NULL,
  mean_confidence REAL NOT NULL
) STRICT;
INSERT INTO masks VALUES(3,1,'phantom',2,0.50999999046325683593);
INSERT INTO masks VALUES(8,6,'annotator',2,0.50999999046325683593);
CREATE TABLE mask_frames (
  mask INTEGER NOT NULL REFERENCES masks (artifact),
  number INTEGER NOT NULL CHECK (number >= 0),
  rows INTEGER NOT NULL CHECK (rows > 0),
  cols INTEGER NOT NULL CHECK (cols > 0),
  confidence REAL NOT NULL,
  labels BLOB NOT NULL,                -- one byte a pixel, row-major, zlib stream
  PRIMARY KEY (mask, number)
) STRICT;
INSERT INTO mask_frames VALUES(3,0,12,10,0.5,X'789c6364241f3051000023fa00b5');
INSERT INTO mask_frames VALUES(3,2,12,10,0.51999998092651367187,X'789c6364241f3051000023fa00b5');
INSERT INTO mask_frames VALUES(8,0,6,8,0.5,X'789c6364c40e9870000005f40049');
INSERT INTO mask_frames VALUES(8,2,6,8,0.51999998092651367187,X'789c6364c40e9870000005f40049');
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
INSERT INTO volumes VALUES(4,1,2,'mask',4,3,2,'uint16','Tracker',0.75,0.5,0.0,0.0,1.0,0.0,0.5,0.0,-2.0,0.0,0.0,0.5,0.33333333333333331482);
CREATE TABLE surfaces (
  artifact INTEGER PRIMARY KEY REFERENCES artifacts (pk),
  volume INTEGER NOT NULL REFERENCES volumes (artifact),
  object INTEGER NOT NULL REFERENCES objects (pk),  -- header, vertices, triangles
  label TEXT NOT NULL,
  world TEXT NOT NULL,
  volume_ml REAL NOT NULL,
  area_mm2 REAL NOT NULL
) STRICT;
INSERT INTO surfaces VALUES(5,4,3,'nerve','Tracker',0.10000000000000000555,2.5);
CREATE TABLE models (
  artifact INTEGER PRIMARY KEY REFERENCES artifacts (pk),
  name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('candidate', 'promoted')),
  card_json TEXT NOT NULL
) STRICT;
INSERT INTO models VALUES(2,'phantom','candidate','{"classes":["nerve","vessel"]}');
CREATE INDEX studies_of_patient ON studies (patient, day);
CREATE INDEX series_of_study ON series (study);
CREATE INDEX lineage_of_parent ON lineage (parent, child);
CREATE INDEX clips_of_series ON clips (series);
CREATE INDEX clips_of_object ON clips (object);
CREATE INDEX clips_of_body_region ON clip_revisions (body_region, clip);
CREATE INDEX sources_of_clip ON sources (clip);
CREATE INDEX masks_of_clip ON masks (clip);
CREATE INDEX volumes_of_clip ON volumes (clip);
CREATE INDEX volumes_of_object ON volumes (object);
CREATE INDEX surfaces_of_volume ON surfaces (volume);
CREATE INDEX surfaces_of_object ON surfaces (object);
COMMIT;
