-- A row that stands for calls whose leases were lost with their key pool: how many they may have been.
ALTER TABLE requests ADD COLUMN unaccounted INTEGER;
