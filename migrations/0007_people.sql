-- Invitations, sessions whose tokens are renewed, and people who left.

CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL CHECK (role IN ('admin', 'user')),
  note TEXT,
  invited_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  used_by TEXT
) WITHOUT ROWID;

ALTER TABLE sessions ADD COLUMN generation INTEGER NOT NULL DEFAULT 1;
ALTER TABLE sessions ADD COLUMN renewed_at INTEGER;
ALTER TABLE sessions ADD COLUMN last_seen_at INTEGER;
ALTER TABLE sessions ADD COLUMN address TEXT;

-- A person's rows in the log may be many: they are removed a part at a time, and what the pools still journal for them with it.
CREATE TABLE departed (
  user_id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) WITHOUT ROWID;
