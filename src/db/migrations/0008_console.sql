-- What the console asks for: which repositories share a file, a day's downloads, who moved how much.
CREATE INDEX reconstruction_files_file ON reconstruction_files (file_hash, repo_id);
CREATE INDEX repo_downloads_day ON repo_downloads (day, repo_id);
-- Lines of before have none of it.
ALTER TABLE usage_log ADD COLUMN key_id BIGINT;
ALTER TABLE usage_log ADD COLUMN count BIGINT NOT NULL DEFAULT 0; -- downloads, or files registered
ALTER TABLE usage_log ADD COLUMN saved BIGINT NOT NULL DEFAULT 0; -- bytes that deduplication spared
CREATE INDEX usage_log_user ON usage_log (user_id, at);
CREATE INDEX usage_log_repo ON usage_log (repo_id, at);
