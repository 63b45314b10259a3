-- Takes the rows of a store of version 1, whose tables have been renamed to v1_..., into this version.
-- Frames and days are moved by the program: they need arrays and the key.
INSERT INTO store SELECT pk, key_check, program_version, created_utc FROM v1_store;
INSERT INTO patients (pk, id, mac, merged_into, person, day_offset)
  SELECT pk, id, mac, NULL, pk, 0 FROM v1_patients;
INSERT INTO studies (pk, id, mac, patient, day) SELECT pk, id, mac, patient, day FROM v1_studies;
INSERT INTO series (pk, id, mac, study) SELECT pk, id, mac, study FROM v1_series;
INSERT INTO objects (pk, sha256, size_bytes) SELECT pk, sha256, size_bytes FROM v1_objects;
INSERT INTO artifacts (pk, id, kind, recipe_json, program_version, author, created_utc)
  SELECT pk, id, kind, recipe_json, program_version, author, created_utc FROM v1_artifacts;
INSERT INTO lineage (child, parent, position) SELECT child, parent, position FROM v1_lineage;
INSERT INTO clips (artifact, series, object, frame_count, rows, cols, channels, pixel_type, tracked,
                   world, orientation, times_known, duration_s, modality, probe_name, device_model,
                   depth_mm, frequency_mhz, source_format, transfer_syntax, revision)
  SELECT artifact, series, object, frame_count, rows, cols, channels, pixel_type, tracked,
         world, orientation, times_known, duration_s, modality, probe_name, device_model,
         depth_mm, frequency_mhz, source_format, transfer_syntax, revision FROM v1_clips;
INSERT INTO clip_revisions
  SELECT pk, clip, number, spacing_x_mm, spacing_y_mm, spacing_source, body_region, '',
         sector_x0, sector_y0, sector_x1, sector_y1, fan_apex_x_px, fan_apex_y_px,
         fan_start_radius_px, fan_end_radius_px, fan_left_rad, fan_right_rad, fan_rows_per_col,
         m00, m01, m02, m03, m10, m11, m12, m13, m20, m21, m22, m23,
         program_version, author, created_utc, NULL FROM v1_clip_revisions;
INSERT INTO assumptions SELECT revision, position, words FROM v1_assumptions;
INSERT INTO regions
  SELECT clip, position, x0, y0, x1, y1, spatial_format, data_type, units_x, units_y, delta_x,
         delta_y FROM v1_regions;
INSERT INTO sources SELECT pk, source_mac, calibration_mac, clip FROM v1_sources;
INSERT INTO labels SELECT artifact, position, value, name FROM v1_labels;
INSERT INTO masks SELECT artifact, clip, model, frame_count, mean_confidence FROM v1_masks;
INSERT INTO mask_frames SELECT mask, number, rows, cols, confidence, labels FROM v1_mask_frames;
INSERT INTO volumes
  SELECT artifact, clip, object, source, dim_i, dim_j, dim_k, pixel_type, world,
         observed_fraction, m00, m01, m02, m03, m10, m11, m12, m13, m20, m21, m22, m23
  FROM v1_volumes;
INSERT INTO surfaces
  SELECT artifact, volume, object, label, world, volume_ml, area_mm2 FROM v1_surfaces;
INSERT INTO models SELECT artifact, name, status, card_json FROM v1_models;
INSERT INTO seals
  SELECT subject, subject_pk, sha256 FROM v1_seals
  WHERE subject NOT IN ('schema', 'patient', 'study', 'clip', 'revision');
