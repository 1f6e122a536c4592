-- Custom providers: further dialects, what is known of their models, the list that they give, and servers without a key.
ALTER TABLE providers ADD COLUMN dialects TEXT;
ALTER TABLE providers ADD COLUMN model_facts TEXT;
ALTER TABLE providers ADD COLUMN listed_models TEXT;
ALTER TABLE providers ADD COLUMN listed_at INTEGER;
ALTER TABLE providers ADD COLUMN keyless INTEGER NOT NULL DEFAULT 0;
