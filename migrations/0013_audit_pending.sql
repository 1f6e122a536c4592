-- Entries of the audit log that are committed with their change and not yet part of the chain. The
-- sealer moves them to `audit`, in this order. Ids are never used twice: a sealer may be behind.
CREATE TABLE audit_pending (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  address TEXT,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
);
