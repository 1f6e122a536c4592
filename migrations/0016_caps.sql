-- Caps of people and of teams. A person belongs to at most one team.
CREATE TABLE teams (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  epoch INTEGER NOT NULL DEFAULT 1,
  limits TEXT,
  max_concurrent INTEGER,
  budget TEXT,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

ALTER TABLE users ADD COLUMN limits TEXT;
ALTER TABLE users ADD COLUMN max_concurrent INTEGER;
ALTER TABLE users ADD COLUMN budget TEXT;
ALTER TABLE users ADD COLUMN team TEXT;

CREATE INDEX users_by_team ON users (team) WHERE team IS NOT NULL;
