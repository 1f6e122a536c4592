-- Why a request ended as it did: the message that its client was sent, the candidates and keys that were passed over
-- (JSON, null for none), the route that the name stood for, and the program that asked. All null for rows from before.
ALTER TABLE requests ADD COLUMN message TEXT;
ALTER TABLE requests ADD COLUMN skipped TEXT;
ALTER TABLE requests ADD COLUMN route TEXT;
ALTER TABLE requests ADD COLUMN client TEXT;
