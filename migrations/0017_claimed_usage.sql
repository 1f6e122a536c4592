-- Usage as a provider reported it, where it cannot be true and the hub's own count stands in its place; null for all others.
ALTER TABLE requests ADD COLUMN claimed_usage TEXT;
