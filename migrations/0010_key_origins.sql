-- Where a key is sent (scheme, host and port): what its ciphertext is bound to. Null for keys from before, whose provider's row says it.
ALTER TABLE keys ADD COLUMN origin TEXT;
-- Rises when another secret is entered for the key; a new sealing of the same one leaves it.
ALTER TABLE keys ADD COLUMN secret_version INTEGER NOT NULL DEFAULT 1;
