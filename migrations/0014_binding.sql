-- Which provider row a key goes with: its owner (a user, 'hub' or 'built-in'), base URL and dialect. Null for keys from
-- before whose row is not known; the base URL is null too where the key was entered for another origin than the row has.
ALTER TABLE keys ADD COLUMN row_owner TEXT;
ALTER TABLE keys ADD COLUMN base_url TEXT;
ALTER TABLE keys ADD COLUMN dialect TEXT;
-- Whether the ciphertext is bound to that row (2), or to the origin alone as before (1). The daily task seals these again.
ALTER TABLE keys ADD COLUMN binding_version INTEGER NOT NULL DEFAULT 1;

-- A key went with its owner's row of that id, or else with the hub's.
UPDATE keys SET (row_owner, base_url, dialect) = (
  SELECT
    p.owner,
    CASE WHEN keys.origin IS NULL OR substr(p.base_url || '/', 1, length(keys.origin) + 1) = keys.origin || '/' THEN p.base_url END,
    p.dialect
  FROM providers AS p
  WHERE p.id = keys.provider AND p.owner IN (keys.owner, 'hub')
  ORDER BY p.owner = 'hub'
  LIMIT 1
);

-- The values of a provider's headers, sealed, and their names. `headers` holds the values in the clear of rows from before, until
-- the daily task or the next change seals them.
ALTER TABLE providers ADD COLUMN header_names TEXT;
ALTER TABLE providers ADD COLUMN sealed_headers TEXT;
