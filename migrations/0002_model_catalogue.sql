-- What models.dev publishes of each provider's models, as of the last refresh.
CREATE TABLE model_catalogue (
  provider TEXT PRIMARY KEY,
  models TEXT NOT NULL,
  read_at INTEGER NOT NULL
) WITHOUT ROWID;
