-- Brings the tables of a store of version 2 to version 3. The rows for finding are made anew after it.
ALTER TABLE clip_revisions ADD COLUMN orientation TEXT;
ALTER TABLE clip_search ADD COLUMN orientation TEXT NOT NULL DEFAULT '';
CREATE TABLE exam_protocols (
  study INTEGER PRIMARY KEY REFERENCES studies (pk),
  protocol INTEGER REFERENCES protocols (pk),  -- NULL: to none
  author TEXT NOT NULL,
  created_utc TEXT NOT NULL
) STRICT;
