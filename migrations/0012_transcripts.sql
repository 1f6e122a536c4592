-- Whether what a person asks and is answered is kept for them; nothing is, unless they turned it on for themselves.
ALTER TABLE users ADD COLUMN keep_transcripts INTEGER NOT NULL DEFAULT 0;
