-- More than one process may keep bodies, each on a disk of its own.
CREATE TABLE nodes (
    id TEXT PRIMARY KEY,             -- of a data directory
    url TEXT NOT NULL,               -- where other processes of the hub reach it
    seen_at BIGINT NOT NULL
);
CREATE TABLE node_bodies (
    hash BYTEA NOT NULL,
    node TEXT NOT NULL,              -- '': of the first node that starts
    size BIGINT NOT NULL,
    stored_at BIGINT NOT NULL,
    PRIMARY KEY (hash, node)
);
INSERT INTO node_bodies (hash, node, size, stored_at)
    SELECT hash, '', size, stored_at FROM xorb_bodies;
DROP TABLE xorb_bodies;
ALTER TABLE node_bodies RENAME TO xorb_bodies;
CREATE INDEX xorb_bodies_node ON xorb_bodies (node, hash);
