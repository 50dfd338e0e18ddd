-- A pinned discussion stands before the others in the lists of its repository's pages.
ALTER TABLE discussion ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
