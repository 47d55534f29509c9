-- usage_log summed up by day (hub/usage_days.hpp), so that a chart reads no lines but the newest.
CREATE TABLE usage_days (
    part TEXT NOT NULL,              -- what `id` is: day | key | repo | user
    scope BIGINT NOT NULL,           -- of whose lines: a user's, or -1 for everybody's
    day BIGINT NOT NULL,             -- days since 1970-01-01
    id BIGINT NOT NULL,              -- 0: none
    event TEXT NOT NULL,
    lines BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    count BIGINT NOT NULL,
    saved BIGINT NOT NULL,
    PRIMARY KEY (part, scope, day, id, event)
);
CREATE INDEX usage_days_day ON usage_days (day);
CREATE INDEX usage_days_repo ON usage_days (id, day) WHERE part = 'repo' AND scope = -1;
-- 1: the line is in the sums.
ALTER TABLE usage_log ADD COLUMN summed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX usage_log_new ON usage_log (id) WHERE summed = 0;
