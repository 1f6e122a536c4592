-- Answers of the Responses dialect, sealed, so that a client may go on from one on any provider.
CREATE TABLE kept_responses (
  owner TEXT NOT NULL,
  id TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  items TEXT NOT NULL,
  PRIMARY KEY (owner, id)
) WITHOUT ROWID;
