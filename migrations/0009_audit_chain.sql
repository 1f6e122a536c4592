-- Each entry of the audit log holds the hash of the one before it and its own. Its key is its place, so that two writers cannot
-- take the same one. What was written before stands at the beginning, without hashes.
CREATE TABLE audit_chain (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  address TEXT,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO audit_chain (sequence, at, actor, address, action, subject, detail, previous, hash)
  SELECT row_number() OVER (ORDER BY id), at, actor, NULL, action, subject, detail, '', '' FROM audit;
DROP TABLE audit;
ALTER TABLE audit_chain RENAME TO audit;
