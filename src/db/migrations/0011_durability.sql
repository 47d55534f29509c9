-- Which repositories with large files are on Sia, every byte of these (store/durability.hpp).
CREATE TABLE repo_durability (
    repo_id BIGINT PRIMARY KEY,
    local BIGINT NOT NULL,           -- 0: all of it is on Sia
    look BIGINT NOT NULL,            -- 1: what was found last may be out of date
    version BIGINT NOT NULL,         -- of what is to be looked at
    witness BYTEA                    -- a xorb of it that was not on Sia
);
CREATE INDEX repo_durability_local ON repo_durability (local, repo_id);
CREATE INDEX repo_durability_look ON repo_durability (repo_id) WHERE look = 1;
CREATE INDEX repo_durability_witness ON repo_durability (witness);
INSERT INTO repo_durability (repo_id, local, look, version)
    SELECT DISTINCT repo_id, 1, 1, 0 FROM reconstruction_files;
-- 1: it came to Sia, and the repositories of which it is the witness do not know yet.
ALTER TABLE xorb_pins ADD COLUMN news BIGINT NOT NULL DEFAULT 0;
CREATE INDEX xorb_pins_news ON xorb_pins (hash) WHERE news = 1;
