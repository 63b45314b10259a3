-- Brings the tables of a store of version 2 to version 3. The rows for finding are made anew after it.
ALTER TABLE clip_revisions ADD COLUMN orientation TEXT;
ALTER TABLE clip_search ADD COLUMN orientation TEXT NOT NULL DEFAULT '';
