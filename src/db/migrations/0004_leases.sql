-- Work that one process does for all of them.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    beat BIGINT NOT NULL             -- counts up while the holder is there
);
