-- The share of each limit of a shared account that a person may use, and what its owner keeps.
ALTER TABLE users ADD COLUMN max_share REAL;
ALTER TABLE accounts ADD COLUMN reserve TEXT;
