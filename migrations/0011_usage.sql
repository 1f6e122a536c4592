-- Keys that cost nothing: a free tier, or a credit. What is used of them is saved, not spent.
ALTER TABLE keys ADD COLUMN free INTEGER NOT NULL DEFAULT 0;
-- Names of keys in everyone's log are looked up by the id alone.
CREATE INDEX keys_by_id ON keys (id);
-- From an account to its keys, where an owner has a thousand of each.
CREATE INDEX keys_by_account ON keys (owner, account_id);

-- What a request would have cost at list prices, less what it did. Null where the price is unknown.
ALTER TABLE requests ADD COLUMN saved REAL;
ALTER TABLE usage_hourly ADD COLUMN saved REAL NOT NULL DEFAULT 0;

-- One row per hour of an owner, however many keys and models had a part in it.
CREATE TABLE usage_totals (
  owner TEXT NOT NULL,
  hour INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  rescued INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  cost REAL NOT NULL,
  saved REAL NOT NULL,
  -- How many requests that went well took how long: a JSON object from the class of a duration to a count.
  durations TEXT NOT NULL,
  PRIMARY KEY (owner, hour)
) WITHOUT ROWID;

INSERT INTO usage_totals
SELECT
  owner, hour, sum(requests), sum(errors), sum(rescued), sum(input_tokens), sum(output_tokens), sum(cached_tokens),
  sum(reasoning_tokens), sum(duration_ms), sum(cost), 0, '{}'
FROM usage_hourly
GROUP BY owner, hour;

-- What the hours of a day came to, of all together and of each provider, model, key and token.
CREATE TABLE usage_daily (
  owner TEXT NOT NULL,
  dimension TEXT NOT NULL,
  day INTEGER NOT NULL,
  name TEXT NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  rescued INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  cost REAL NOT NULL,
  saved REAL NOT NULL,
  durations TEXT NOT NULL,
  PRIMARY KEY (owner, dimension, day, name)
) WITHOUT ROWID;
