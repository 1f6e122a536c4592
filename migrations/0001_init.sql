-- The first schema. Every table is documented beside its drizzle definition in src/db/schema.ts.
-- Times are milliseconds since the epoch; JSON stands in TEXT columns. Migrations are append-only.

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  username TEXT UNIQUE,
  email TEXT UNIQUE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin', 'user')),
  epoch INTEGER NOT NULL DEFAULT 1,
  disabled_at INTEGER,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  user_agent TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE tokens (
  hash TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  allowed_models TEXT,
  expires_at INTEGER,
  last_used_at INTEGER,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tokens_by_owner ON tokens (owner);

CREATE TABLE accounts (
  owner TEXT NOT NULL,
  id TEXT NOT NULL,
  provider TEXT NOT NULL,
  name TEXT,
  shared INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (owner, id)
) WITHOUT ROWID;
CREATE INDEX accounts_shared ON accounts (provider) WHERE shared = 1;

CREATE TABLE keys (
  owner TEXT NOT NULL,
  id TEXT NOT NULL,
  provider TEXT NOT NULL,
  account_id TEXT NOT NULL,
  name TEXT,
  note TEXT,
  ciphertext TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  masked TEXT NOT NULL,
  priority INTEGER NOT NULL DEFAULT 1,
  weight INTEGER NOT NULL DEFAULT 1,
  enabled INTEGER NOT NULL DEFAULT 1,
  allowed_models TEXT,
  default_model TEXT,
  limits TEXT,
  max_concurrent INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (owner, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX keys_by_fingerprint ON keys (owner, provider, fingerprint);

CREATE TABLE routes (
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  ordering TEXT NOT NULL,
  candidates TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (owner, name)
) WITHOUT ROWID;

CREATE TABLE providers (
  owner TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  base_url TEXT NOT NULL,
  dialect TEXT NOT NULL,
  models TEXT,
  headers TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (owner, id)
) WITHOUT ROWID;

CREATE TABLE provider_settings (
  owner TEXT NOT NULL,
  provider TEXT NOT NULL,
  strategy TEXT,
  PRIMARY KEY (owner, provider)
) WITHOUT ROWID;

CREATE TABLE requests (
  owner TEXT NOT NULL,
  id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  first_content_ms INTEGER,
  token_id TEXT,
  dialect TEXT NOT NULL,
  asked TEXT NOT NULL,
  stream INTEGER NOT NULL,
  provider TEXT,
  model TEXT,
  key_id TEXT,
  status INTEGER NOT NULL,
  code TEXT,
  attempts INTEGER NOT NULL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cached_tokens INTEGER,
  cache_write_tokens INTEGER,
  reasoning_tokens INTEGER,
  estimated INTEGER NOT NULL DEFAULT 0,
  unsettled INTEGER NOT NULL DEFAULT 0,
  cost REAL,
  trail TEXT NOT NULL,
  PRIMARY KEY (owner, id)
) WITHOUT ROWID;

CREATE TABLE usage_hourly (
  owner TEXT NOT NULL,
  hour INTEGER NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  key_id TEXT NOT NULL,
  token_id TEXT NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  rescued INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  cost REAL NOT NULL,
  PRIMARY KEY (owner, hour, provider, model, key_id, token_id)
) WITHOUT ROWID;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE audit (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
) WITHOUT ROWID;
