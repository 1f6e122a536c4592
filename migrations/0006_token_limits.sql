-- What a gateway token may use and spend, and how long its requests wait for a slot unless they say otherwise.
ALTER TABLE tokens ADD COLUMN limits TEXT;
ALTER TABLE tokens ADD COLUMN max_concurrent INTEGER;
ALTER TABLE tokens ADD COLUMN budget TEXT;
ALTER TABLE tokens ADD COLUMN default_wait INTEGER;
-- What models of a custom provider cost, so that tokens with budgets may use them.
ALTER TABLE providers ADD COLUMN prices TEXT;
